"""What the handler `foveate` can be told, as JSON Schema: each value with what it is for."""

from __future__ import annotations

import json
from typing import Any, Final

from foveate.datasets.sample import SPLIT

NAME: Final = "foveate"
VERSION: Final = "1.4"
"""Raised when the same configuration makes other pixels, boxes or masks."""
WHOLE, RANDOM, CENTRE, FACE, SALIENCY = "whole", "random", "centre", "face", "saliency"
NEITHER, HORIZONTAL, VERTICAL, BOTH = "none", "horizontal", "vertical", "both"
NONE, COLOURS, OTHERS = "none", "colours", "others"
MOST_SIDE: Final = 8192


def _number(default: float, least: float, most: float, about: str) -> dict[str, Any]:
    bounds = {"minimum": least, "maximum": most}
    return {"type": "number", "default": default, **bounds, "description": about}


def _whole(default: int, least: int, most: int, about: str) -> dict[str, Any]:
    return {**_number(default, least, most, about), "type": "integer"}


def _word(default: str, words: tuple[str, ...], about: str) -> dict[str, Any]:
    return {"type": "string", "default": default, "enum": list(words), "description": about}


def _switch(*, default: bool, about: str) -> dict[str, Any]:
    return {"type": "boolean", "default": default, "description": about}


SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "foveate",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        # What is made of a picture.
        "options": {
            "type": "array",
            "items": {"type": "string", "maxLength": 2000},
            "default": [""],
            "minItems": 1,
            "maxItems": 16,
            "description": "Option strings, as in a URL: each is a rendition of every picture, of "
            "which variations are made. An empty one is the picture itself.",
        },
        "variations_per_sample": _whole(
            1, 1, 1000, "How many pictures are made of each rendition, by chance: 1 without."
        ),
        # Where its pixels come from.
        "crop": _word(
            WHOLE,
            (WHOLE, RANDOM, CENTRE, FACE, SALIENCY),
            "Which part is kept: all of it, squeezed where width and height have another shape, "
            "any part, the middle, around faces, or what draws the eye.",
        ),
        "crop_area": {
            "type": "array",
            "items": {"type": "number", "minimum": 0.01, "maximum": 1},
            "default": [0.5, 1.0],
            "minItems": 2,
            "maxItems": 2,
            "description": "For random crops: the least and the largest share of the picture.",
        },
        "aspect": {
            "type": "string",
            "default": "",
            "pattern": r"^([1-9][0-9]{0,4}:[1-9][0-9]{0,4})?$",
            "examples": ["4:3"],
            "description": "The shape of a crop, as 4:3; of `whole` there is none. Empty is that "
            "of width and height, else the picture's own.",
        },
        "zoom": _number(
            0.0, 0.0, 1.0, "How tightly crops around faces hold them; for those alone."
        ),
        "width": _whole(0, 0, MOST_SIDE, "Pixels across; 0 follows from the height."),
        "height": _whole(0, 0, MOST_SIDE, "Pixels down; 0 follows from the width."),
        "flip": _word(
            NEITHER,
            (NEITHER, HORIZONTAL, VERTICAL, BOTH),
            "Mirror every other picture, by chance: left to right, top to bottom, or each.",
        ),
        "rotate": _number(0.0, 0.0, 180.0, "Turn by up to so many degrees, either way."),
        "fill": {
            "type": "string",
            "default": "mirror",
            "pattern": "^(mirror|[0-9a-fA-F]{6})$",
            "examples": ["mirror", "00ff00"],
            "description": "What lies beyond a picture that was turned: the picture mirrored, or a "
            "colour in six hex digits.",
        },
        "min_visible": _number(
            0.1,
            0.0,
            1.0,
            "Leave things out of which a smaller share of their mask is still seen, or of their "
            "box where they have none.",
        ),
        # What its pixels become.
        "exposure": _number(0.0, 0.0, 4.0, "Lighten or darken by up to so many stops."),
        "brightness": _number(0.0, 0.0, 1.0, "Brighten or dim by up to this share."),
        "contrast": _number(0.0, 0.0, 1.0, "Change contrast by up to this share."),
        "saturation": _number(0.0, 0.0, 1.0, "Change saturation by up to this share."),
        "hue": _number(0.0, 0.0, 180.0, "Turn hues by up to so many degrees, either way."),
        "blur": _number(0.0, 0.0, 20.0, "Blur with a gaussian of up to so many pixels."),
        "jpeg_artefacts": _whole(
            0, 0, 99, "Compress as JPEG before, at a quality from this one to 100; 0 does not."
        ),
        "backgrounds": _word(
            NONE,
            (NONE, COLOURS, OTHERS),
            "Put subjects on other backgrounds: colours, or other pictures of the raw data.",
        ),
        "matte": _switch(default=False, about="Keep which pixels are subject, as `matte.png`."),
        "redact": {
            "type": "string",
            "default": "",
            "maxLength": 500,
            "description": "What is made unrecognisable first, as the option `redact` says it: "
            "`faces`, `text`, `object:car`, or several with `|` between them.",
        },
        # Which pictures are left out.
        "min_width": _whole(0, 0, 100_000, "Leave out pictures with fewer pixels across."),
        "min_height": _whole(0, 0, 100_000, "Leave out pictures with fewer pixels down."),
        "min_sharpness": _number(
            0.0, 0.0, 1000.0, "Leave out what is blurred more; a sharp photo has 10 and more."
        ),
        "min_light": _number(0.0, 0.0, 1.0, "Leave out what is darker on average."),
        "max_light": _number(1.0, 0.0, 1.0, "Leave out what is lighter on average."),
        "min_face_quality": _number(
            0.0, 0.0, 1.0, "Leave out pictures without a face of that quality."
        ),
        "classes": {
            "type": "array",
            "items": {"type": "string", "maxLength": 200},
            "default": [],
            "uniqueItems": True,
            "x-foveate-set": True,
            "maxItems": 10_000,
            "description": "Keep these labels alone, and pictures with one of them; none are all. "
            "One that no picture has is refused.",
        },
        "moderate": _switch(default=False, about="Leave out what moderation flags."),
        "duplicates": _whole(
            -1,
            -1,
            32,
            "Leave out pictures whose perceptual hash differs from that of an earlier one in at "
            "most so many of 64 bits; -1 keeps all.",
        ),
        "splits": {
            "type": "object",
            "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
            "default": {},
            "maxProperties": 16,
            # `$` alone lets a line end behind it.
            "propertyNames": {
                "pattern": rf"^{SPLIT.pattern}$(?!\n)",
                "description": "names of up to 32 small letters, digits and `_` between them",
            },
            "description": 'Shares by name, as `{"train": 0.8, "val": 0.2}`; pictures of one group '
            "are never parted. None leaves splits to the raw data.",
        },
        # How it is written.
        "format": _word("jpg", ("jpg", "png", "webp"), "What pictures are written as."),
        "quality": _whole(90, 1, 100, "Of JPEG, and of WebP, which is lossless from 100 on."),
    },
}
"""Flat, so that it can be asked for as a form."""


def reference() -> str:
    """Return the rows of docs/reference/handler.md."""
    head = f"Version {VERSION}. [What handlers are](../guides/datasets.md#handlers).\n\n"
    table = "| name | what it may be | default | what it is for |\n| --- | --- | --- | --- |\n"
    return head + table + "\n".join(_row(*each) for each in SCHEMA["properties"].items())


def _row(name: str, said: dict[str, Any]) -> str:
    default = json.dumps(said["default"])
    return f"| `{name}` | {_range(said)} | `{default}` | {said['description']} |"


def _range(said: dict[str, Any]) -> str:
    if "enum" in said:
        return ", ".join(f"`{word}`" for word in said["enum"])
    bounds = [f"{said[word]:g}" for word in ("minimum", "maximum") if word in said]
    kind: str = said["type"]
    return f"{kind}, {' to '.join(bounds)}" if bounds else kind

"""What Cloudinary's parameters mean in our options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.options.rows_preset import PRESET
from foveate.options.translators.classes import known_class
from foveate.options.translators.shared import (
    COMPASS,
    FORMATS,
    Service,
    border,
    colour,
    place,
    scaled,
    shaped,
    show,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLOUDINARY: Final = Service("cloudinary")
FITS: Final = {
    "scale": "squeeze",
    "fit": "contain",
    "limit": "scale-down",
    "mfit": "scale-up",
    "fill": "cover",
    "lfill": "crop",
    "pad": "pad",
    "lpad": "pad-down",
    "thumb": "cover",
    "auto": "cover",
}
CUTTING: Final = frozenset({"fill", "lfill", "thumb", "auto", "crop"})
GRAVITIES: Final = {
    "face": {"gravity": "face", "faces": "largest"},
    "face:auto": {"gravity": "face", "faces": "largest"},
    "faces": {"gravity": "face", "faces": "all"},
    "faces:auto": {"gravity": "face", "faces": "all"},
    "auto": {"gravity": "auto"},
    "auto:subject": {"gravity": "auto"},
    "auto:classic": {"gravity": "auto"},
    "auto:face": {"gravity": "face", "faces": "largest"},
    "auto:faces": {"gravity": "face", "faces": "all"},
}
SIDES: Final = {
    "center": "ce",
    "north": "no",
    "south": "so",
    "east": "ea",
    "west": "we",
    "north_east": "noea",
    "north_west": "nowe",
    "south_east": "soea",
    "south_west": "sowe",
}
QUALITIES: Final = {
    "auto": "auto",
    "auto:best": "auto:best",
    "auto:good": "auto:medium-high",
    "auto:eco": "auto:medium-low",
    "auto:low": "auto:low",
}
FLAGS: Final[Mapping[str, Mapping[str, str]]] = {
    "progressive": {},
    "progressive:steep": {},
    "progressive:semi": {},
    "progressive:none": {},
    "immutable_cache": {},
    "attachment": {},
    "strip_profile": {},
    "force_strip": {"metadata": "none"},
}
TURNS: Final[Mapping[str, Mapping[str, str]]] = {
    "0": {},
    "exif": {},
    "hflip": {"flip": "h"},
    "vflip": {"flip": "v"},
    "90": {"rotate": "90"},
    "180": {"rotate": "180"},
    "-180": {"rotate": "180"},
    "270": {"rotate": "270"},
    "-90": {"rotate": "270"},
}
TIGHTNESS: Final = 0.5
"""Our zoom for a thumbnail of a face that says none: theirs leave as much around it."""
SIZE: Final = frozenset({"w", "h", "ar", "c", "g", "x", "y", "z", "dpr"})
"""The parameters that only mean something together."""
_COMPUTED: Final = re.compile(r"(auto|i[wh])\b|i[wh]_")
Part = dict[str, str]
"""The parameters of one component of a chain."""


def _side(size: Part, name: str) -> float:
    """Return pixels, or a share of the source below 1, or 0 where nothing is said."""
    text = size.get(name, "0")
    _refuse_computed(name, text)
    value = CLOUDINARY.number(f"{name}_", text, 0, 1e7)
    if "." not in text:
        return value
    if value > 1:
        raise CLOUDINARY.wrong(f"{name}_", "whole pixels or a share up to 1.0", text)
    return value if value < 1 else 0


def _refuse_computed(name: str, text: str) -> None:
    """Raise NotTranslated for a size by the client, or by that of the original."""
    if _COMPUTED.match(text):
        raise CLOUDINARY.refused(f"{name}_{text}")


def _sides(size: Part) -> tuple[float, float]:
    """Return width and height, one of which the aspect ratio may give."""
    width, height = _side(size, "w"), _side(size, "h")
    if "ar" not in size:
        return width, height
    ratio = CLOUDINARY.ratio("ar_", size["ar"])
    if width and height:
        return width, height
    if max(width, height) < 1:
        raise CLOUDINARY.refused("ar_", "with a side in pixels")
    return shaped(width, height, ratio)


def sized(size: Part, pairs: Mapping[str, str]) -> dict[str, str]:
    """Return what the parameters of `SIZE` ask for, after `pairs` was asked for in the chain.

    Raises BadOption or NotTranslated.
    """
    mode = size.get("c", "scale")
    _refuse_computed("dpr", size.get("dpr", ""))
    dpr = CLOUDINARY.dpr("dpr_", size.get("dpr", ""))
    width, height = _sides(size)
    if mode == "crop":
        if dpr != 1:
            raise CLOUDINARY.refused("dpr_", "without c_crop")
        return _window(size, width, height, turned=bool({"flip", "rotate"} & set(pairs)))
    if mode not in FITS:
        raise CLOUDINARY.refused(f"c_{mode}")
    if not width and not height and dpr != 1:
        raise CLOUDINARY.refused("dpr_", "with a size")
    sides = {"width": width, "height": height}
    for name, side in sides.items():
        if 0 < side < 1:
            raise CLOUDINARY.refused(f"{name[0]}_{show(side)}", "with c_crop")
    both = bool(width and height)
    aimed = _aimed(size, mode, both=both)
    sized = {name: scaled(side, dpr) for name, side in sides.items() if side}
    return {"fit": _fit(mode, both=both)} | sized | aimed if sized else {}


def _fit(mode: str, *, both: bool) -> str:
    if both or mode in {"limit", "mfit", "fit", "lfill"}:
        return FITS[mode]
    if mode in {"thumb", "auto"}:
        raise CLOUDINARY.refused(f"c_{mode}", "with both sides")
    return "scale-down" if mode == "lpad" else "contain"


def _aimed(size: Part, mode: str, *, both: bool) -> dict[str, str]:
    """Return our gravity of what is cut off, and the zoom of a thumbnail of a face."""
    for axis in sorted(size.keys() & {"x", "y"}):
        raise CLOUDINARY.refused(f"{axis}_", "with c_crop")
    zoom = CLOUDINARY.number("z_", size.get("z", "1"), 0.01, 100)
    word = size.get("g", "auto" if mode == "auto" else "center")
    aimed = _gravity(word)
    if mode in {"pad", "lpad"} and word != "center":
        raise CLOUDINARY.refused(f"g_{word}", f"without c_{mode}")
    if mode == "thumb" and aimed.get("gravity") == "face":
        return {**aimed, "zoom": show(min(1.0, TIGHTNESS * zoom))}
    if "z" in size:
        raise CLOUDINARY.refused("z_", "with c_thumb and a face")
    return aimed if both and mode in CUTTING else {}


def _gravity(word: str) -> dict[str, str]:
    if word in GRAVITIES:
        return dict(GRAVITIES[word])
    if thing := known_class(word.removeprefix("auto:").removesuffix(":auto")):
        return {"gravity": f"object:{thing}"}
    if word not in SIDES:
        raise CLOUDINARY.refused(f"g_{word}")
    return {"gravity": place(*COMPASS[SIDES[word]])}


def _window(size: Part, width: float, height: float, *, turned: bool) -> dict[str, str]:
    """Return what is cut out as it is: at a place in pixels, or where gravity says."""
    if "z" in size:
        raise CLOUDINARY.refused("z_", "with c_thumb and a face")
    sides = {name: side for name, side in (("width", width), ("height", height)) if side}
    if {"x", "y"} & set(size):
        if (
            size.get("g", "north_west") != "north_west"
            or turned
            or min(sides.values(), default=1) < 1
        ):
            raise CLOUDINARY.refused("x_", "in pixels from the north_west of the picture as it was")
        edges = {
            f"trim.{edge}": str(CLOUDINARY.pixels(f"{axis}_", size.get(axis, "0")))
            for edge, axis in (("left", "x"), ("top", "y"))
        }
        return edges | {f"trim.{name}": show(side) for name, side in sides.items()}
    aimed = _gravity(size.get("g", "center"))
    if not sides and aimed.get("gravity", "").startswith(("face", "object")):
        return {**aimed, "fit": "cover", "zoom": "1"}
    return {f"crop.{name}": show(side) for name, side in sides.items()} | aimed if sides else {}


def alone(name: str, value: str) -> dict[str, str]:
    """Return what a parameter asks for that depends on no other.

    Raises BadOption or NotTranslated.
    """
    try:
        return dict(TABLE[name](value))
    except KeyError:
        raise CLOUDINARY.refused(f"{name}_{value}") from None


def _quality(text: str) -> dict[str, str]:
    if text.isascii() and text.isdigit():
        return CLOUDINARY.quality("q_", text)
    return {"quality": QUALITIES[text]}


def _format(text: str) -> dict[str, str]:
    return {"format": text if text == "auto" else FORMATS[text]}


def _background(text: str) -> dict[str, str]:
    if text.startswith(("auto", "blurred", "gen_fill")):
        raise CLOUDINARY.refused(f"b_{text}")
    return {"background": colour(text.removeprefix("rgb:"))}


def _effect(text: str) -> dict[str, str]:
    name, _, argument = text.partition(":")
    return EFFECTS[name](argument)


def _strength(name: str, ours: float, usual: str) -> Callable[[str], dict[str, str]]:
    """Return the reader of a strength from 1 to 2000, `usual` where it is not said."""

    def read(text: str) -> dict[str, str]:
        value = CLOUDINARY.number(f"e_{name}", text or usual, 1, 2000)
        return {name: show(min(ours, value * ours / 2000))}

    return read


def _plain(pairs: Mapping[str, str], *words: str) -> Callable[[str], dict[str, str]]:
    """Return the reader of an effect that may say one of those words, which change nothing."""
    return lambda text: dict(dict.fromkeys(("", *words), pairs)[text])


def _hidden(method: str, most: int) -> Callable[[str], dict[str, str]]:
    """Return the reader of an effect on faces, whose strength is ours whatever theirs is."""

    def read(text: str) -> dict[str, str]:
        CLOUDINARY.number(f"e_{method}_faces", text or "1", 1, most)
        return {"redact.method": method}

    return read


def _flag(text: str) -> Mapping[str, str]:
    return FLAGS["attachment" if text.startswith("attachment:") else text]


def _trim(text: str) -> dict[str, str]:
    tolerance, _, edge = text.partition(":")
    share = CLOUDINARY.number("e_trim", tolerance or "10", 0, 100)
    return border(share * 2.55, colour(edge.removeprefix("rgb:")) if edge else "")


def _rounded(text: str) -> dict[str, str]:
    """Return the corners of one to four radii; two and three mean pairs that face each other."""
    if text == "max":
        return {"radius": "0.5"}
    radii = [str(CLOUDINARY.whole("r_", each, 0, 10_000)) for each in text.split(":")]
    if len(radii) > CORNERS:
        raise CLOUDINARY.wrong("r_", "up to four radii", text)
    first, *rest = radii
    second, third = (*rest, first)[0], (*rest[1:], first)[0]
    fourth = rest[2] if len(rest) > 2 else second  # noqa: PLR2004 - the last corner
    return {"radius": ";".join((first, second, third, fourth)) if rest else first}


CORNERS: Final = 4
EFFECTS: Final[Mapping[str, Callable[[str], dict[str, str]]]] = {
    "blur": _strength("blur", 250.0, "100"),
    "sharpen": _strength("sharpen", 10.0, "100"),
    "grayscale": _plain({"saturation": "0"}),
    "brightness": CLOUDINARY.factor("brightness", "e_brightness", "80"),
    "contrast": CLOUDINARY.factor("contrast", "e_contrast"),
    "saturation": CLOUDINARY.factor("saturation", "e_saturation", "80"),
    "trim": _trim,
    "blur_faces": _hidden("blur", 2000),
    "pixelate_faces": _hidden("pixelate", 200),
    "background_removal": _plain({"segment": "foreground"}, "fineedges_y", "fineedges_n"),
}
TABLE: Final[Mapping[str, Callable[[str], Mapping[str, str]]]] = {
    "q": _quality,
    "f": _format,
    "b": _background,
    "e": _effect,
    "a": TURNS.__getitem__,
    "fl": _flag,
    "r": _rounded,
    "t": lambda text: {PRESET: text},
}
"""Parameters that depend on no other. A word that is not here, or a KeyError, is refused."""

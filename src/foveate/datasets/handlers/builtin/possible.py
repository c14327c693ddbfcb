"""What no schema says of a configuration of the handler `foveate`: that it can be made."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.blame import place
from foveate.datasets.handlers.builtin.frame import aspect_of
from foveate.datasets.handlers.builtin.renditions import options_of
from foveate.datasets.handlers.builtin.schema import (
    CENTRE,
    COLOURS,
    FACE,
    NEITHER,
    RANDOM,
    SALIENCY,
    SCHEMA,
    WHOLE,
)
from foveate.datasets.spelling import told_of
from foveate.errors import BadConfiguration, BadRequest
from foveate.geometry.box import Size
from foveate.options.grammar import REDACT, pairs_of
from foveate.service.formats import WIDEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROPERTIES: Final = SCHEMA["properties"]
LOOKS: Final = (
    *("exposure", "brightness", "contrast", "saturation", "hue", "blur", "jpeg_artefacts"),
)
"""What changes a picture by chance wherever it is not 0."""
ANY: Final = Size(1, 1)
"""A picture whose own shape is looked for in every other one."""


def check(config: Mapping[str, Any], outputs: int) -> None:
    """Do nothing for a configuration, filled in, of which pictures can be made.

    `outputs` is how many one picture may become. Raises BadConfiguration, which says where.
    """
    _check_redact(config["redact"])
    for at, text in enumerate(config["options"]):
        _look(text, config["redact"], "options", at)
    for where, wanted, got in _contradictions(config, outputs):
        raise BadConfiguration(f"{place([where])}: expected {wanted}, got {got}.")


def _check_redact(said: str) -> None:
    _look("", said, REDACT)
    named = [name for name, _ in pairs_of(f"{REDACT}={said}")]
    if named != [REDACT]:
        raise BadConfiguration(f"{place([REDACT])}: expected `{REDACT}` alone, got {said!r:.80}.")


def _look(text: str, redact: str, *path: str | int) -> None:
    try:
        options_of(text, redact)
    except BadRequest as why:
        raise BadConfiguration(told_of(place(path), why.public)) from why


def _contradictions(config: Mapping[str, Any], outputs: int) -> Iterator[tuple[str, str, str]]:
    """Yield where one word rules another one out: what was expected there, and what came."""
    least, most = config["crop_area"]
    if least > most:
        yield "crop_area", "the least share first", f"{least:g} before {most:g}"
    yield from _idle(config)
    if config["splits"] and not any(config["splits"].values()):
        yield "splits", "shares of more than 0 in all", json.dumps(config["splits"])[:80]
    dark, light = config["min_light"], config["max_light"]
    if dark > light:
        yield "min_light", f"at most max_light, {light:g}", f"{dark:g}"
    if said := _other_shape(config):
        yield "aspect", f"the shape of width and height, or none, {said}", config["aspect"]
    if config["crop"] in {FACE, SALIENCY} and not 1 / WIDEST <= aspect_of(config, ANY) <= WIDEST:
        wanted = f"a shape from 1:{WIDEST:g} to {WIDEST:g}:1 where crop is `{config['crop']}`"
        yield _shape(config, wanted)
    made = len(config["options"]) * config["variations_per_sample"]
    if made > outputs:
        wanted = f"at most {outputs} pictures of each one, by all option strings"
        yield "variations_per_sample", wanted, f"{made}"
    if not _is_by_chance(config):
        yield from _alike(config)


def _idle(config: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the words that change nothing where others do not ask for what they say."""
    crop, turned = config["crop"], config["rotate"]
    for name, wanted, counts in (
        ("zoom", f"0 where crop is not `{FACE}`", crop == FACE),
        ("crop_area", f"none where crop is not `{RANDOM}`", crop == RANDOM),
        ("aspect", f"none where crop is `{WHOLE}`: say `{CENTRE}` or another one", crop != WHOLE),
        ("fill", "none where nothing is turned by `rotate`", turned),
        ("quality", "none where format is `png`, which loses nothing", config["format"] != "png"),
    ):
        if not counts and config[name] != PROPERTIES[name]["default"]:
            yield name, wanted, json.dumps(config[name])


def _is_by_chance(config: Mapping[str, Any]) -> bool:
    """Return whether two variations of a rendition can differ."""
    drawn = any(config[name] for name in ("rotate", *LOOKS))
    placed = (config["crop"], config["flip"], config["backgrounds"])
    return drawn or placed[0] == RANDOM or placed[1] != NEITHER or placed[2] == COLOURS


def _alike(config: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield what makes a picture several times: nothing that is by chance is there."""
    if config["variations_per_sample"] > 1:
        wanted = "1 where nothing is by chance, as `crop`, `flip` or `exposure` can be"
        yield "variations_per_sample", wanted, f"{config['variations_per_sample']}"
    known = [options_of(text, config["redact"]) for text in config["options"]]
    for at, each in enumerate(known):
        if each in known[:at]:
            wanted = "each rendition once where nothing is by chance"
            yield "options", wanted, repr(config["options"][at])[:80]


def _shape(config: Mapping[str, Any], wanted: str) -> tuple[str, str, str]:
    """Return where the shape of a crop is said, what was wanted there, and what came."""
    if config["aspect"]:
        return "aspect", wanted, config["aspect"]
    return "width", wanted, f"{config['width']}:{config['height']}"


def _other_shape(config: Mapping[str, Any]) -> str:
    """Return the size that has another shape than the crop, by more than a pixel; or nothing."""
    width, height = config["width"], config["height"]
    if not (config["aspect"] and width and height):
        return ""
    aspect = Fraction(*map(int, config["aspect"].split(":")))
    near = abs(width - height * aspect) < 1 or abs(height - width / aspect) < 1
    return "" if near else f"{width}x{height}"

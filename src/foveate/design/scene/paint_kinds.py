"""Kinds of what paints: colours, fills, strokes and shadows, in the words of CSS and SVG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from foveate.design.scene.gradients import gradient, gradient_text
from foveate.design.scene.kinds import Json
from foveate.design.scene.kinds import Line as AnyLine
from foveate.design.scene.paint import (
    BLACK,
    Cap,
    Fill,
    Join,
    Linear,
    PictureFill,
    Radial,
    Shadow,
    Solid,
    Stroke,
)
from foveate.design.scene.split import called, parts, quoted, unquoted
from foveate.design.scene.units import PIXELS, Ruler, number_text, pixels
from foveate.options.colours import Colour, colour, colour_text
from foveate.options.values import expected

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LENGTH: Final = 100_000.0
MOST_BLUR: Final = 500.0
MOST_STROKE: Final = 1000.0
MOST_DASHES: Final = 16
NOTHING: Final = "none"
_SRC: Final = AnyLine(2048, needed=True)
_OPTIONS: Final = AnyLine(2048)
_BYTE: Final = 255
read_colour: Final = lru_cache(maxsize=4096)(colour)


def write_colour(value: Colour) -> str:
    """Return a colour in hex, or as CSS's function where its alpha is none of 256.

    >>> write_colour(Colour(255, 0, 0)), write_colour(Colour(0, 0, 0, 136 / 255))
    ('#ff0000', '#00000088')
    """
    alpha = round(value.alpha * _BYTE)
    if value.alpha == 1 or alpha / _BYTE != value.alpha:
        return colour_text(value)
    return f"#{value.red:02x}{value.green:02x}{value.blue:02x}{alpha:02x}"


def _length(text: str, ruler: Ruler, least: float, most: float) -> float:
    value = pixels(text, ruler.dpi)
    if not least <= value <= most:
        raise expected(f"{number_text(least)} to {number_text(most)} pixels", text)
    return value


@dataclass(frozen=True, slots=True)
class ColourKind:
    """One colour."""

    json: Json = "string"
    values: str = "a CSS colour"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "minLength": "1", "maxLength": "128"}

    def read(self, text: str, ruler: Ruler) -> Colour:  # noqa: ARG002 - it has no unit
        """Return the colour."""
        return read_colour(text.strip())

    def write(self, value: Colour) -> str:
        """Return its text."""
        return write_colour(value)


@dataclass(frozen=True, slots=True)
class FillKind:
    """A colour, a gradient, a picture, or nothing."""

    json: Json = "string"
    values: str = (
        "a CSS colour, `linear-gradient(90deg, #f00 0, #00f 1)`, "
        "`radial-gradient(at 50% 50%, #fff 0, #000 1)`, `url('SRC')`, `url('SRC', 'OPTIONS')`, "
        "or none"
    )

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "minLength": "1", "maxLength": "16384"}

    def read(self, text: str, ruler: Ruler) -> Fill | None:  # noqa: ARG002 - it has no unit
        """Return the fill; None for nothing."""
        word = text.strip()
        if word.lower() == NOTHING:
            return None
        call = called(word)
        if call and call[0] == "url":
            return _picture(call[1], text)
        if call and call[0].endswith("gradient"):
            return gradient(*call)
        try:
            return Solid(read_colour(word))
        except ValueError:
            raise expected(self.values.replace("`", ""), text) from None

    def write(self, value: Fill | None) -> str:
        """Return its text."""
        if value is None:
            return NOTHING
        if isinstance(value, Solid):
            return write_colour(value.colour)
        if isinstance(value, Linear | Radial):
            return gradient_text(value, write_colour)
        inside = [quoted(value.src), *filter(None, [value.options and quoted(value.options)])]
        return f"url({', '.join(inside)})"


def _picture(inside: str, text: str) -> PictureFill:
    said = [unquoted(part) for part in parts(inside)]
    try:
        src, options = [*said, ""][:2]
        _, _ = _SRC.read(src, PIXELS), _OPTIONS.read(options, PIXELS)
    except ValueError:
        raise expected("url('SRC') or url('SRC', 'OPTIONS')", text) from None
    if len(said) not in {1, 2}:
        raise expected("url('SRC') or url('SRC', 'OPTIONS')", text)
    return PictureFill(src, options)


@dataclass(frozen=True, slots=True)
class StrokeKind:
    """A line's colour and width, and what else it has."""

    json: Json = "string"
    values: str = (
        "a CSS colour and a width, as `#000 2`; then, if any, `dash(8 4)`, `cap(round)` "
        "(butt, round, square) and `join(round)` (miter, round, bevel); or none"
    )

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "minLength": "1", "maxLength": "512"}

    def read(self, text: str, ruler: Ruler) -> Stroke | None:
        """Return the stroke; None for nothing."""
        if text.strip().lower() == NOTHING:
            return None
        try:
            return _stroke(parts(text, " "), ruler)
        except (ValueError, KeyError, IndexError):
            raise expected(self.values.replace("`", ""), text) from None

    def write(self, value: Stroke | None) -> str:
        """Return its text."""
        if value is None:
            return NOTHING
        said = [write_colour(value.colour), number_text(value.width)]
        if value.dash:
            said.append(f"dash({' '.join(map(number_text, value.dash))})")
        if value.cap is not Cap.BUTT:
            said.append(f"cap({value.cap})")
        if value.join is not Join.MITER:
            said.append(f"join({value.join})")
        return " ".join(said)


def _stroke(said: list[str], ruler: Ruler) -> Stroke:
    details: dict[str, str] = {}
    plain: list[str] = []
    for part in said:
        call = called(part)
        if call and call[0] in {"dash", "cap", "join"}:
            details[call[0]] = call[1].strip()
        else:
            plain.append(part)
    of_colour, width = [*plain, "1"][:2] if len(plain) == 1 else plain
    return Stroke(
        colour=read_colour(of_colour),
        width=_length(width, ruler, 0, MOST_STROKE),
        dash=_dash(details.get("dash", ""), ruler),
        cap=Cap(details.get("cap", Cap.BUTT)),
        join=Join(details.get("join", Join.MITER)),
    )


def _dash(text: str, ruler: Ruler) -> tuple[float, ...]:
    dash = tuple(_length(word, ruler, 0, MOST_LENGTH) for word in text.split())
    if len(dash) > MOST_DASHES or (dash and not any(dash)):
        raise expected(f"up to {MOST_DASHES} lengths, not all of them 0", text)
    return dash


@dataclass(frozen=True, slots=True)
class ShadowKind:
    """A shadow, or none."""

    json: Json = "string"
    values: str = "x, y, blur and a CSS colour, as `0 4 12 #0008`, or none"

    @property
    def facets(self) -> Mapping[str, str]:
        """What a schema says."""
        return {"base": "xs:string", "minLength": "1", "maxLength": "512"}

    def read(self, text: str, ruler: Ruler) -> Shadow | None:
        """Return the shadow; None for none."""
        if text.strip().lower() == NOTHING:
            return None
        try:
            x, y, blur, *rest = parts(text, " ")
            (of_colour,) = rest or [write_colour(BLACK)]
            return Shadow(
                x=_length(x, ruler, -MOST_LENGTH, MOST_LENGTH),
                y=_length(y, ruler, -MOST_LENGTH, MOST_LENGTH),
                blur=_length(blur, ruler, 0, MOST_BLUR),
                colour=read_colour(of_colour),
            )
        except ValueError:
            raise expected(self.values.replace("`", ""), text) from None

    def write(self, value: Shadow | None) -> str:
        """Return its text."""
        if value is None:
            return NOTHING
        lengths = map(number_text, (value.x, value.y, value.blur))
        return " ".join([*lengths, write_colour(value.colour)])

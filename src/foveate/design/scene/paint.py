"""What shapes are filled and drawn with: lengths in pixels, places as shares of their box."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from foveate.options.colours import Colour

BLACK: Final = Colour(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stop:
    """A colour of a gradient, and where it is reached: 0 where it begins, 1 where it ends."""

    colour: Colour
    at: float


@dataclass(frozen=True, slots=True)
class Solid:
    """One colour."""

    colour: Colour


@dataclass(frozen=True, slots=True)
class Linear:
    """Colours along a line, as CSS has it.

    0 degrees run to the top, 90 to the right. The line is as long as makes the corners of the box
    that lie in its direction have the first colour and the last.
    """

    angle: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Radial:
    """Colours from a point outwards, in circles, to the farthest corner of the box."""

    stops: tuple[Stop, ...]
    x: float = 0.5
    y: float = 0.5


@dataclass(frozen=True, slots=True)
class PictureFill:
    """A picture that covers the box, cropped as its options say."""

    src: str
    options: str = ""


Fill = Solid | Linear | Radial | PictureFill


class Cap(StrEnum):
    """How a line ends."""

    BUTT = "butt"
    ROUND = "round"
    SQUARE = "square"


class Join(StrEnum):
    """How a line goes round a corner."""

    MITER = "miter"
    ROUND = "round"
    BEVEL = "bevel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line along the edge of a shape, half of it on either side."""

    colour: Colour = BLACK
    width: float = 1.0
    dash: tuple[float, ...] = ()
    """Drawn, left out, drawn, ... in pixels; empty for a line without gaps."""
    cap: Cap = Cap.BUTT
    join: Join = Join.MITER


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """What a block casts: moved by x and y, and blurred as CSS does, by half of `blur` as sigma.

    It turns with the block, and is cast by all of it: a text without fill and stroke casts that of
    its letters.
    """

    x: float = 0.0
    y: float = 0.0
    blur: float = 0.0
    colour: Colour = BLACK

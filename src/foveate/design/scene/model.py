"""A scene: pages of blocks. Values alone, so that two can be compared and neither be damaged.

Lengths are pixels. A block lies in its parent, a page or a group, from whose top left corner `x`
and `y` are counted. Blocks are painted by `z`, and those of one `z` in the order in which they
stand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from foveate.design.scene.paint import BLACK, Fill, Shadow, Solid, Stroke
from foveate.options.colours import WHITE, Colour

DPI: Final = 96.0
"""Pixels to the inch, as CSS has it."""
FONT: Final = "Inter"
SQUARE: Final = (0.0, 0.0, 100.0, 100.0)
PAPER: Final = Solid(WHITE)
THIN: Final = Stroke()
SHARP: Final = (0.0, 0.0, 0.0, 0.0)


class Role(StrEnum):
    """What a block is for."""

    NONE = "none"
    LOGO = "logo"
    TITLE = "title"
    SUBTITLE = "subtitle"
    BODY = "body"
    PRICE = "price"
    BUTTON = "button"
    BACKGROUND = "background"
    PHOTO = "photo"
    DECORATION = "decoration"
    LEGAL = "legal"


class Blend(StrEnum):
    """How a block's colours meet those below, by CSS's names."""

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    OVERLAY = "overlay"
    DARKEN = "darken"
    LIGHTEN = "lighten"
    COLOR_DODGE = "color-dodge"
    COLOR_BURN = "color-burn"
    HARD_LIGHT = "hard-light"
    SOFT_LIGHT = "soft-light"
    DIFFERENCE = "difference"
    EXCLUSION = "exclusion"


class Pin(StrEnum):
    """An edge or a middle of its parent to which a block keeps when that changes its size."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Stretch(StrEnum):
    """In which direction a block grows with its parent."""

    NONE = "none"
    X = "x"
    Y = "y"
    BOTH = "both"

    @property
    def across(self) -> bool:
        """Return whether it is in its width that it grows."""
        return self in {Stretch.X, Stretch.BOTH}

    @property
    def down(self) -> bool:
        """Return whether it is in its height."""
        return self in {Stretch.Y, Stretch.BOTH}


class Align(StrEnum):
    """Where lines of text stand; start and end follow the direction of the script."""

    START = "start"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    END = "end"
    JUSTIFY = "justify"


class VAlign(StrEnum):
    """Where all lines of a text stand in its box."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Fit(StrEnum):
    """What becomes of a text that needs more room, or less, than its box has."""

    NONE = "none"
    """It stays as it is."""
    SHRINK = "shrink"
    """Its letters become smaller until it fits."""
    GROW = "grow"
    """Its letters become as large as they can be, or smaller: they fill the box."""


class Decoration(StrEnum):
    """A line drawn with letters."""

    NONE = "none"
    UNDERLINE = "underline"
    LINE_THROUGH = "line-through"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What all blocks have: a name, a place, and how they are painted and kept."""

    id: str
    name: str = ""
    role: Role = Role.NONE
    x: float = 0.0
    y: float = 0.0
    width: float
    height: float
    rotation: float = 0.0
    """Degrees, clockwise, about the middle of the box."""
    opacity: float = 1.0
    z: int = 0
    blend: Blend = Blend.NORMAL
    locked: bool = False
    hidden: bool = False
    pin: tuple[Pin, ...] = ()
    stretch: Stretch = Stretch.NONE
    keep_aspect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Block):
    """Blocks that are moved, turned and made transparent as one; what lies outside is not cut."""

    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted(Block):
    """A block with an inside, an edge, and a shadow."""

    fill: Fill | None = None
    stroke: Stroke | None = None
    shadow: Shadow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters of one look; what is None is as its text says. A newline ends a line."""

    text: str
    font: str | None = None
    size: float | None = None
    weight: int | None = None
    italic: bool | None = None
    colour: Colour | None = None
    letter_spacing: float | None = None
    decoration: Decoration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Painted):
    """Letters in a box. Its fill and stroke are those of the box, as of a button."""

    runs: tuple[Run, ...] = ()
    font: str = FONT
    size: float = 16.0
    weight: int = 400
    italic: bool = False
    colour: Colour = BLACK
    letter_spacing: float = 0.0
    decoration: Decoration = Decoration.NONE
    line_height: float = 1.2
    """Times the size of the letters."""
    align: Align = Align.START
    valign: VAlign = VAlign.TOP
    fit: Fit = Fit.NONE
    padding: float = 0.0
    """Between the edge of the box and the letters."""
    radius: tuple[float, float, float, float] = SHARP

    @property
    def words(self) -> str:
        """Return what it says, without its looks."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(Painted):
    """A picture that covers its box, cropped and changed by Foveate's options."""

    src: str
    options: str = ""
    alt: str = ""
    radius: tuple[float, float, float, float] = SHARP


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle(Painted):
    """A rectangle; radii are those of the corners from the top left one, clockwise."""

    radius: tuple[float, float, float, float] = SHARP


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse(Painted):
    """The ellipse that touches the four sides of the box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Block):
    """A line from the top left corner of the box to the bottom right one."""

    rising: bool = False
    """From the bottom left to the top right instead."""
    stroke: Stroke | None = THIN
    shadow: Shadow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Path(Painted):
    """A shape by the path of SVG; its `viewbox` is stretched over the box."""

    d: str
    viewbox: tuple[float, float, float, float] = SQUARE
    """Left, top, width and height of what of the path's plane is the box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A sheet of its own size; what lies beyond it is cut."""

    id: str
    name: str = ""
    width: float
    height: float
    fill: Fill | None = PAPER
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A design. Ids are unique in all of it."""

    name: str = ""
    lang: str = ""
    """The language of its texts, as BCP 47 writes it; empty where nobody says."""
    dpi: float = DPI
    pages: tuple[Page, ...] = ()


Element = Scene | Page | Block | Run
"""What has a tag in XML."""


def joined(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Return runs as they are kept: none empty, and no two neighbours of one look.

    >>> [run.text for run in joined((Run(text="a"), Run(text=""), Run(text="b")))]
    ['ab']
    """
    kept: list[Run] = []
    for run in filter(lambda run: run.text, runs):
        if kept and replace(kept[-1], text=run.text) == run:
            kept[-1] = replace(run, text=kept[-1].text + run.text)
        else:
            kept.append(run)
    return tuple(kept)

"""The table of attributes. Reading, writing, the schema, JSON and the reference derive from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from foveate.design.scene.kinds import Choice, Choices, Flag, Kind, Length, Line, Name, Number, Side
from foveate.design.scene.model import Align, Blend, Decoration, Fit, Pin, Role, Stretch, VAlign
from foveate.design.scene.paint_kinds import (
    MOST_LENGTH,
    ColourKind,
    FillKind,
    ShadowKind,
    StrokeKind,
)
from foveate.design.scene.path_kinds import PathKind, RadiusKind, ViewboxKind

VERSION: Final = 1
"""Of the words that are written today."""
MOST_SIDE: Final = 20_000.0
"""Of a page, in pixels."""
MOST_LETTERS: Final = 20_000
"""Of one text."""
_TIMES: Final = (("normal", 400), ("bold", 700))


class Matter(StrEnum):
    """What an attribute is about: who edits texts alone sees and changes those alone."""

    NAME = "name"
    PLACE = "place"
    TEXT = "text"
    LETTERS = "letters"
    COLOUR = "colour"
    LOOK = "look"
    SOURCE = "source"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Word:
    """One row: an attribute, what it holds, and what it is for. Its default is its field's."""

    name: str
    kind: Kind
    matter: Matter
    help: str
    spelled: str = ""
    """Its field, where that is not its name."""

    @property
    def field(self) -> str:
        """The field of the scene's classes that holds it."""
        return self.spelled or self.name.replace("-", "_")


def _along(name: str, side: Side, about: str, *, least: float = -MOST_LENGTH) -> Word:
    return Word(name, Length(least, MOST_LENGTH, side), Matter.PLACE, about)


ID: Final = Word(
    "id",
    Name(),
    Matter.NAME,
    "What it is called, by that alone in all of the design. Where it is missing it is given one.",
)
NAME: Final = Word("name", Line(200), Matter.NAME, "What people call it.")

COMMON: Final[tuple[Word, ...]] = (
    ID,
    NAME,
    Word("role", Choice(Role), Matter.NAME, "What it is for."),
    _along("x", "width", "From its parent's left edge to its own."),
    _along("y", "height", "From its parent's top edge to its own."),
    _along("width", "width", "The width of its box.", least=0),
    _along("height", "height", "The height of its box.", least=0),
    Word("rotation", Number(-360, 360), Matter.PLACE, "Degrees, clockwise, about its middle."),
    Word("opacity", Number(0, 1), Matter.LOOK, "From 0, which is not seen, to 1."),
    Word("z", Number(-1000, 1000, whole=True), Matter.PLACE, "Blocks are painted in its order."),
    Word("blend", Choice(Blend), Matter.LOOK, "How its colours meet those below."),
    Word("locked", Flag(), Matter.STATE, "It is not to be changed."),
    Word("hidden", Flag(), Matter.STATE, "It is not painted."),
    Word("pin", Choices(Pin), Matter.PLACE, "To what it keeps when its parent changes its size."),
    Word("stretch", Choice(Stretch), Matter.PLACE, "In which direction it grows with its parent."),
    Word("keep-aspect", Flag(), Matter.PLACE, "Its width and height keep their ratio."),
)
"""Of every block."""

FILL: Final = Word("fill", FillKind(), Matter.COLOUR, "What its inside is painted with.")
STROKE: Final = Word("stroke", StrokeKind(), Matter.COLOUR, "The line along its edge.")
SHADOW: Final = Word("shadow", ShadowKind(), Matter.COLOUR, "What it casts.")
PAINT: Final = (FILL, STROKE, SHADOW)
RADIUS: Final = Word(
    "radius",
    RadiusKind(),
    Matter.LOOK,
    "The radius of its corners; of four, from the top left, clockwise.",
)

LETTERS: Final[tuple[Word, ...]] = (
    Word("font", Line(100, needed=True), Matter.LETTERS, "The family of its letters."),
    Word("size", Length(0.1, 5000), Matter.LETTERS, "The size of its letters."),
    Word(
        "weight",
        Number(1, 1000, whole=True, names=_TIMES),
        Matter.LETTERS,
        "How bold its letters are: 400 is normal, 700 is bold.",
    ),
    Word("italic", Flag(), Matter.LETTERS, "Its letters lean."),
    Word("color", ColourKind(), Matter.COLOUR, "The colour of its letters.", "colour"),
    Word("letter-spacing", Length(-1000, 1000), Matter.LETTERS, "Added between letters."),
    Word("decoration", Choice(Decoration), Matter.LETTERS, "A line drawn with its letters."),
)
"""Of texts, and of runs, where what is missing is as the text says."""

LINES: Final[tuple[Word, ...]] = (
    Word("line-height", Number(0.1, 10), Matter.LETTERS, "From line to line, times the size."),
    Word("align", Choice(Align), Matter.LETTERS, "Where its lines stand in the box."),
    Word("valign", Choice(VAlign), Matter.LETTERS, "Where all lines stand in the box."),
    Word(
        "fit",
        Choice(Fit),
        Matter.LETTERS,
        "What becomes of a text that is not of its box's size: `shrink` makes letters smaller "
        "until it fits, `grow` as large as fits.",
    ),
    Word("padding", Length(0, 10_000), Matter.PLACE, "Between the edge of its box and letters."),
)

SOURCE: Final = Word(
    "src", Line(2048, needed=True), Matter.SOURCE, "The picture: a path, or an address."
)
PICTURE: Final[tuple[Word, ...]] = (
    SOURCE,
    Word(
        "options",
        Line(2048),
        Matter.SOURCE,
        "Foveate's options for it, as in its URLs: `gravity=face,saturation=1.2`.",
    ),
    Word("alt", Line(1000), Matter.TEXT, "What it shows, in words."),
)

RISING: Final = Word("rising", Flag(), Matter.PLACE, "It runs from the bottom left up.")

OUTLINE: Final[tuple[Word, ...]] = (
    Word("d", PathKind(), Matter.PLACE, "The path, as SVG writes it."),
    Word(
        "viewbox",
        ViewboxKind(),
        Matter.PLACE,
        "Left, top, width and height of what of the path's plane is stretched over the box.",
    ),
)

PAGE: Final[tuple[Word, ...]] = (
    ID,
    NAME,
    Word("width", Length(1, MOST_SIDE), Matter.PLACE, "Its width."),
    Word("height", Length(1, MOST_SIDE), Matter.PLACE, "Its height."),
    FILL,
)

SCENE: Final[tuple[Word, ...]] = (
    NAME,
    Word("lang", Line(35), Matter.TEXT, "The language of its texts: `de`, `pt-BR`."),
    Word("dpi", Number(1, 2400), Matter.PLACE, "Pixels to the inch, for lengths in mm, pt, ..."),
)

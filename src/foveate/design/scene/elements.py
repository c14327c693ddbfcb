"""The table of elements: tag, class, attributes, and what may stand inside."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene import model, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.scene.words import Word


class Inside(StrEnum):
    """What stands inside an element."""

    NOTHING = "nothing"
    PAGES = "pages"
    BLOCKS = "blocks"
    RUNS = "runs"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Tag:
    """One row: an element. What an attribute is where it is missing is the field's default."""

    name: str
    made: type
    words: tuple[Word, ...]
    inside: Inside
    help: str

    @property
    def by_name(self) -> Mapping[str, Word]:
        """Its attributes by name."""
        return _by_name(self.name)


@cache
def _by_name(tag: str) -> Mapping[str, Word]:
    # By its name alone: to hash a row with all of its words takes longer than to read an element.
    return {word.name: word for word in BY_NAME[tag].words}


_SHAPE: Final = (*words.COMMON, *words.PAINT)

DESIGN: Final = Tag(
    "design", model.Scene, words.SCENE, Inside.PAGES, "All of a design: pages, one at least."
)
PAGE: Final = Tag(
    "page", model.Page, words.PAGE, Inside.BLOCKS, "A sheet; what lies beyond it is cut."
)
RUN: Final = Tag(
    "run", model.Run, words.LETTERS, Inside.LETTERS, "Letters that look otherwise than their text."
)
BLOCKS: Final[tuple[Tag, ...]] = (
    Tag(
        "text",
        model.Text,
        (*_SHAPE, words.RADIUS, *words.LETTERS, *words.LINES),
        Inside.RUNS,
        "Letters in a box, which may have a fill and an edge. `<br/>` ends a line; white space is "
        'one space, unless it says `xml:space="preserve"`.',
    ),
    Tag(
        "image",
        model.Picture,
        (*_SHAPE, words.RADIUS, *words.PICTURE),
        Inside.NOTHING,
        "A picture that covers its box, cropped and changed by Foveate's options.",
    ),
    Tag("rect", model.Rectangle, (*_SHAPE, words.RADIUS), Inside.NOTHING, "A rectangle."),
    Tag("ellipse", model.Ellipse, _SHAPE, Inside.NOTHING, "An ellipse that touches its box."),
    Tag(
        "line",
        model.Line,
        (*words.COMMON, words.STROKE, words.SHADOW, words.RISING),
        Inside.NOTHING,
        "A line from the top left of its box to the bottom right.",
    ),
    Tag("path", model.Path, (*_SHAPE, *words.OUTLINE), Inside.NOTHING, "A shape by SVG's path."),
    Tag("group", model.Group, words.COMMON, Inside.BLOCKS, "Blocks that are moved as one."),
)
BREAK: Final = "br"
"""Ends a line of a text; it has no attributes."""

TAGS: Final[tuple[Tag, ...]] = (DESIGN, PAGE, *BLOCKS, RUN)
BY_NAME: Final[Mapping[str, Tag]] = {tag.name: tag for tag in TAGS}
BY_CLASS: Final[Mapping[type, Tag]] = {tag.made: tag for tag in TAGS}


def tag_of(element: model.Element) -> Tag:
    """Return the row of an element of a scene."""
    return BY_CLASS[type(element)]


@cache
def defaults(made: type) -> Mapping[str, Any]:
    """Return what the fields of a class are where nothing is said; those it needs are not in it."""
    return {each.name: each.default for each in fields(made) if each.default is not MISSING}


def needed(tag: Tag, word: Word) -> bool:
    """Return whether an element cannot be without that attribute; ids are given."""
    return word.field not in defaults(tag.made) and word is not words.ID


def holds(parent: str, child: str) -> bool:
    """Return whether an element of a tag stands inside of one of another.

    >>> holds("group", "text"), holds("design", "page"), holds("group", "page"), holds("", "text")
    (True, True, False, False)
    """
    inside = BY_NAME[parent].inside if parent in BY_NAME else Inside.NOTHING
    return inside is (Inside.PAGES if child == PAGE.name else Inside.BLOCKS)

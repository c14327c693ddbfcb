"""Any scenes, for hypothesis: `SCENES`, and `PAIRS` of two that share some of their ids.

What an attribute holds is drawn by its kind, from the table of words: a new word is drawn as well.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from foveate.design.scene import kinds, paint_kinds, path_kinds
from foveate.design.scene.elements import BLOCKS, DESIGN, PAGE, RUN, Inside, Tag, needed
from foveate.design.scene.model import Page, Run, Scene, joined
from foveate.design.scene.paint import (
    Cap,
    Join,
    Linear,
    PictureFill,
    Radial,
    Shadow,
    Solid,
    Stop,
    Stroke,
)
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[st.SearchStrategy[Any]], Any]

NUMBERED = 60
"""Ids that there are, of which two scenes share some."""
MOST_BLOCKS = 5
MOST_WORDS = 6
"""Attributes of one element that are not as usual."""
DEEPEST = 3

ANY_LETTER = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"
)
LINE = st.text(ANY_LETTER, max_size=12)
WORDS = st.text(ANY_LETTER | st.sampled_from(" \t\n<>&"), min_size=1, max_size=12)
BYTE = st.integers(0, 255)
ALPHA = st.just(1.0) | BYTE.map(lambda byte: byte / 255) | st.floats(0, 1)
COLOURS = st.builds(Colour, BYTE, BYTE, BYTE, ALPHA)
SHARE = st.floats(0, 1)
LENGTHS = st.integers(0, 2000).map(float) | st.floats(0, 2000)


@st.composite
def _stops(draw: Draw) -> tuple[Stop, ...]:
    colours = draw(st.lists(COLOURS, min_size=2, max_size=4))
    places = sorted(draw(st.lists(SHARE, min_size=len(colours), max_size=len(colours))))
    return tuple(map(Stop, colours, places))


SRC = st.text(ANY_LETTER, min_size=1, max_size=12)
FILLS = st.one_of(
    st.none(),
    st.builds(Solid, COLOURS),
    st.builds(Linear, st.floats(-360, 360), _stops()),
    st.builds(Radial, _stops(), st.floats(-2, 2), st.floats(-2, 2)),
    st.builds(PictureFill, SRC, LINE),
)
DASHES = st.lists(st.floats(0.5, 50), max_size=4).map(tuple)
STROKES = st.none() | st.builds(
    Stroke,
    colour=COLOURS,
    width=st.floats(0, 100),
    dash=DASHES,
    cap=st.sampled_from(Cap),
    join=st.sampled_from(Join),
)
MOVED = st.floats(-100, 100)
SHADOWS = st.none() | st.builds(Shadow, x=MOVED, y=MOVED, blur=st.floats(0, 100), colour=COLOURS)
PATHS = st.sampled_from(["M0 0 L100 0 L50 100 Z", "m.5,1 a1 1 0 0110 10 z", "M1e1-2 3-4 5 6"])
RADII = st.tuples(LENGTHS, LENGTHS, LENGTHS, LENGTHS) | LENGTHS.map(lambda one: (one,) * 4)
VIEWBOXES = st.tuples(MOVED, MOVED, st.floats(0.01, 100), st.floats(0.01, 100))


def values(kind: kinds.Kind) -> st.SearchStrategy[Any]:
    """Return what an attribute of that kind may hold."""
    if isinstance(kind, kinds.Number) and kind.whole:
        return st.integers(int(kind.least), int(kind.most))
    if isinstance(kind, kinds.Number | kinds.Length):
        return st.floats(kind.least, kind.most)
    if isinstance(kind, kinds.Choice):
        return st.sampled_from(kind.words)
    if isinstance(kind, kinds.Choices):
        words = list(kind.words)
        return st.sets(st.sampled_from(words)).map(
            lambda some: tuple(sorted(some, key=words.index))
        )
    if isinstance(kind, kinds.Line):
        return SRC if kind.needed else LINE
    return _OTHERS[type(kind)]


_OTHERS: dict[type, st.SearchStrategy[Any]] = {
    kinds.Flag: st.booleans(),
    paint_kinds.ColourKind: COLOURS,
    paint_kinds.FillKind: FILLS,
    paint_kinds.StrokeKind: STROKES,
    paint_kinds.ShadowKind: SHADOWS,
    path_kinds.PathKind: PATHS,
    path_kinds.RadiusKind: RADII,
    path_kinds.ViewboxKind: VIEWBOXES,
}


def _fields(draw: Draw, tag: Tag) -> dict[str, Any]:
    words = [word for word in tag.words if not isinstance(word.kind, kinds.Name)]
    need = [word for word in words if needed(tag, word)]
    free = [word for word in words if word not in need]
    some = draw(st.lists(st.sampled_from(free), unique=True, max_size=MOST_WORDS))
    return {word.field: draw(values(word.kind)) for word in (*need, *some)}


class _Drawing:
    """Draws elements with ids of which each is taken once."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._ids = [f"b{each}" for each in range(NUMBERED)]
        # Drawn one by one, they would take longer than the scene.
        Random(draw(st.integers(0, 1000))).shuffle(self._ids)  # noqa: S311

    def page(self) -> Page:
        fields = _fields(self._draw, PAGE)
        return Page(id=self._ids.pop(), **fields, blocks=self._blocks(1))

    def _blocks(self, depth: int) -> tuple[Any, ...]:
        count = self._draw(st.integers(0, max(0, min(MOST_BLOCKS - depth, len(self._ids) // 8))))
        return tuple(self._block(depth) for _ in range(count))

    def _block(self, depth: int) -> Any:
        name = self._ids.pop()
        tag = self._draw(st.sampled_from(BLOCKS if depth < DEEPEST else BLOCKS[:-1]))
        inside: dict[str, Any] = {}
        if tag.inside is Inside.BLOCKS:
            inside["blocks"] = self._blocks(depth + 1)
        elif tag.inside is Inside.RUNS:
            inside["runs"] = joined(
                tuple(self._run() for _ in range(self._draw(st.integers(0, 3))))
            )
        return tag.made(id=name, **_fields(self._draw, tag), **inside)

    def _run(self) -> Run:
        plain = self._draw(st.booleans())
        return Run(text=self._draw(WORDS), **({} if plain else _fields(self._draw, RUN)))


@st.composite
def _scenes(draw: Draw) -> Scene:
    drawing = _Drawing(draw)
    pages = tuple(drawing.page() for _ in range(draw(st.integers(1, 2))))
    return Scene(**_fields(draw, DESIGN), pages=pages)


SCENES = _scenes()
PAIRS = st.tuples(SCENES, SCENES)
"""They have most ids in common, of elements that have little else."""

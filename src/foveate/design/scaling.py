"""Blocks made larger or smaller as a whole: with their letters, strokes, corners and shadows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Group, Line, Painted, Picture, Rectangle, Text
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Run
    from foveate.design.scene.paint import Shadow, Stroke

LEAST_SIZE: Final = 0.1
"""Of letters; what a design may have."""
QUARTER: Final = 90.0
SLACK: Final = 0.5
"""Degrees by which a block may lean, and stands upright all the same."""


def scaled(block: Block, by: float) -> Block:
    """Return a block `by` times as large: its place and all lengths in it.

    >>> from foveate.design.scene.model import Rectangle
    >>> made = scaled(Rectangle(id="r", x=10, y=20, width=30, height=40, radius=(4,) * 4), 0.5)
    >>> made.x, made.width, made.radius
    (5.0, 15.0, (2.0, 2.0, 2.0, 2.0))
    """
    said: dict[str, Any] = {
        name: getattr(block, name) * by for name in ("x", "y", "width", "height")
    }
    if isinstance(block, Group):
        said["blocks"] = tuple(scaled(each, by) for each in block.blocks)
    return replace(block, **said, **details(block, by))


def details(block: Block, by: float) -> dict[str, Any]:
    """Return the lengths of a block besides its box, `by` times as long."""
    said: dict[str, Any] = {}
    if isinstance(block, Painted | Line):
        said |= {"stroke": _stroke(block.stroke, by), "shadow": _shadow(block.shadow, by)}
    if isinstance(block, Text | Picture | Rectangle):
        said["radius"] = tuple(each * by for each in block.radius)
    if isinstance(block, Text):
        said |= letters(block, by) | {"padding": block.padding * by}
    return said


def letters(text: Text, by: float) -> dict[str, Any]:
    """Return the fields of a text that say how large its letters are, `by` times as large."""
    return {
        "size": max(text.size * by, LEAST_SIZE),
        "letter_spacing": text.letter_spacing * by,
        "runs": tuple(_run(run, by) for run in text.runs),
    }


def _run(run: Run, by: float) -> Run:
    spacing = None if run.letter_spacing is None else run.letter_spacing * by
    size = None if run.size is None else max(run.size * by, LEAST_SIZE)
    return replace(run, size=size, letter_spacing=spacing)


def _stroke(stroke: Stroke | None, by: float) -> Stroke | None:
    if stroke is None:
        return None
    return replace(stroke, width=stroke.width * by, dash=tuple(each * by for each in stroke.dash))


def _shadow(shadow: Shadow | None, by: float) -> Shadow | None:
    if shadow is None:
        return None
    return replace(shadow, x=shadow.x * by, y=shadow.y * by, blur=shadow.blur * by)


def filling(block: Block, seen: Box, new: Box, by: float) -> Box:
    """Return the own box of a block, turned as it is, that is seen in `new` where it was in `seen`.

    What leans is not drawn out of its form: it is `by` times as large, in the middle.
    """
    width, height = _own(block, by, _times(new.width, seen.width), _times(new.height, seen.height))
    left, top = new.left + (new.width - width) / 2, new.top + (new.height - height) / 2
    return Box(left, top, width, height)


def _times(new: float, old: float) -> float:
    """Return how many times as long a side became; a line has one of no length."""
    return new / old if old else 1.0


def _own(block: Block, by: float, across: float, down: float) -> tuple[float, float]:
    """Return the width and height of a block, seen so many times as wide and as high as before."""
    turns = block.rotation / QUARTER
    if abs(turns - round(turns)) * QUARTER > SLACK:
        # What leans is not drawn out of its form.
        return block.width * by, block.height * by
    if round(turns) % 2:
        across, down = down, across
    return block.width * across, block.height * down

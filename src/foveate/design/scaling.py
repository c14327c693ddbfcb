"""Blocks made larger or smaller as a whole: with their letters, strokes, corners and shadows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from foveate.design.scene.model import Group, Line, Painted, Picture, Rectangle, Text

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Run
    from foveate.design.scene.paint import Shadow, Stroke

LEAST_SIZE: Final = 0.1
"""Of letters; what a design may have."""


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

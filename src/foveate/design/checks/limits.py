"""Limits: of a file, of its elements, and of what drawing it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.design.checks.model import Found
from foveate.design.drawing.bounds import check as check_drawing
from foveate.design.nodes.limits import check as check_count
from foveate.design.xml.writing import counts, dumps
from foveate.errors import DesignTooLarge, DrawingTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case
    from foveate.design.scene.model import Scene


def check(case: Case) -> Iterator[Found]:
    """Return what makes a design too large to be kept or drawn, and did not before."""
    before = {each.key for each in _of(case.before)}
    yield from (each for each in _of(case.after) if each.key not in before)


def _of(scene: Scene) -> Iterator[Found]:
    for what, count, most in counts(scene, dumps(scene)):
        try:
            check_count(what, count, most)
        except DesignTooLarge as why:
            yield Found("", why.public, matter=what)
    for page in scene.pages:
        try:
            check_drawing(page, 1.0)
        except DrawingTooLarge as why:
            yield Found(page.id, why.public)

"""Limits: of a file, of its elements, and of what drawing it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.design.checks.model import Found
from foveate.design.drawing.bounds import check as check_drawing
from foveate.design.nodes.limits import USUAL
from foveate.design.nodes.limits import check as check_count
from foveate.design.nodes.writing import write
from foveate.design.xml.writing import dumps
from foveate.errors import DesignTooLarge, DrawingTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.checks.model import Case
    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Scene


def check(case: Case) -> Iterator[Found]:
    """Return what makes a design too large to be kept or drawn, and did not before."""
    before = {each.key for each in _of(case.before)}
    yield from (each for each in _of(case.after) if each.key not in before)


def _of(scene: Scene) -> Iterator[Found]:
    node = write(scene)
    counts = {
        "elements": (sum(1 for _ in node.walk()), USUAL.elements),
        "elements within each other": (_depth(node), USUAL.depth),
        "letters": (len(node.letters), USUAL.letters),
        "bytes": (len(dumps(scene).encode()), USUAL.bytes),
    }
    for what, (count, most) in counts.items():
        try:
            check_count(what, count, most)
        except DesignTooLarge as why:
            yield Found("", why.public, matter=what)
    for page in scene.pages:
        try:
            check_drawing(page, 1.0)
        except DrawingTooLarge as why:
            yield Found(page.id, why.public)


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.nodes), default=0)

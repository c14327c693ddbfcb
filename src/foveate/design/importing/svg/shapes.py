"""The table of shapes: what of an element is its box, and what its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.importing.outlines import Part, outline
from foveate.design.importing.svg.lengths import length, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.design.nodes.node import Node

MOST_LETTERS: Final = 150_000
"""Of a path, which is shorter by far once it is written in thousandths."""
ROUND: Final = 0.5522847498
"""Of a radius: where the handles of a quarter of a circle are."""


class Box(NamedTuple):
    """A rectangle or an ellipse by its box."""

    x: float
    y: float
    width: float
    height: float
    radii: tuple[float, float] = (0.0, 0.0)
    oval: bool = False

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return its outline."""
        across, down = (self.width / 2, self.height / 2) if self.oval else self.radii
        left, top, right, bottom = self.x, self.y, self.x + self.width, self.y + self.height
        if not across or not down:
            corners = ((right, top), (right, bottom), (left, bottom))
            return (Part((left, top), tuple((each,) for each in corners), closed=True),)
        handle = (across * (1 - ROUND), down * (1 - ROUND))
        pieces = (
            ((right - across, top),),
            ((right - handle[0], top), (right, top + handle[1]), (right, top + down)),
            ((right, bottom - down),),
            ((right, bottom - handle[1]), (right - handle[0], bottom), (right - across, bottom)),
            ((left + across, bottom),),
            ((left + handle[0], bottom), (left, bottom - handle[1]), (left, bottom - down)),
            ((left, top + down),),
            ((left, top + handle[1]), (left + handle[0], top), (left + across, top)),
        )
        return (Part((left + across, top), pieces, closed=True),)


class Segment(NamedTuple):
    """A line by its two ends."""

    start: tuple[float, float]
    end: tuple[float, float]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return its outline."""
        return (Part(self.start, ((self.end,),), closed=False),)


Shape = Box | Segment | tuple[Part, ...]


class View(NamedTuple):
    """Of what per cent are, and how large letters are."""

    width: float
    height: float
    em: float = 16.0

    def across(self, node: Node, name: str, usual: float = 0.0) -> float:
        """Return a length along the page."""
        return length(node.said.get(name), usual, whole=self.width, em=self.em)

    def down(self, node: Node, name: str, usual: float = 0.0) -> float:
        """Return a length down the page."""
        return length(node.said.get(name), usual, whole=self.height, em=self.em)

    def round(self, node: Node, name: str, usual: float = 0.0) -> float:
        """Return a length in no direction."""
        whole = ((self.width**2 + self.height**2) / 2) ** 0.5
        return length(node.said.get(name), usual, whole=whole, em=self.em)


def _rect(node: Node, view: View) -> Box | None:
    width, height = view.across(node, "width"), view.down(node, "height")
    if width <= 0 or height <= 0:
        return None
    across, down = view.across(node, "rx", -1), view.down(node, "ry", -1)
    across, down = max(across if across >= 0 else down, 0), max(down if down >= 0 else across, 0)
    radii = (min(across, width / 2), min(down, height / 2))
    return Box(view.across(node, "x"), view.down(node, "y"), width, height, radii)


def _oval(node: Node, view: View) -> Box | None:
    if node.tag == "circle":
        across = down = view.round(node, "r")
    else:
        across, down = view.across(node, "rx", -1), view.down(node, "ry", -1)
        across, down = across if across >= 0 else down, down if down >= 0 else across
    if across <= 0 or down <= 0:
        return None
    left, top = view.across(node, "cx") - across, view.down(node, "cy") - down
    return Box(left, top, 2 * across, 2 * down, oval=True)


def _line(node: Node, view: View) -> Segment:
    start = (view.across(node, "x1"), view.down(node, "y1"))
    return Segment(start, (view.across(node, "x2"), view.down(node, "y2")))


def _corners(node: Node, _: View) -> tuple[Part, ...] | None:
    said = numbers(_bounded(node.said.get("points", "")))
    points = list(zip(said[::2], said[1::2], strict=False))
    if len(points) < 2:  # noqa: PLR2004 - one point is nothing to see
        return None
    pieces = tuple((each,) for each in points[1:])
    return (Part(points[0], pieces, closed=node.tag == "polygon"),)


def _path(node: Node, _: View) -> tuple[Part, ...] | None:
    said = _bounded(" ".join(node.said.get("d", "").split()))
    return outline(said) if said and said != "none" else None


def _bounded(outline: str) -> str:
    if len(outline) > MOST_LETTERS:
        raise ValueError(f"expected a path of at most {MOST_LETTERS} letters, got {len(outline)}")
    return outline


SHAPES: Final[Mapping[str, Callable[[Node, View], Shape | None]]] = {
    "rect": _rect,
    "circle": _oval,
    "ellipse": _oval,
    "line": _line,
    "polyline": _corners,
    "polygon": _corners,
    "path": _path,
}
"""By tag; None is what is not drawn. They raise ValueError for what is none."""

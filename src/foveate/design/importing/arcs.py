"""Elliptical arcs as cubic curves, by the way that SVG's appendix says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from foveate.design.importing.matrix import Matrix, in_order, moving, scaling, turning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.importing.matrix import Point


def arc(start: Point, numbers: tuple[float, ...]) -> Iterator[tuple[Point, ...]]:
    """Yield the pieces of an arc from a point on, as SVG's seven numbers say."""
    across, down, degrees, large, clockwise, *end = numbers
    to = (end[0], end[1])
    if start == to:
        return
    if not across or not down:
        yield (to,)
        return
    turned = in_order([turning(degrees), scaling(*_radii(start, to, across, down, degrees))])
    # Where the ellipse is the unit circle about its middle, an arc is an angle.
    first, last = (turned.inverse().at(each) for each in (start, to))
    middle = _middle(first, last, left=bool(large) == bool(clockwise))
    circle = in_order([turned, moving(*middle)])
    begin, sweep = _angles(first, last, middle, clockwise=bool(clockwise))
    yield from _curves(circle, begin, sweep, to)


def _radii(
    start: Point, to: Point, across: float, down: float, degrees: float
) -> tuple[float, float]:
    """Return the radii, larger where the two ends are too far apart for them."""
    x, y = turning(-degrees).along(((start[0] - to[0]) / 2, (start[1] - to[1]) / 2))
    short = math.hypot(x / across, y / down)
    return abs(across) * max(short, 1.0), abs(down) * max(short, 1.0)


def _middle(first: Point, last: Point, *, left: bool) -> Point:
    across, down = last[0] - first[0], last[1] - first[1]
    length = math.hypot(across, down) or 1.0
    height = math.sqrt(max(0.0, 1.0 - length * length / 4))
    side = height / length if left else -height / length
    half = ((first[0] + last[0]) / 2, (first[1] + last[1]) / 2)
    return half[0] + down * side, half[1] - across * side


def _angles(first: Point, last: Point, middle: Point, *, clockwise: bool) -> tuple[float, float]:
    begin, end = (math.atan2(each[1] - middle[1], each[0] - middle[0]) for each in (first, last))
    sweep = (end - begin) % math.tau
    return begin, sweep if clockwise else sweep - math.tau


def _curves(circle: Matrix, begin: float, sweep: float, to: Point) -> Iterator[tuple[Point, ...]]:
    count = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
    step = sweep / count
    pull = 4 / 3 * math.tan(step / 4)
    for number in range(count):
        start, end = begin + number * step, begin + (number + 1) * step
        from_, into = (math.cos(start), math.sin(start)), (math.cos(end), math.sin(end))
        first = (from_[0] - pull * from_[1], from_[1] + pull * from_[0])
        second = (into[0] + pull * into[1], into[1] - pull * into[0])
        last = to if number == count - 1 else circle.at(into)
        yield circle.at(first), circle.at(second), last

"""Gradients of other programs in the frame of a box, as CSS has them, to the same pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.design.scene.gradients import MOST_STOPS
from foveate.design.scene.paint import Fill, Linear, Radial, Solid, Stop
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.design.importing.matrix import Matrix, Point

Sides = tuple[float, float]
_DIGITS: Final = 6


def linear(stops: Sequence[Stop], line: tuple[Point, Point], onto: Matrix, box: Sides) -> Fill:
    """Return a gradient along a line, whose plane `onto` takes into the box, from its corner."""
    (x, y), end = line
    across, down = end[0] - x, end[1] - y
    length = across * across + down * down
    if not length or not onto.area:
        return Solid(stops[-1].colour)
    # It grows along one direction of the box, whatever the transform: that of its steepest rise.
    back = onto.inverse()
    share = (across / length, down / length)
    rise = (share[0] * back.a + share[1] * back.b, share[0] * back.c + share[1] * back.d)
    steep = math.hypot(*rise)
    start = back.at((box[0] / 2, box[1] / 2))
    middle = (start[0] - x) * share[0] + (start[1] - y) * share[1]
    way = (rise[0] / steep, rise[1] / steep)
    long = abs(box[0] * way[0]) + abs(box[1] * way[1])
    if not long:
        return Solid(stops[-1].colour)
    made = _within(stops, lambda at: 0.5 + (at - middle) / (steep * long))
    return Linear(round(math.degrees(math.atan2(way[0], -way[1])), 4) + 0.0, made)


def radial(stops: Sequence[Stop], middle: Point, radius: float, onto: Matrix, box: Sides) -> Fill:
    """Return a gradient about a point; an oval one is as wide as it is in the middle."""
    x, y = onto.at(middle)
    far = max(math.hypot(x - across, y - down) for across in (0, box[0]) for down in (0, box[1]))
    reach = radius * onto.scale
    if not reach or not far or not all(box):
        return Solid(stops[-1].colour)
    made = _within(stops, lambda at: at * reach / far)
    return Radial(made, _share(x / box[0]), _share(y / box[1]))


def _share(value: float) -> float:
    return min(max(round(value, _DIGITS), -10.0), 10.0) + 0.0


def _within(stops: Sequence[Stop], place: Callable[[float], float]) -> tuple[Stop, ...]:
    """Return stops at other places, of which those beyond 0 and 1 are cut there."""
    moved = [(place(stop.at), stop.colour) for stop in stops]
    inside = [(at, colour) for at, colour in moved if 0 < at < 1]
    rows = [(0.0, _colour_at(moved, 0.0)), *inside, (1.0, _colour_at(moved, 1.0))]
    if len(rows) > MOST_STOPS:
        rows = [*rows[: MOST_STOPS - 1], rows[-1]]
    return tuple(Stop(colour, round(at, _DIGITS)) for at, colour in rows)


def _colour_at(rows: Sequence[tuple[float, Colour]], at: float) -> Colour:
    before = [row for row in rows if row[0] <= at]
    after = [row for row in rows if row[0] > at]
    if not before:
        return after[0][1]
    if not after:
        return before[-1][1]
    (start, first), (end, last) = before[-1], after[0]
    return mixed(first, last, (at - start) / (end - start))


def mixed(first: Colour, last: Colour, share: float) -> Colour:
    """Return a colour between two.

    >>> mixed(Colour(0, 0, 0), Colour(200, 100, 0, 0.0), 0.5)
    Colour(red=100, green=50, blue=0, alpha=0.5)
    """
    red, green, blue = (
        round(a + (b - a) * share) for a, b in zip(first.rgb, last.rgb, strict=True)
    )
    return Colour(red, green, blue, round(first.alpha + (last.alpha - first.alpha) * share, 4))

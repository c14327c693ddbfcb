"""Where a window goes: shift it inside the picture, and do not cut what must stay whole."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.geometry.fit import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.geometry.box import Point

MOST_CANDIDATES: Final = 24
"""Places tried on each axis; 24 x 24 x 100 faces are a few milliseconds."""
SLACK: Final = 1e-6


def largest(frame: Box, aspect: float) -> Window:
    """Return the largest window of that aspect ratio inside `frame`.

    >>> largest(Box(0, 0, 200, 100), 1.0)
    Window(width=100.0, height=100)
    """
    width = min(frame.width, frame.height * aspect)
    return Window(width, min(frame.height, width / aspect))


def grown(width: float, height: float, aspect: float) -> Window:
    """Return the smallest window of that aspect ratio that holds `width` x `height`.

    >>> grown(100, 50, 1.0)
    Window(width=100, height=100.0)
    """
    if width / height < aspect:
        return Window(height * aspect, height)
    return Window(width, width / aspect)


def remainder(frame: Box, window: Window, point: Point) -> Box:
    """Return the window placed so that `point` of it lies on `point` of the frame.

    >>> from foveate.geometry.box import Point
    >>> remainder(Box(0, 0, 900, 900), Window(300, 900), Point(0.33, 0.5)).left
    198.0
    """
    left = frame.left + (frame.width - window.width) * point.x
    top = frame.top + (frame.height - window.height) * point.y
    return Box(left, top, window.width, window.height)


def centred(window: Window, x: float, y: float) -> Box:
    """Return the window with its middle at pixel position x, y, wherever that reaches."""
    return Box(x - window.width / 2, y - window.height / 2, window.width, window.height)


def inside(frame: Box, box: Box) -> Box:
    """Return the box shifted into `frame`, and shrunk only where it is larger.

    >>> inside(Box(0, 0, 100, 100), Box(-20, 50, 40, 60))
    Box(left=0, top=40, width=40, height=60)
    """
    width, height = min(box.width, frame.width), min(box.height, frame.height)
    left = max(frame.left, min(box.left, frame.right - width))
    top = max(frame.top, min(box.top, frame.bottom - height))
    return Box(left, top, width, height)


def cuts(box: Box, other: Box) -> bool:
    """Return whether an edge of `box` goes through `other`."""
    shared = box.overlap(other)
    if shared is None or min(shared.width, shared.height) <= SLACK:
        return False
    return not box.contains(other, SLACK)


def _candidates(
    ideal: float, low: float, high: float, edges: Sequence[float], musts: Sequence[float]
) -> list[float]:
    """Return the places to try on one axis: those that must be tried, then the nearest ones."""

    def allowed(places: Iterable[float]) -> set[float]:
        return {max(low, min(place, high)) for place in places}

    near = sorted(allowed(edges), key=lambda at: abs(at - ideal))[:MOST_CANDIDATES]
    return sorted(allowed({ideal, low, high, *musts, *near}))


def sparing(frame: Box, ideal: Box, keep: Sequence[Box], whole: Sequence[Box] = ()) -> Box:
    """Return `ideal` moved inside `frame`, so that as few of the boxes as possible are cut.

    Those of `whole` lie inside as far as that can be, the first ones first, whatever else happens;
    then fewer cuts through `keep` win, then more kept, then nearness to where it was meant to be.

    >>> sparing(Box(0, 0, 100, 10), Box(40, 0, 20, 10), [Box(30, 0, 15, 10)])
    Box(left=30, top=0, width=20, height=10)
    """
    start = inside(frame, ideal)
    whole = [box for box in whole if box.width <= start.width and box.height <= start.height]
    if all(map(start.contains, whole)) and not any(cuts(start, box) for box in keep):
        return start
    both = (keep, whole)
    lefts, must_lefts = (
        [at for b in boxes for at in _touching(b.left, b.right, start.width)] for boxes in both
    )
    tops, must_tops = (
        [at for b in boxes for at in _touching(b.top, b.bottom, start.height)] for boxes in both
    )
    places = product(
        _candidates(start.left, frame.left, frame.right - start.width, lefts, must_lefts),
        _candidates(start.top, frame.top, frame.bottom - start.height, tops, must_tops),
    )
    tried = (Box(left, top, start.width, start.height) for left, top in places)
    return max(tried, key=lambda box: _worth(box, start, keep, whole))


def _touching(low: float, high: float, length: float) -> tuple[float, float, float, float]:
    """Return the window positions at which an edge of it meets an edge of low..high."""
    return low, high - length, high, low - length


def _worth(
    box: Box, start: Box, keep: Sequence[Box], whole: Sequence[Box]
) -> tuple[list[bool], int, float, float]:
    kept = sum(b.area for b in keep if box.contains(b))
    far = abs(box.left - start.left) + abs(box.top - start.top)
    return [box.contains(b) for b in whole], -sum(cuts(box, b) for b in keep), kept, -far

"""Where to look closer: windows of a picture around what was found, as pure arithmetic.

Places are boxes in 0..1 of the picture.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.geometry.subject import box_around
from foveate.vision.saliency import PATCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.vision.clicks import Click

WHOLE: Final = Box(0, 0, 1, 1)
LONG: Final = 32
"""Patches on the long side of a whole picture."""
FINER_LONG: Final = 40
"""The same where the subject is looked for once, and no click comes after it."""
SHORTEST, STEP = 8, 4
"""Patches on its short side: at least 8, multiples of 4, which the head looks at together."""
CLOSE: Final = 24
"""Patches on each side of a window."""
ROOM: Final = 1.5
"""Side of a window, relative to the longer side of what it is for."""
LEAST: Final = 0.12
"""Side of the smallest window, relative to the long side of the picture."""
EDGE: Final = 1e-6
"""What lies so near to the edge of a picture or a window lies on it."""
LARGE: Final = 0.6
"""A window of that share of the long side shows hardly more than the whole picture does."""


def look_size(size: Size, long: int = LONG) -> Size:
    """Return the size to bring a whole picture to, `long` patches; sides are stretched a little.

    >>> look_size(Size(800, 600)), look_size(Size(400, 800))
    (Size(width=448, height=336), Size(width=224, height=448))
    """
    ratio = min(size.width, size.height) / size.long_side
    counts = range(SHORTEST, long + 1, STEP)
    short = min(counts, key=lambda count: abs(np.log(count / (long * ratio)))) * PATCH
    long_px = long * PATCH
    return Size(long_px, short) if size.aspect >= 1 else Size(short, long_px)


def around(box: Box, size: Size, room: float = ROOM) -> Box:
    """Return the crop in which the thing in a box is looked at: a square, as far as there is one.

    >>> around(Box(100, 100, 100, 200), Size(1000, 800))
    Box(left=0, top=50.0, width=300.0, height=300.0)
    """
    side = room * max(box.width, box.height)
    x, y = box.middle
    left, width = _span(x, side, size.width)
    top, height = _span(y, side, size.height)
    return Box(left, top, width, height)


def _span(middle: float, side: float, whole: int) -> tuple[float, float]:
    side = min(side, whole)
    return min(max(0, middle - side / 2), whole - side), side


def close_to(box: Box, size: Size) -> Box:
    """Return the window for what lies in a box, both 0..1; the whole where it would be as good."""
    wide = box.scaled(size.width, size.height)
    least = LEAST * size.long_side / ROOM
    grown = Box(
        wide.left - max(0, least - wide.width) / 2,
        wide.top - max(0, least - wide.height) / 2,
        max(wide.width, least),
        max(wide.height, least),
    )
    if ROOM * max(grown.width, grown.height) >= LARGE * size.long_side:
        return WHOLE
    return around(grown, size).scaled(1 / size.width, 1 / size.height)


def filled(inside: NDArray[np.bool_], window: Box = WHOLE) -> Box | None:
    """Return the box in 0..1 around the cells of a map over a window; None where there are none."""
    found = box_around(inside, Size(1, 1))
    if found is None:
        return None
    scaled = found.scaled(window.width, window.height)
    return replace(scaled, left=scaled.left + window.left, top=scaled.top + window.top)


def is_cut(inside: NDArray[np.bool_], window: Box) -> bool:
    """Return whether what was found goes on beyond the window, where the picture does too."""
    sides = (
        (inside[0], window.top > EDGE),
        (inside[-1], window.bottom < 1 - EDGE),
        (inside[:, 0], window.left > EDGE),
        (inside[:, -1], window.right < 1 - EDGE),
    )
    return any(bool(edge.any()) for edge, goes_on in sides if goes_on)


def seen_from(clicks: Sequence[Click], window: Box) -> list[Click]:
    """Return the clicks that lie in a window, as they lie in it."""
    moved = (
        replace(
            click,
            x=(click.x - window.left) / window.width,
            y=(click.y - window.top) / window.height,
        )
        for click in clicks
    )
    # One at the very edge may be beside it by the last digit.
    near = (
        click for click in moved if all(-EDGE <= each <= 1 + EDGE for each in (click.x, click.y))
    )
    return [replace(each, x=min(max(each.x, 0), 1), y=min(max(each.y, 0), 1)) for each in near]


def box_seen_from(box: Box, window: Box) -> Box:
    """Return a box as it lies in a window."""
    return Box(
        (box.left - window.left) / window.width,
        (box.top - window.top) / window.height,
        box.width / window.width,
        box.height / window.height,
    )


def holding(window: Box, clicks: Sequence[Click], size: Size) -> Box:
    """Return a window that holds all positive clicks: this one where it does, or a wider one."""
    wanted = [click for click in clicks if click.positive]
    if len(seen_from(wanted, window)) == len(wanted):
        return window
    shrunk = window.scaled(1 / ROOM)
    core = replace(
        shrunk,
        left=window.left + (window.width - shrunk.width) / 2,
        top=window.top + (window.height - shrunk.height) / 2,
    )
    points = [Box(click.x, click.y, 0, 0) for click in wanted]
    return close_to(Box.covering([core, *points]), size)

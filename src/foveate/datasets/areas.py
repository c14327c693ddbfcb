"""How much outlines cover, also where they cross themselves and each other.

What is inside is what COCO draws: of one outline each place around which it goes an odd number of
times, of several all that is inside of any.
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.datasets.masks import CORNERS, area_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.datasets.sample import Ring

    Floats = NDArray[np.floating[Any]]

FEWEST, MOST = 64, 256
"""Lines through outlines along which it is measured what is inside: each pixel, or so many."""
MOST_MET: Final = 1_000_000
"""Times that they meet outlines in all, where these go to and fro; a few lines are drawn anyway."""
FEW: Final = 8
TINY: Final = 1e-9
NEAR: Final = 0.02
"""A share by which what is measured may differ from the formula, which is exact, and then holds."""


def covered(rings: Sequence[Ring]) -> float:
    """Return the pixels that outlines cover.

    >>> covered([((0, 0), (4, 0), (4, 3), (0, 3))])
    12.0
    >>> covered([((0, 0), (8, 8), (8, 0), (0, 8))])  # by the formula alone 0
    32.0
    """
    formula = fsum(map(area_of, rings))
    if not any(rings) or (len(rings) == 1 and len(rings[0]) <= CORNERS):
        return formula
    measured = _measured(rings)
    return formula if abs(measured - formula) <= NEAR * max(measured, formula) else measured


def _measured(rings: Sequence[Ring]) -> float:
    """Return the same by lines from the top down through all outlines."""
    corners = [np.array(ring, np.float64).reshape(-1, 2).T for ring in rings if ring]
    left, right = min(each[0].min() for each in corners), max(each[0].max() for each in corners)
    travel = fsum(float(np.abs(np.roll(x, -1) - x).sum()) for x, _ in corners)
    most = max(FEW, min(MOST, MOST_MET * (right - left) // max(travel, right - left, TINY)))
    many = int(min(max(np.ceil(right - left), FEWEST), most))
    wide = (right - left) / many
    if wide < TINY:
        return 0.0
    met = [_met((x - left) / wide - 0.5, y) for x, y in corners]
    line, start, end = (np.concatenate(each) for each in zip(*met, strict=True))
    if len(met) > 1:
        start = _behind(line, start, end)
    return fsum(np.maximum(end - start, 0).tolist()) * float(wide)


def _met(x: Floats, y: Floats) -> tuple[Any, Any, Any]:
    """Return on which lines, which are at whole numbers, an outline has what inside, by line."""
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    first, last = np.ceil(np.minimum(x, next_x)), np.ceil(np.maximum(x, next_x))
    many = (last - first).astype(np.int64)
    edge = np.repeat(np.arange(len(x)), many)
    line = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(many) - many, many)
    share = (line - x[edge]) / (next_x - x)[edge]
    at = y[edge] + share * (next_y - y)[edge]
    order = np.lexsort((at, line))
    # An outline is closed, and so each line meets it an even number of times.
    return line[order][::2], at[order][::2], at[order][1::2]


def _behind(line: Floats, start: Floats, end: Floats) -> Floats:
    """Return where each part of a line begins that no other one before it has, in their order."""
    order = np.lexsort((start, line))
    turned = np.empty_like(order)
    turned[order] = np.arange(len(order))
    # Lines are told apart by more than they are long: so one pass goes along all of them.
    low = start.min() if len(start) else 0.0
    apart = line[order] * ((end.max() if len(end) else 0.0) - low + 1)
    reached = np.maximum.accumulate((end[order] - low) + apart)
    before = np.concatenate([[-np.inf], reached[:-1]]) - apart + low
    return np.maximum(start, before[turned])

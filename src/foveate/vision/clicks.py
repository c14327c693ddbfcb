"""Clicks, strokes and boxes as maps over a grid of patches: what a head is told of what is meant.

Pure arithmetic: fitting (benchmarks/fit_clicks.py) and answering draw the same maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Box

    Floats = NDArray[np.float32]
    Bools = NDArray[np.bool_]

FINER: Final = 4
"""Cells on each side of a patch."""
MOST: Final = 24
"""Clicks of a kind that a head is told; of a longer stroke as many, evenly along it."""
CLOSE: Final = 2.0
"""Patches squared in which a click's near surroundings end."""
WIDE: Final = 6.0
"""Patches over which its far surroundings fade."""
DISC: Final = 2.0
"""Radius of a click among the cells of a mask."""


@dataclass(frozen=True, slots=True)
class Click:
    """A place that belongs to what is meant, or does not: 0..1 of the upright picture."""

    x: float
    y: float
    positive: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What a head is told of clicks and a box, for a grid of (rows, columns) patches."""

    positive: Floats
    """(clicks, rows * columns): how much of each patch lies under a click; one row at least."""
    negative: Floats
    maps: Floats
    """(5, rows, columns): close to a positive click, wide around it, the same of negative ones,
    and the share of each patch that is in the box."""
    discs: Floats
    """(2, 4 rows, 4 columns): discs around positive and negative clicks."""


def told(clicks: Sequence[Click], box: Box | None, grid: tuple[int, int]) -> Told:
    """Return what a head is told; places are 0..1 of what the grid lies over, and may be outside.

    >>> told([Click(0.5, 0.5)], None, (4, 4)).positive[0].reshape(4, 4)[1:3, 1:3].tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    here, away = (places_of(clicks, positive=kind) for kind in (True, False))
    inside = np.zeros((1, *grid), np.float32) if box is None else covered(box, grid)[None]
    maps = np.concatenate([_around(here, grid), _around(away, grid), inside])
    finer = grid[0] * FINER, grid[1] * FINER
    discs = np.stack([_discs(here, finer), _discs(away, finer)])
    return Told(_shares(here, grid), _shares(away, grid), maps, discs)


def places_of(clicks: Sequence[Click], *, positive: bool) -> Floats:
    """Return x and y of the clicks of a kind, (clicks, 2): `MOST` of them, evenly, at most."""
    some = [(click.x, click.y) for click in clicks if click.positive is positive]
    if len(some) > MOST:
        some = [some[number] for number in np.linspace(0, len(some) - 1, MOST).round().astype(int)]
    return np.array(some, np.float32).reshape(-1, 2)


def covered(box: Box, grid: tuple[int, int]) -> Floats:
    """Return the share of each patch that lies in a box of 0..1: (rows, columns)."""
    down, across = (
        (np.minimum(edges[1:], last * count) - np.maximum(edges[:-1], first * count)).clip(0, 1)
        for first, last, count, edges in (
            (box.top, box.bottom, grid[0], np.arange(grid[0] + 1)),
            (box.left, box.right, grid[1], np.arange(grid[1] + 1)),
        )
    )
    shares: Floats = np.outer(down, across).astype(np.float32)
    return shares


def _shares(places: Floats, grid: tuple[int, int]) -> Floats:
    """Return how much each patch has of each place, linear between middles of patches."""
    if not len(places):
        return np.zeros((1, grid[0] * grid[1]), np.float32)
    down, across = (
        (1 - np.abs((at * count - 0.5).clip(0, count - 1)[:, None] - np.arange(count))).clip(0)
        for at, count in ((places[:, 1], grid[0]), (places[:, 0], grid[1]))
    )
    both = down[:, :, None] * across[:, None, :]
    shares: Floats = both.reshape(len(places), -1).astype(np.float32)
    return shares


def _apart(places: Floats, grid: tuple[int, int]) -> Floats:
    """Return the squared distance of each patch to the nearest place, in patches."""
    down, across = (
        np.square(np.arange(count) + 0.5 - at[:, None] * count)
        for at, count in ((places[:, 1], grid[0]), (places[:, 0], grid[1]))
    )
    nearest: Floats = (down[:, :, None] + across[:, None, :]).min(0)
    return nearest


def _around(places: Floats, grid: tuple[int, int]) -> Floats:
    if not len(places):
        return np.zeros((2, *grid), np.float32)
    apart = _apart(places, grid)
    around = [np.exp(-apart / CLOSE), np.exp(-np.sqrt(apart) / WIDE)]
    return np.stack(around).astype(np.float32)


def _discs(places: Floats, cells: tuple[int, int]) -> Floats:
    if not len(places):
        return np.zeros(cells, np.float32)
    discs: Floats = np.exp(-_apart(places, cells) / (2 * DISC * DISC)).astype(np.float32)
    return discs


def under(clicks: Sequence[Click], shape: tuple[int, ...]) -> Bools:
    """Return the cells of a (rows, columns) map in which the positive clicks lie."""
    at = np.zeros(shape[:2], np.bool_)
    for click in clicks:
        if click.positive and 0 <= click.x <= 1 and 0 <= click.y <= 1:
            row, column = int(click.y * shape[0]), int(click.x * shape[1])
            at[min(row, shape[0] - 1), min(column, shape[1] - 1)] = True
    return at


def joined(inside: Bools, seeds: Bools) -> Bools:
    """Return what of `inside` hangs together, side by side, with the seeds that lie in it.

    >>> line = np.array([[True, True, False, True]])
    >>> joined(line, np.array([[True, False, False, False]])).tolist()
    [[True, True, False, False]]
    """
    found, count = inside & seeds, 0
    while (now := int(found.sum())) != count:
        count = now
        for along in (found, found.T):  # a run that is touched is taken whole, then columns are
            _fill(along, inside if along is found else inside.T)
    return found


def _fill(found: Bools, inside: Bools) -> None:
    """Spread what was found along rows and to the rows beside, in place."""
    found[1:] |= found[:-1] & inside[1:]
    found[:-1] |= found[1:] & inside[:-1]
    starts = inside & ~np.pad(inside, ((0, 0), (1, 0)))[:, :-1]
    runs = (starts.cumsum(1) + np.arange(len(inside))[:, None] * (inside.shape[1] + 1)) * inside
    touched = np.zeros(int(runs.max()) + 1, np.bool_)
    touched[runs[found]] = True
    found |= touched[runs] & inside

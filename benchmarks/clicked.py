"""Clicks as measurements make them: the deepest place of a mask, then of the larger error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.vision.clicks import Click

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

CELLS: Final = 256
"""On the long side of what depths are worked out on."""


def depths(mask: Mask) -> NDArray[np.float32]:
    """Return how far each cell is from what is outside, squared; the border is outside."""
    inside = np.pad(mask, 1)
    across = np.arange(inside.shape[1])
    before = across - np.maximum.accumulate(np.where(inside, -10_000, across), 1)
    after = np.minimum.accumulate(np.where(inside, 10_000, across)[:, ::-1], 1)[:, ::-1] - across
    along = np.minimum(before, after).astype(np.float32) ** 2
    rows = np.arange(inside.shape[0], dtype=np.float32)
    off = (rows[:, None] - rows) ** 2
    deep = np.stack([(along + off[row][:, None]).min(0) for row in range(len(rows))])
    nearest: NDArray[np.float32] = deep[1:-1, 1:-1]
    return nearest


def deepest(mask: Mask) -> tuple[float, float, float] | None:
    """Return x and y (0..1) of the place deepest in a mask, and how deep it is; None for none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    step = math.ceil(max(cut.shape) / CELLS)
    found = depths(cut[::step, ::step])
    row, column = np.unravel_index(found.argmax(), found.shape)
    x = (columns[0] + column * step + 0.5) / mask.shape[1]
    y = (rows[0] + row * step + 0.5) / mask.shape[0]
    return float(x), float(y), float(found.max()) * step * step


def next_click(found: Mask, truth: Mask) -> Click | None:
    """Return the click in the middle of the larger error; None where there is none."""
    missing, over = deepest(truth & ~found), deepest(found & ~truth)
    if missing is None and over is None:
        return None
    if over is None or (missing is not None and missing[2] >= over[2]):
        assert missing is not None
        return Click(missing[0], missing[1])
    return Click(over[0], over[1], positive=False)

"""Where each place of a frame was in another one, and whether it looks the same: numpy only.

Lucas and Kanade, "An iterative image registration technique" (1981), from coarse to fine. It need
not be right everywhere: `likeness` says where the other frame shows the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.guided import mean, planes, stretched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.float32]
    Planes = NDArray[np.float32]
    """(planes, height, width)."""

SIDE: Final = 128
"""Long side in pixels at which motion is looked for."""
COARSEST: Final = 16
"""Short side below which a frame is not halved once more."""
ROUNDS: Final = 2
"""How often each size is looked at."""
WINDOW: Final = 4
"""Half the side of the square that moves as one."""
FLAT: Final = 1e-4
"""Squared slope of light (0..1) below which a square says nothing of where it moved."""
FARTHEST: Final = 1.0
"""Pixels by which one round moves a place at most."""
UNLIKE: Final = 0.06
"""Difference in colour (0..1), averaged over a few pixels, at which two places are hardly alike."""
CUT: Final = 0.35
"""Mean likeness below which a scene ends: nothing of a frame says anything of the next one."""


@dataclass(frozen=True, slots=True)
class Change:
    """How one frame becomes another."""

    motion: Planes
    """How far right and down of each place it was before, in pixels: (2, height, width)."""
    like: Map
    """How far each place shows what it showed before it moved, 0..1: (height, width)."""

    @property
    def cut(self) -> bool:
        """Return whether a scene ends here."""
        return not self.like.any()

    def moved(self, values: Map) -> Map:
        """Return a map of the one, of any size, as it lies in the other."""
        there: Map = moved(values[None], self.motion)[0]
        return there

    def trusted(self, shape: tuple[int, ...]) -> Map:
        """Return `like` at the size of a map."""
        like: Map = stretched(stretched(self.like[None], 1, shape[0]), 2, shape[1])[0]
        return like


def change(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Change:
    """Return how a (height, width, 3) RGB picture becomes another of its size."""
    by = motion(before, after)
    like = likeness(before, after, by)
    return Change(by, like if like.mean() >= CUT else np.zeros_like(like))


def motion(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> Planes:
    """Return how far right and down of each place of `after` it was `before`: (2, height, width).

    Both are (height, width, 3) RGB of one size; the unit is their pixel.
    """
    pairs = [(_light(before), _light(after))]
    while min(pairs[-1][0].shape) >= 2 * COARSEST:
        pairs.append(tuple(map(_halved, pairs[-1])))  # type: ignore[arg-type]
    start = np.zeros((2, *pairs[-1][0].shape), np.float32)
    return reduce(lambda found, pair: _finer(found, *pair), reversed(pairs), start)


def moved(values: Planes, by: Planes) -> Planes:
    """Return (planes, height, width) as they lie after a motion, which is scaled to their size."""
    _, height, width = values.shape
    across, down = _scaled(by, (height, width))
    x = (np.arange(width, dtype=np.float32) + across).clip(0, width - 1)
    y = (np.arange(height, dtype=np.float32)[:, None] + down).clip(0, height - 1)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    x, y = x - left.astype(np.float32), y - top.astype(np.float32)
    flat = values.reshape(len(values), -1)
    above = flat[:, top * width + left] * (1 - x) + flat[:, top * width + right] * x
    below = flat[:, bottom * width + left] * (1 - x) + flat[:, bottom * width + right] * x
    between: Planes = above * (1 - y) + below * y
    return between


def likeness(before: NDArray[np.uint8], after: NDArray[np.uint8], by: Planes) -> Map:
    """Return how far each place of `after` shows what it showed before it moved: 0..1."""
    apart = np.abs(planes(after) - moved(planes(before), by)).max(0)
    unlike = mean(apart[None], 1)[0] / np.float32(UNLIKE)
    like: Map = np.exp(-unlike * unlike)
    return like


def _light(rgb: NDArray[np.uint8]) -> Map:
    light: Map = mean(planes(rgb).mean(0, keepdims=True), 1)[0]
    return light


def _halved(light: Map) -> Map:
    height, width = light.shape
    half: Map = stretched(stretched(mean(light[None], 1), 1, height // 2), 2, width // 2)[0]
    return half


def _scaled(by: Planes, shape: tuple[int, int]) -> Planes:
    """Return a motion at another size, in its pixels."""
    height, width = by.shape[1:]
    if (height, width) == shape:
        return by
    factors = np.array([shape[1] / width, shape[0] / height], np.float32)[:, None, None]
    scaled: Planes = stretched(stretched(by, 1, shape[0]), 2, shape[1]) * factors
    return scaled


def _finer(found: Planes, before: Map, after: Map) -> Planes:
    """Return a motion that was found at half the size as it is at this one."""
    found = _scaled(found, before.shape)
    for _ in range(ROUNDS):
        found = mean(found + _further(moved(before[None], found)[0], after), 2)
    return found


def _further(here: Map, after: Map) -> Planes:
    """Return by how much places of `after` lie off from where they seem to be `here`."""
    down, across = np.gradient(here)
    apart = after - here
    products = (across * across, across * down, down * down, across * apart, down * apart)
    xx, xy, yy, xt, yt = mean(np.stack(products), WINDOW)
    xx, yy = xx + np.float32(FLAT), yy + np.float32(FLAT)
    scale = 1 / (xx * yy - xy * xy)
    steps = np.stack([(yy * xt - xy * yt) * scale, (xx * yt - xy * xt) * scale])
    return steps.clip(-FARTHEST, FARTHEST)

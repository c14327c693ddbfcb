"""A landscape of chance: ridges behind each other in the mist, with firs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from foveate.transform.styles.texture import specks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.styles.study import Plane, Study

    Line = NDArray[np.float32]


class Ridge(NamedTuple):
    """One of several ridges, the farthest first."""

    down: float
    """Where it lies: 0 at the horizon, 1 at the bottom."""
    rough: float
    """How high its hills are, in the landscape's height."""
    light: float
    """How light it is at its top."""
    firs: float
    """Height of its trees, in the landscape's height; 0 has none."""


RIDGES: Final = (
    Ridge(0.0, 0.16, 0.74, 0.0),
    Ridge(0.2, 0.1, 0.55, 0.035),
    Ridge(0.42, 0.07, 0.36, 0.1),
    Ridge(0.66, 0.05, 0.18, 0.2),
    Ridge(0.9, 0.04, 0.05, 0.34),
)
MIST: Final = 0.34
"""How much lighter a ridge is at its foot."""
SLIM: Final = 0.19
"""Half the width of a fir, relative to its height."""


def landscape(study: Study, horizon: float, bottom: float) -> tuple[Plane, Plane]:
    """Return (h, w) of light in 0..1, and of where the two nearest rows of trees are.

    The farthest ridge lies at `horizon`, the nearest at `bottom`: y in pixels of the study.
    """
    height, _ = study.shape
    _, y = study.places()
    deep = max(bottom - horizon, 0.2 * height)
    light = _sky(study, horizon, deep)
    near = np.zeros(study.shape, np.float32)
    for number, ridge in enumerate(RIDGES):
        chance = study.chance(300 + number)
        top = horizon + ridge.down * deep + ridge.rough * deep * _hills(study.shape[1], chance)
        land = (y - top + 0.5).clip(0, 1)
        if ridge.firs:
            land = np.maximum(land, _firs(study.shape, top, ridge.firs * deep, chance))
        foot = ((y - top) / (0.3 * deep)).clip(0, 1)
        own = ridge.light + MIST * (1 - ridge.down * 0.8) * foot * (1 - ridge.light)
        light += (own - light) * land
        if number >= len(RIDGES) - 2:
            near = np.maximum(near, land)
    return light.astype(np.float32), near


def _sky(study: Study, horizon: float, deep: float) -> Plane:
    """Return (h, w): night above, the last light at the horizon, a low sun, and stars."""
    x, y = study.places()
    chance = study.chance(299)
    up = ((horizon - y + 0 * x) / (1.1 * deep)).clip(0, 1)
    sky = 0.76 - 0.66 * up**0.75
    middle = study.shape[1] * chance.uniform(0.35, 0.65)
    far = np.hypot(x - middle, y - (horizon - 0.02 * deep)) / (0.16 * deep)
    sky = np.maximum(sky, 0.94 * ((1 - far) * 0.08 * deep + 0.5).clip(0, 1))
    stars = specks(study, 290, (0.06 * (up - 0.35)).clip(0, 1), 0.9)
    night: Plane = np.maximum(sky, 0.8 * stars).astype(np.float32)
    return night


def _hills(width: int, chance: np.random.Generator) -> Line:
    """Return (width,) of hills around 0, mostly within -1..1."""
    x = np.linspace(0, 1, width, dtype=np.float32)
    line = np.zeros(width, np.float32)
    for knots, strength in ((4, 0.62), (9, 0.34), (23, 0.14), (61, 0.06)):
        places = np.linspace(0, 1, knots + 1)
        values = chance.uniform(-1, 1, knots + 1)
        part = np.interp(x, places, values)
        # Between knots the way is smooth, save for the finest: those are rocks.
        line += (strength * part).astype(np.float32)
    return line


def _firs(shape: tuple[int, int], top: Line, tall: float, chance: np.random.Generator) -> Plane:
    """Return (h, w) in 0..1: a row of firs along a line."""
    width = shape[1]
    trees = np.zeros(shape, np.float32)
    count = int(2.4 * width / max(tall * SLIM * 2, 4))
    for place in chance.uniform(0, width, count):
        high = tall * chance.uniform(0.45, 1.05)
        foot = float(top[min(int(place), width - 1)]) + 0.06 * tall
        _plant(trees, place, foot, high, chance)
    return trees


def _plant(
    trees: Plane, middle: float, foot: float, high: float, chance: np.random.Generator
) -> None:
    """Draw one fir into a plane: boughs in rows, each row wider than the one above."""
    height, width = trees.shape
    half = high * SLIM * chance.uniform(0.8, 1.2)
    first, last = max(0, int(foot - high)), min(height, int(foot) + 1)
    left, right = max(0, int(middle - half) - 1), min(width, int(middle + half) + 2)
    if last <= first or right <= left:
        return
    down = ((np.arange(first, last) - (foot - high)) / high).clip(0, 1)[:, None]
    x = np.arange(left, right)[None] - middle
    rows = max(5.0, high / 7.5) * chance.uniform(0.85, 1.15)
    lean = np.where(x < 0, 0.0, chance.uniform(0.2, 0.6))
    bough = (down * rows + lean) % 1.0
    wide = half * down**0.85 * (0.42 + 0.58 * bough) + 0.012 * high
    part = trees[first:last, left:right]
    np.maximum(part, (wide - np.abs(x) + 0.5).clip(0, 1), out=part, casting="same_kind")

"""Where the focal plane of a photo is to lie, and how far from it each place is.

Arithmetic on small maps over a whole picture: nearness in 0..1, and the matte of its subject. What
belongs to a subject is brought to its distance, and so is what it touches: somebody on a bench sits
on it. Beside the subject depth is what is beside it says, not the blurred step of a small map, so
that no rim of the background is as sharp as the hair before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.guided import mean
from foveate.vision.regions import runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Point
    from foveate.vision.regions import Runs

    Map = NDArray[np.float32]
    Mask = NDArray[np.bool_]

INSIDE: Final = 0.5
"""Alpha from which on a place is the subject's."""
TRACE: Final = 0.05
"""Alpha from which on a place may be seen through hair."""
BESIDE: Final = 0.02
"""How far around a subject a small map of depth is not believed, relative to the long side."""
KEPT: Final = 0.25
"""Of how much nearer or farther parts of a subject are than the whole: arms reach out."""
TOUCHING: Final = 0.16
"""Difference in nearness up to which what touches a subject may belong to it."""
LIKELY: Final = 0.4
"""And up to which what is probably a person is one and the same."""
AROUND: Final = 0.012
"""Half the side of the square about a point whose median counts, relative to the long side."""
LEAST_AROUND: Final = 2
"""And in cells: sixteen of them, and more, are looked at."""
SALIENT: Final = 0.6
"""Share of its peak from which on a map of looks is where the eye goes."""
NEAREST: Final = 0.5
"""Share of that, the nearer, whose median is in focus where nothing else says what is to be."""


@dataclass(frozen=True, slots=True)
class Plane:
    """What is in focus."""

    nearness: float
    """Where the focal plane lies, 0..1."""
    scene: Map
    """Nearness of everything, as if the subject were not there."""
    subject: Map | None
    """Alpha of what is as sharp as it can be, whatever its depth; None for nothing."""


def around(near: Map, at: Point) -> float:
    """Return the nearness about a point: the median of a square of cells, of sixteen at least."""
    reach = max(LEAST_AROUND, round(AROUND * max(near.shape)))
    row, column = _cell(near, at)
    top, left = max(0, row - reach), max(0, column - reach)
    return float(np.median(near[top : row + reach + 1, left : column + reach + 1]))


def _cell(values: Map, at: Point) -> tuple[int, int]:
    height, width = values.shape
    return min(int(at.y * height), height - 1), min(int(at.x * width), width - 1)


def part_at(matte: Map, *points: Point) -> Map | None:
    """Return what of a matte hangs together with any of these points; None for none of them."""
    places = np.zeros(matte.shape, bool)
    for point in points:
        places[_cell(matte, point)] = True
    return part_touching(matte, places)


def part_touching(matte: Map, places: Mask) -> Map | None:
    """Return what of a matte hangs together with any of these cells; None for none of them."""
    inside = matte > INSIDE
    runs = runs_of(inside)
    touched = np.unique(runs.regions[_runs_in(places & inside, runs)])
    if not len(touched):
        return None
    own = _drawn(inside, np.flatnonzero(np.isin(runs.regions, touched)))
    return matte * _grown(own, 2)


def with_edges(near: Map, matte: Map) -> Map:
    """Return nearness with the edges of a subject: its own inside, what is beside it outside."""
    inside = matte > INSIDE
    depth = np.float32(np.median(near[inside]))
    own = depth + (near - depth) * np.float32(KEPT)
    made: Map = (own * matte + without(near, matte) * (1 - matte)).astype(np.float32)
    return made


def held(near: Map, people: Map, places: Sequence[Point]) -> Plane | None:
    """Return the plane through somebody of whom there is no matte; None for nobody at any place.

    `people` is how probably each place is a person's. Of faces maps of depth say that they are
    nearer than what they are on, so the whole of somebody is brought together.
    """
    part = part_at(people, *places)
    if part is None:
        return None
    depth = np.float32(np.median(near[part > INSIDE]))
    apart = near - depth
    share = part * (1 - (np.abs(apart) / np.float32(LIKELY)).clip(0, 1) ** 2)
    scene: Map = (near - apart * share * np.float32(1 - KEPT)).astype(np.float32)
    return Plane(float(depth), scene, None)


def _drawn(mask: Mask, which: NDArray[np.intp]) -> Mask:
    runs, drawn = runs_of(mask), np.zeros(mask.shape, bool)
    for number in which:
        drawn[runs.rows[number], runs.starts[number] : runs.ends[number]] = True
    return drawn


def nearest_salient(near: Map, looks: Map) -> float:
    """Return the median nearness of what draws the eye and is near."""
    drawing = near[looks >= SALIENT * looks.max()]
    return float(np.median(drawing[drawing >= np.quantile(drawing, 1 - NEAREST)]))


def with_subject(near: Map, matte: Map) -> Plane:
    """Return the plane through a subject, with what it touches brought to its depth."""
    inside = matte > INSIDE
    depth = float(np.median(near[inside]))
    # Of somebody who stands a map may say that the feet are nearer than the hat, by their place in
    # the picture: what is held is compared with what holds it.
    own = continued(near, inside.astype(np.float32))
    return Plane(depth, pulled(without(near, matte), matte, depth, own), matte)


def without(near: Map, matte: Map) -> Map:
    """Return the depth of all that is no subject, continued behind it from around it."""
    hidden = _grown(matte > TRACE, max(1, round(BESIDE * max(near.shape))))
    return continued(near, (~hidden).astype(np.float32))


def continued(values: Map, known: Map) -> Map:
    """Return values where they are known, and elsewhere what is near says: the nearer, the more.

    `known` is 0 to 1. Where nothing is known at all, values stay as they are.
    """
    if not known.any():
        return values
    height, width = values.shape
    if max(height, width) <= 2:  # noqa: PLR2004 - two cells
        overall = float((values * known).sum() / known.sum())
        return np.where(known > 0, values, overall).astype(np.float32)
    padded = [
        np.pad(each, ((0, height % 2), (0, width % 2)), mode="edge") for each in (values, known)
    ]
    sums, weights = _halved(padded[0] * padded[1]), _halved(padded[1])
    means: Map = (sums / np.maximum(weights, np.float32(1e-6))).astype(np.float32)
    coarse = continued(means, weights.clip(0, 1))
    wide = coarse.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    smooth = mean(wide[None], 1)[0]
    share = known.clip(0, 1)
    filled: Map = values * share + smooth * (1 - share)
    return filled


def _halved(values: Map) -> Map:
    down = values[::2] + values[1::2]
    halved: Map = ((down[:, ::2] + down[:, 1::2]) * np.float32(0.25)).astype(np.float32)
    return halved


def pulled(scene: Map, matte: Map, depth: float, own: Map) -> Map:
    """Return a scene with what touches a subject, at about its own depth, brought to `depth`.

    `own` is the subject's depth, continued around it.
    """
    apart = scene - own
    close = np.abs(apart) < TOUCHING
    ring = _grown(matte > TRACE, max(1, round(2 * BESIDE * max(scene.shape)))) & close
    runs = runs_of(close)
    touched = np.unique(runs.regions[_runs_in(ring, runs)])
    reach = _drawn(close, np.flatnonzero(np.isin(runs.regions, touched)))
    # Falling to nothing where the reach ends, so that no step is left there.
    share = 1 - (np.abs(apart) / np.float32(TOUCHING)).clip(0, 1) ** 2
    there = np.float32(depth) + apart * np.float32(KEPT)
    made: Map = np.where(reach, scene + (there - scene) * share, scene).astype(np.float32)
    return made


def _runs_in(mask: Mask, runs: Runs) -> NDArray[np.bool_]:
    """Return which runs have a cell in a mask."""
    counts = np.concatenate([np.zeros((mask.shape[0], 1), np.intp), mask.cumsum(axis=1)], axis=1)
    found: NDArray[np.bool_] = counts[runs.rows, runs.ends] > counts[runs.rows, runs.starts]
    return found


def _grown(mask: Mask, cells: int) -> Mask:
    """Return a mask with all that is so many cells beside it, in squares."""
    for axis in (0, 1):
        pads = [(cells, cells) if each == axis else (0, 0) for each in (0, 1)]
        wide = np.pad(mask, pads)
        length = mask.shape[axis]
        shifted = (wide.take(range(s, s + length), axis=axis) for s in range(2 * cells + 1))
        mask = reduce(np.logical_or, shifted)
    return mask

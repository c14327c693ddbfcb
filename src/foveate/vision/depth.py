"""How near each place of a photo is, relative to the rest of it.

A small network, TCMonoDepth, sees things whole, with clean edges, and knows little of scenes. What
`gaze` knows of each patch anyway tells the order better, and is blotchy. A linear readout of both,
fitted on photos with measured depth and smoothed along the edges of the first, is better than
either; docs/guides/depth.md says by how much. Smoothing: He et al., "Guided image filtering" (2013)
and "Fast guided filter" (2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.imaging.guided import guide_over, mean, planes, stretched
from foveate.vision.depth_readout import weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.ports import Session

    Map = NDArray[np.float32]

WIDTH, HEIGHT = 320, 192
"""What the network takes. Every picture is stretched to it, upright ones as well: measured, that is
no worse than turning the sides."""
REACH: Final = 8
"""Half a window of the smoothing, in cells of the readout's map: two patches."""
SMOOTHNESS: Final = 0.02
"""Variance of the network's map, relative to its whole, below which a window counts as flat."""
LEAST_NEARNESS: Final = 0.02
"""What the network says of the sky; logarithms end here."""
ENDS: Final = (1.0, 99.0)
"""Percentiles of what is nearest and farthest."""
CURVE: Final = 0.5
"""Logarithm of 1 / distance for one deviation of the readout, about as photos have it."""
LONG_SIDE: Final = 512
"""Of the map."""
GRID: Final = 160
"""Long side at which its edges are studied."""
NO_TRUST, TRUST = -0.2, 0.8
"""Correlations of both from which on a map is not trusted at all, or as far as any."""
ORDER_ALONE: Final = 0.4
"""How sure the readout is alone."""
FLATTEST: Final = 1e-3
"""A deviation below counts as none: a map of one level stays one."""


class TcMonoDepth:
    """A MapNetwork: relative nearness, the larger the nearer. Loaded for the first photo."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        return f"tcmonodepth-{WIDTH}x{HEIGHT}"

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        """Return the size to bring a picture of `size` to before asking; sides are stretched."""
        return Size(WIDTH, HEIGHT)

    def __call__(self, rgb: NDArray[np.uint8]) -> Map:
        """Return the map of a (height, width, 3) RGB picture, as large as that, from 0 up."""
        planes = np.ascontiguousarray(rgb.transpose(2, 0, 1), np.float32)[None]
        near: Map = self._session().run({"input": planes})[0][0, 0]
        return near


def ordered_alone(ordered: Map) -> Map:
    """Return the logarithm of nearness in deviations by the readout alone."""
    return standard(ordered + weights().row_alone * rows(ordered.shape))


def fused(near: Map, ordered: Map) -> Map:
    """Return the logarithm of nearness in deviations, as fine as the network's map `near`.

    `ordered` is what the readout says, enlarged or not; it decides over places, `near` over edges.
    """
    known, shape = weights(), ordered.shape
    guide = standard(averaged(near, shape))
    logs = standard(averaged(logarithm(near), shape))
    read = ordered + known.near * guide + known.log * logs + known.row * rows(shape)
    slope, base = smoothed(guide, standard(read))
    level, scale = resized(np.stack([slope, base]), near.shape), averaged(near, shape)
    made = level[0] * ((near - scale.mean()) / max(float(scale.std()), FLATTEST)) + level[1]
    return standard(made)


def resized(values: Map, shape: tuple[int, ...]) -> Map:
    """Return (planes, rows, columns) at other rows and columns, linear between their middles."""
    return stretched(stretched(values, 1, shape[0]), 2, shape[1])


def logarithm(near: Map) -> Map:
    """Return the logarithm of nearness."""
    logs: Map = np.log(np.maximum(near, LEAST_NEARNESS))
    return logs


def standard(values: Map) -> Map:
    """Return values in deviations from their mean; all 0 where they hardly differ."""
    deviation = float(values.std())
    if deviation < FLATTEST:
        return np.zeros_like(values)
    scaled: Map = (values - values.mean()) / np.float32(deviation)
    return scaled


def rows(shape: tuple[int, ...]) -> Map:
    """Return how far down each place is, from -1 to 1."""
    down = np.linspace(-1, 1, shape[0], dtype=np.float32)
    return np.broadcast_to(down[:, None], shape)


def averaged(values: Map, shape: tuple[int, ...]) -> Map:
    """Return a map's means over (rows, columns) parts of it, of which each has a pixel or more."""
    for axis, count in enumerate(shape):
        length = values.shape[axis]
        starts = np.arange(count) * length // count
        widths = np.diff(np.append(starts, length)).astype(np.float32)
        summed = np.add.reduceat(values, starts, axis=axis)
        values = np.asarray(summed / (widths[:, None] if axis == 0 else widths), np.float32)
    return values


def smoothed(guide: Map, values: Map) -> tuple[Map, Map]:
    """Return slope and base of values as a linear function of a guide around each place."""
    planes = np.stack([guide, values, guide * values, guide * guide])
    middle, level, together, squares = mean(planes, REACH)
    slope = (together - middle * level) / (squares - middle * middle + np.float32(SMOOTHNESS))
    both = mean(np.stack([slope, level - slope * middle]), REACH)
    return both[0], both[1]


def nearness(logs: Map) -> Map:
    """Return 1 / distance in 0..1 from its logarithm in deviations: 1 is the nearest place."""
    near = np.exp(np.float32(CURVE) * logs)
    low, high = np.percentile(near, ENDS)
    if high - low < FLATTEST:
        return np.full_like(near, 0.5)
    scaled: Map = ((near - low) / (high - low)).clip(0, 1).astype(np.float32)
    return scaled


class Known(StrEnum):
    """What depth is known by."""

    FILE = "file"
    """The camera measured it."""
    NETWORK = "network"
    ORDER = "order"
    """The readout alone: what is nearer than what, without edges."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How near each place of a picture is."""

    nearness: Map
    """(rows, columns) in 0..1 over the whole upright picture: 1 is nearest. It goes with
    1 / distance, and has no scale."""
    confidence: float
    """0..1: how far it can be trusted."""
    known_by: Known


def depth_of(near: Map, ordered: Map) -> Depth:
    """Return depth by the network's map and the readout, as fine as the former."""
    return Depth(nearness(fused(near, ordered)), confidence(near, ordered), Known.NETWORK)


def order_of(ordered: Map) -> Depth:
    """Return depth by the readout alone."""
    return Depth(nearness(ordered_alone(ordered)), ORDER_ALONE, Known.ORDER)


def along_edges(values: Map, rgb: NDArray[np.uint8]) -> Map:
    """Return a map in 0..1 at the size of an RGB picture, with that one's edges."""
    grid = Size(rgb.shape[1], rgb.shape[0]).within(GRID)
    shape, seen = (grid.height, grid.width), planes(rgb)
    small = np.stack([averaged(plane, shape) for plane in seen])
    lines = np.concatenate(guide_over(small).lines(resized(values[None], shape)[0]))
    fine = resized(lines, rgb.shape)
    made: Map = ((fine[:3] * seen).sum(0) + fine[3]).clip(0, 1)
    return made


def confidence(near: Map, ordered: Map) -> float:
    """Return how far network and readout agree, 0..1: where they do, both are mostly right."""
    network = standard(averaged(near, ordered.shape))
    agree = float((network * standard(ordered)).mean())
    return min(1.0, max(0.0, (agree - NO_TRUST) / (TRUST - NO_TRUST)))

"""A picture as planes of light at a part of its sides: what a lens spreads, in numpy alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.disc import disc_of
from foveate.options.srgb import from_light, to_light

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.float32]
    Planes = NDArray[np.float32]
    """(4, height, width): linear light times its weight, and that weight."""

FINEST: Final = 2
"""Nothing that is blurred is worked on at more than a half of each side."""
BLOOM: Final = 0.6
"""How much light is missing where a sensor was full: white counts as 1 / (1 - BLOOM)."""
_OPAQUE: Final = 255
_STEPS: Final = 16_384


def light_of(colours: NDArray[np.uint8], own: NDArray[np.uint8] | None, divisor: int) -> Planes:
    """Return light and weight at half of each side, which then have a multiple of `divisor` / 2."""
    height, width = (-(-side // divisor) * divisor for side in colours.shape[:2])
    pads = ((0, height - colours.shape[0]), (0, width - colours.shape[1]))
    table, planes = _table(), np.empty((4, height // FINEST, width // FINEST), np.float32)
    weight = None if own is None else np.pad(_shares(own), pads, mode="edge")
    for channel in range(3):
        band = table[np.pad(colours[..., channel], pads, mode="edge")]
        # Before the halves: what is hidden beside a pixel gives it no light.
        planes[channel] = halved(band if weight is None else band * weight)
    planes[3] = 1 if weight is None else halved(weight)
    return planes


def _shares(own: NDArray[np.uint8]) -> Map:
    shares: Map = own.astype(np.float32) / np.float32(_OPAQUE)
    return shares


def halved(planes: Planes) -> Planes:
    """Return the means of squares of four pixels."""
    down = planes[..., ::2, :].astype(np.float32) + planes[..., 1::2, :]
    means: Planes = (down[..., ::2] + down[..., 1::2]) * np.float32(0.25)
    return means


def to_shape(planes: Planes, shape: tuple[int, ...]) -> Planes:
    """Return planes at some times of their sides, linear between their pixels."""
    while planes.shape != shape:
        planes = _doubled(_doubled(planes, 1), 2)
    return planes


def _doubled(planes: Planes, axis: int) -> Planes:
    """Return planes with twice as many rows (axis 1) or columns (axis 2)."""
    rows, columns = planes.shape[1] * (1 + (axis == 1)), planes.shape[2] * (1 + (axis == 2))  # noqa: PLR2004
    out = np.empty((len(planes), rows, columns), np.float32)
    # Rows and columns as the last axis but one are the same work.
    wide, large = (planes, out) if axis == 1 else (planes.swapaxes(1, 2), out.swapaxes(1, 2))
    even, odd = large[:, ::2], large[:, 1::2]
    near, far = wide * np.float32(0.75), wide * np.float32(0.25)
    np.add(near[:, 1:], far[:, :-1], out=even[:, 1:])
    np.add(near[:, :-1], far[:, 1:], out=odd[:, :-1])
    even[:, 0], odd[:, -1] = wide[:, 0], wide[:, -1]
    return out


def under_disc(planes: Planes, radius: float) -> Planes:
    """Return planes of which every point is spread over a disc; borders go on as they are."""
    disc = disc_of(radius).astype(np.float32)
    disc /= disc.sum()
    reach = len(disc) // 2
    out = np.zeros_like(planes)
    height, width = planes.shape[1:]
    for plane, into in zip(planes, out, strict=True):  # one at a time stays in the cache
        wide = np.pad(plane, reach, mode="edge")
        for row, column in zip(*np.nonzero(disc), strict=True):
            shifted = wide[row : row + height, column : column + width]
            np.add(into, disc[row, column] * shifted, out=into)
    return out


def at_halves(values: Map, shape: tuple[int, ...], size: tuple[int, ...]) -> Map:
    """Return values of a grid over a picture of `size` at its halves, linear between them."""
    for axis, (count, length) in enumerate(zip(shape, size[:2], strict=True)):
        grid = values.shape[axis]
        at = ((np.arange(count) + 0.5) * FINEST * grid / length - 0.5).clip(0, grid - 1)
        low = at.astype(np.intp)
        high = np.minimum(low + 1, grid - 1)
        share = (at - low).astype(np.float32)
        share = share[:, None] if axis == 0 else share
        values = values.take(low, axis) * (1 - share) + values.take(high, axis) * share
    return values


def numbers_of(light: Planes) -> NDArray[np.uint8]:
    """Return light as numbers of 8 bits, what was full as full as it was."""
    plain = light / (1 + np.float32(BLOOM) * light)
    return _back()[(plain.clip(0, 1) * np.float32(_STEPS)).astype(np.intp)]


@cache
def _table() -> Map:
    """Return the light of each number, more of it where the sensor was nearly full."""
    plain = np.array([to_light(level / _OPAQUE) for level in range(_OPAQUE + 1)])
    table: Map = (plain / (1 - BLOOM * plain)).astype(np.float32)
    return table


@cache
def _back() -> NDArray[np.uint8]:
    numbers = np.array([from_light(step / _STEPS) for step in range(_STEPS + 1)])
    table: NDArray[np.uint8] = (numbers * _OPAQUE).round().astype(np.uint8)
    return table

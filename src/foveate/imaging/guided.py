"""The guided filter: alpha near each place as a linear function of the colour there, numpy only.

He et al., "Guided image filtering" (2013). What depends on the colours alone is worked out once,
for any number of mattes of one picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Planes = NDArray[np.float32]
    """(planes, height, width)."""

RADIUS: Final = 4
"""Half a window of the guided filter, in pixels of the grid."""
SMOOTHNESS: Final = 1e-3
"""Variance of colour (0..1) below which a window counts as flat."""
REACH: Final = 3 * RADIUS
"""How far around a matte its filtered one reaches, at most."""
BAND: Final = 16
"""Rows of a large picture that are worked out at a time: they stay in the cache."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What the filter knows of a small picture."""

    colours: Planes
    """(3, h, w) in 0..1."""
    middle: Planes
    """(3, h, w): their mean around each pixel."""
    minors: Planes
    """(6, h, w): cofactors of their damped covariance there: rr, rg, rb, gg, gb, bb."""
    scale: NDArray[np.float32]
    """(h, w): what makes the inverse of these."""

    @property
    def nbytes(self) -> int:
        """Return what it takes in memory."""
        return sum(each.nbytes for each in (self.colours, self.middle, self.minors, self.scale))

    def lines(self, matte: NDArray[np.float32]) -> tuple[Planes, Planes]:
        """Return slope (3, h, w) and base (1, h, w) of alpha as a function of colour.

        Both are averaged over all windows that a pixel is in. `matte` is (h, w), 0..1.
        """
        level = mean(matte[None], RADIUS)
        together = mean(self.colours * matte, RADIUS)
        slope = self._solved(together - self.middle * level)
        base = level - (slope * self.middle).sum(0, keepdims=True)
        smooth = mean(np.concatenate([slope, base]), RADIUS)
        return smooth[:3], smooth[3:]

    def filtered(self, matte: NDArray[np.float32], rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return a (h, w) matte as the colours of the picture have it, in 0..1.

        `rgb` is the (height, width, 3) picture, of any size, that the guide is small of: the
        answer is as large. He and Sun, "Fast guided filter" (2015).
        """
        height, width = rgb.shape[:2]
        alpha = np.zeros((height, width), np.float32)
        down, across = _reached(matte, 0), _reached(matte, 1)
        if down.stop:  # around it all is 0, and stays so
            slope, base = self._part(down, across).lines(matte[down, across])
            lines = np.concatenate([slope / np.float32(255), base])
            rows, at_rows = _onto(down, matte.shape[0], height)
            columns, at_columns = _onto(across, matte.shape[1], width)
            wide = _between(lines, 2, at_columns)
            for some in _bands(len(at_rows)):
                part = rows.start + some.start, rows.start + some.stop
                _mixed(
                    _between(wide, 1, at_rows[some]),
                    rgb[slice(*part), columns],
                    alpha[slice(*part), columns],
                )
        return alpha

    def _part(self, down: slice, across: slice) -> Guide:
        """Return the guide of a part of the picture."""
        known = (self.colours, self.middle, self.minors, self.scale)
        return Guide(*(each[..., down, across] for each in known))

    def _solved(self, wanted: Planes) -> Planes:
        """Return x of `covariance @ x = wanted` at every pixel."""
        rr, rg, rb, gg, gb, bb = self.minors
        red, green, blue = wanted * self.scale
        return np.stack(
            [
                rr * red + rg * green + rb * blue,
                rg * red + gg * green + gb * blue,
                rb * red + gb * green + bb * blue,
            ]
        )


def guide_of(rgb: NDArray[np.uint8]) -> Guide:
    """Return what a small (h, w, 3) RGB picture is as a guide."""
    return guide_over(planes(rgb))


def guide_over(colours: Planes) -> Guide:
    """Return what three small planes in 0..1 are as a guide."""
    found = mean(np.concatenate([colours, _products(colours)]), RADIUS)
    spread = found[3:] - _products(found[:3])
    spread[:3] += np.float32(SMOOTHNESS)
    return Guide(colours, found[:3], *_inverted(spread))


def planes(rgb: NDArray[np.uint8]) -> Planes:
    """Return (height, width, 3) uint8 as three planes in 0..1."""
    return np.ascontiguousarray(rgb[..., :3].transpose(2, 0, 1), np.float32) / np.float32(255)


def mean(values: Planes, radius: int) -> Planes:
    """Return the mean over squares of `2 * radius + 1`, cut off at the borders.

    `radius` is a power of two: then a row of pixels is summed in few additions.
    """
    out = np.empty_like(values)
    counts = [_counts(length, radius) for length in values.shape[1:]]
    share = 1 / np.outer(*counts).astype(np.float32)
    for plane, into in zip(values, out, strict=True):  # one at a time stays in the cache
        np.multiply(_sums(_sums(plane, radius, 0), radius, 1), share, out=into)
    return out


def _counts(length: int, radius: int) -> NDArray[np.intp]:
    places = np.arange(length)
    return np.minimum(places + radius, length - 1) - np.maximum(places - radius, 0) + 1


def _sums(plane: NDArray[np.float32], radius: int, axis: int) -> NDArray[np.float32]:
    """Return the sums of `2 * radius + 1` neighbours along an axis: of 2, of 4, of 8 and one."""
    height, width = plane.shape
    margins = (2 * radius, 0) if axis == 0 else (0, 2 * radius)
    wide = np.zeros((height + margins[0], width + margins[1]), np.float32)
    wide[margins[0] // 2 :, margins[1] // 2 :][:height, :width] = plane
    sums, step = wide, 1
    while step < 2 * radius:
        sums = sums[step:] + sums[:-step] if axis == 0 else sums[:, step:] + sums[:, :-step]
        step *= 2
    last = wide[2 * radius :] if axis == 0 else wide[:, 2 * radius :]
    total: NDArray[np.float32] = sums[:height, :width] + last
    return total


def _reached(matte: NDArray[np.float32], axis: int) -> slice:
    """Return what of a side is within reach of a matte."""
    found = np.flatnonzero(matte.any(1 - axis))
    if not len(found):
        return slice(0, 0)
    return slice(max(0, int(found[0]) - REACH), min(matte.shape[axis], int(found[-1]) + 1 + REACH))


def _onto(part: slice, grid: int, length: int) -> tuple[slice, NDArray[np.float64]]:
    """Return the places of a longer side that lie in a part of the grid, and where they do."""
    first, last = (math.ceil(edge * length / grid) for edge in (part.start, part.stop))
    at = (np.arange(first, min(last, length)) + 0.5) * grid / length - 0.5 - part.start
    return slice(first, min(last, length)), at.clip(0, part.stop - part.start - 1)


def _bands(rows: int) -> Iterator[slice]:
    for start in range(0, rows, BAND):
        yield slice(start, min(start + BAND, rows))


def _mixed(lines: Planes, rgb: NDArray[np.uint8], alpha: NDArray[np.float32]) -> None:
    """Write what the lines make of the colours into `alpha`."""
    red, green, blue, level = lines
    for channel, slope in enumerate((red, green, blue)):
        slope *= rgb[..., channel]  # noqa: PLW2901 - nobody else has it
        level += slope
    np.clip(level, 0, 1, out=alpha)


def stretched(values: Planes, axis: int, length: int) -> Planes:
    """Return the values at `length` places along an axis, linear between theirs."""
    grid = values.shape[axis]
    at = ((np.arange(length) + 0.5) * grid / length - 0.5).clip(0, grid - 1)
    return _between(values, axis, at)


def _between(values: Planes, axis: int, at: NDArray[np.float64]) -> Planes:
    """Return the values at places along an axis."""
    # A product of matrices would wake the threads of BLAS, which spin for longer than this takes.
    first = at.astype(np.intp)
    share = (at - first).astype(np.float32).reshape((-1, 1) if axis == 1 else (1, -1))
    low = values.take(first, axis)
    between: Planes = values.take(np.minimum(first + 1, values.shape[axis] - 1), axis)
    between -= low
    between *= share
    between += low
    return between


def _products(colours: Planes) -> Planes:
    """Return rr, gg, bb, rg, rb, gb of three planes."""
    red, green, blue = colours
    return np.stack([red * red, green * green, blue * blue, red * green, red * blue, green * blue])


def _inverted(spread: Planes) -> tuple[Planes, NDArray[np.float32]]:
    """Return cofactors of a symmetric matrix of three at every pixel, and 1 / its determinant."""
    rr, gg, bb, rg, rb, gb = spread
    minors = (
        *(gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg),
        *(rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg),
    )
    return np.stack(minors), 1 / (rr * minors[0] + rg * minors[1] + rb * minors[2])

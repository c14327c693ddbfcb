"""Planes of numbers: brought to another size and turned by libvips, and made soft by numpy.

Of a small plane libvips takes longer to set a gaussian up than numpy takes to compute it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips

from foveate.deadline import current
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.geometry.box import Size

    Plane = NDArray[np.float32]
    """(height, width) or (height, width, planes)."""

PLAIN_SIGMA: Final = 3.0
"""Far beyond it planes are made soft on a coarser grid: the same to the eye, and bounded work."""
_FAINTEST: Final = 0.04
"""Where the tail of a gaussian is cut off, relative to its middle."""


@guard()
def at(plane: Plane, size: Size) -> Plane:
    """Return float32 planes of any range at exactly `size`, with as many of them."""
    if plane.shape[1::-1] == (size.width, size.height):
        return plane
    return _plane(brought_to(_image(plane), size), plane.ndim)


def soft(plane: Plane, sigma: float) -> Plane:
    """Return float32 planes under a gaussian of that standard deviation in pixels.

    Raises TimedOut and ClientDisconnected: whoever plans a painting makes many planes soft.
    """
    current().check()
    plane = np.asarray(plane, np.float32)
    step = max(1, min(round(sigma / PLAIN_SIGMA), *(side // 2 for side in plane.shape[:2])))
    weights = _weights(sigma / step)
    for axis in (0, 1):
        coarse = _means(plane, step, axis)
        smooth, length = _weighted(coarse, weights, axis), plane.shape[axis]
        plane = smooth if step == 1 else _linear(smooth, length, axis, step)
    return plane


def _weights(sigma: float) -> tuple[np.float32, ...]:
    """Return one side of a gaussian, its middle first: with the other side it sums up to 1."""
    reach = int(sigma * math.sqrt(-2 * math.log(_FAINTEST)))
    side = np.exp(-np.square(np.arange(reach + 1) / sigma) / 2)
    return tuple((side / (2 * side.sum() - 1)).astype(np.float32))


def _weighted(plane: Plane, weights: tuple[np.float32, ...], axis: int) -> Plane:
    """Return weighted sums of what is around each place along an axis; edges go on."""
    reach, length = len(weights) - 1, plane.shape[axis]
    pads = [(reach, reach) if each == axis else (0, 0) for each in range(plane.ndim)]
    wide = np.moveaxis(np.pad(plane, pads, mode="edge"), axis, 0)
    sums = wide[reach : reach + length] * weights[0]
    for far in range(1, reach + 1):
        both = wide[reach - far :][:length] + wide[reach + far :][:length]
        both *= weights[far]
        sums += both
    return np.moveaxis(sums, 0, axis)


def _means(plane: Plane, step: int, axis: int) -> Plane:
    """Return the means of so many values each along an axis; the last one goes on to fill them."""
    if step == 1:
        return plane
    pads = [
        (0, -plane.shape[axis] % step) if each == axis else (0, 0) for each in range(plane.ndim)
    ]
    full = np.pad(plane, pads, mode="edge")
    parts = full.reshape(*full.shape[:axis], -1, step, *full.shape[axis + 1 :])
    means: Plane = parts.mean(axis + 1)
    return means


def _linear(plane: Plane, length: int, axis: int, step: float) -> Plane:
    """Return `length` values along an axis, `step` for each, linear between their middles."""
    last = plane.shape[axis] - 1
    places = ((np.arange(length) + 0.5) / step - 0.5).clip(0, last)
    low = places.astype(np.intp).clip(0, max(last - 1, 0))
    share = (places - low).astype(np.float32)
    share = share.reshape([-1 if each == axis else 1 for each in range(plane.ndim)])
    before, behind = plane.take(low, axis), plane.take((low + 1).clip(0, last), axis)
    behind -= before
    behind *= share
    behind += before
    return behind


def rows_of(plane: Plane, size: Size) -> Callable[[int, int], Plane]:
    """Return what gives rows `first` to `last` of a plane at `size`, linear between its values.

    Only what is asked for is computed.
    """
    if plane.shape[::-1] == (size.width, size.height):
        return lambda first, last: plane[first:last]
    large = _stretched(_image(plane), size)

    @guard()
    def rows(first: int, last: int) -> Plane:
        return _plane(large.extract_area(0, first, size.width, last - first), plane.ndim)

    return rows


def stretched(plane: Plane, size: Size) -> Plane:
    """Return a smooth plane at a larger size, linear between its values."""
    for axis, length in enumerate((size.height, size.width)):
        plane = _linear(plane, length, axis, length / plane.shape[axis])
    return plane


@guard()
def laid(plane: Plane, pitch: tuple[float, float], degrees: float, size: Size) -> Plane:
    """Return a plane that is stretched by `pitch`, turned about its middle, and cut to `size`."""
    image, turn = _image(plane), math.radians(degrees)
    a, b = pitch[0] * math.cos(turn), -pitch[1] * math.sin(turn)
    c, d = pitch[0] * math.sin(turn), pitch[1] * math.cos(turn)
    x, y = image.width / 2, image.height / 2
    turned = image.affine(
        [a, b, c, d],
        interpolate=pyvips.Interpolate.new("bilinear"),
        odx=size.width / 2 - a * x - b * y,
        ody=size.height / 2 - c * x - d * y,
        oarea=[0, 0, size.width, size.height],
        extend="mirror",
    )
    return _plane(turned, plane.ndim)


@guard()
def _stretched(image: Image, size: Size) -> Image:
    across, down = size.width / image.width, size.height / image.height
    return image.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new("bilinear"),
        odx=(across - 1) / 2,
        ody=(down - 1) / 2,
        oarea=[0, 0, size.width, size.height],
        extend="copy",
    )


def _image(plane: Plane) -> Image:
    height, width, bands = (*plane.shape, 1)[:3]
    data = np.ascontiguousarray(plane, np.float32)
    image = Image.new_from_memory(data.data, width, height, bands, "float")
    return image.copy(interpretation="multiband")


def _plane(image: Image, dimensions: int) -> Plane:
    shape = (image.height, image.width, image.bands)[:dimensions]
    array: Plane = image.numpy().reshape(shape)
    return array

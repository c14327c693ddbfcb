"""Planes of numbers as libvips works on them: brought to another size, turned, and made soft."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips

from foveate.geometry.box import Size
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    """(height, width) or (height, width, planes)."""

PLAIN_SIGMA: Final = 3.0
"""Beyond it planes are made soft at a smaller scale: the same to the eye, and bounded work."""
_FAINTEST: Final = 0.04
"""Where the tail of a gaussian is cut off, relative to its middle."""


@guard()
def at(plane: Plane, size: Size) -> Plane:
    """Return float32 planes of any range at exactly `size`, with as many of them."""
    if plane.shape[1::-1] == (size.width, size.height):
        return plane
    return _plane(brought_to(_image(plane), size), plane.ndim)


@guard()
def soft(plane: Plane, sigma: float) -> Plane:
    """Return float32 planes under a gaussian of that standard deviation in pixels."""
    image = _image(plane)
    factor = max(1.0, min(sigma / PLAIN_SIGMA, image.width / 2, image.height / 2))
    if factor == 1:
        return _plane(_blurred(image, sigma), plane.ndim)
    small = Size(*(max(1, round(side / factor)) for side in (image.width, image.height)))
    shrunk = image.resize(
        small.width / image.width, vscale=small.height / image.height, kernel="linear"
    )
    smooth = _blurred(shrunk, sigma / factor)
    return _plane(_stretched(smooth, Size(image.width, image.height)), plane.ndim)


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


@guard()
def stretched(plane: Plane, size: Size) -> Plane:
    """Return a smooth plane at a larger size, linear between its values."""
    return _plane(_stretched(_image(plane), size), plane.ndim)


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


def _blurred(image: Image, sigma: float) -> Image:
    return image.gaussblur(sigma, precision="float", min_ampl=_FAINTEST)


def _image(plane: Plane) -> Image:
    height, width, bands = (*plane.shape, 1)[:3]
    data = np.ascontiguousarray(plane, np.float32)
    image = Image.new_from_memory(data.data, width, height, bands, "float")
    return image.copy(interpretation="multiband")


def _plane(image: Image, dimensions: int) -> Plane:
    shape = (image.height, image.width, image.bands)[:dimensions]
    array: Plane = image.numpy().reshape(shape)
    return array

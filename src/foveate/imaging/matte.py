"""Mattes as pictures: laid over a part of a picture, refined by it, and what goes with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips

from foveate.geometry.box import Box, Size
from foveate.imaging.decode import to_memory
from foveate.imaging.edges import fine, understood
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to, to_array
from foveate.imaging.rounding import over, rounded
from foveate.imaging.stop import watched

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID_PIXELS: Final = 100_000
"""How fine edges and colours are studied; more finds the same, measured on 40 photos of people."""
BLUR: Final = 0.02
"""Standard deviation of a blurred background, relative to the long side."""
SHADOW_BLUR: Final = 0.015
SHADOW_DROP: Final = 0.015
"""How soft a shadow is and how far below its subject, relative to the long side."""
ALPHA: Final = 3
"""Index of the alpha band."""
_OPAQUE: Final = 255


@dataclass(frozen=True, slots=True)
class CutOut:
    """A picture without its background, and that background without the picture's subject."""

    image: Image
    """RGBA of the picture's size: colours are the subject's alone."""
    behind: Image
    """RGB of any size: what there is behind the subject is guessed from around it."""


def grid(out: Size, known: tuple[float, float]) -> Size:
    """Return how fine to study a cut-out of size `out`, for which the matte has `known` pixels.

    >>> grid(Size(4000, 3000), (1024, 1024)), grid(Size(4000, 3000), (256, 200))
    (Size(width=365, height=274), Size(width=256, height=200))
    """
    scale = min(1.0, math.sqrt(GRID_PIXELS / out.area))
    sides = (out.width * scale, out.height * scale)
    width, height = (max(1, round(min(pair))) for pair in zip(sides, known, strict=True))
    return Size(width, height)


@guard()
def part_of(matte: NDArray[np.float32], box: Box, size: Size) -> Image:
    """Return a part of a (height, width) matte in 0..1, at exactly `size`: one band of floats.

    `box` is in pixels of the matte, with fractions: an edge must not move by half a pixel of it.
    """
    height, width = matte.shape
    data = np.ascontiguousarray(matte, np.float32)
    image = Image.new_from_memory(data.data, width, height, 1, "float")
    across, down = size.width / box.width, size.height / box.height
    coarse = Size(*(max(1, math.ceil(side)) for side in (width * across, height * down)))
    image = brought_to(image, Size(min(coarse.width, width), min(coarse.height, height)))
    across, down = across * width / image.width, down * height / image.height
    left, top = box.left * size.width / box.width, box.top * size.height / box.height
    placed = image.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new("bilinear"),
        odx=(across - 1) / 2 - left,
        ody=(down - 1) / 2 - top,
        oarea=[0, 0, size.width, size.height],
        extend="copy",
    )
    return to_memory(placed)  # the array may go


def planes_of(placed: Image) -> NDArray[np.float32]:
    """Return one band of floats as (height, width)."""
    return placed.numpy().reshape(placed.height, placed.width)


@guard()
def cut_out(image: Image, matte: Image) -> CutOut:
    """Return the subject of an RGB or RGBA picture by a coarse matte over all of it, in 0..1.

    `matte` has the size of the grid on which edges are studied. Takes 7 bytes a pixel.
    """
    pixels = image.numpy()
    size = Size(matte.width, matte.height)
    held = Image.new_from_memory(pixels.data, image.width, image.height, image.bands, "uchar")
    small = to_array(brought_to(held.copy(interpretation="srgb"), size))
    cut = understood(small, matte.numpy().reshape(small.shape[:2]).clip(0, 1))
    behind = (cut.behind.transpose(1, 2, 0) * _OPAQUE).clip(0, _OPAQUE)
    return CutOut(_picture(fine(pixels, cut)), _picture(behind.astype(np.float32)))


def _picture(array: NDArray[np.uint8] | NDArray[np.float32]) -> Image:
    """Return (height, width, bands) as a picture that shares the array's memory."""
    height, width, bands = array.shape
    kind = "uchar" if array.dtype == np.uint8 else "float"
    data = np.ascontiguousarray(array).data
    image = Image.new_from_memory(data, width, height, bands, kind)
    return watched(image.copy(interpretation="srgb"))


@guard()
def out_of_focus(behind: Image, size: Size) -> Image:
    """Return the background at `size`, blurred as by a lens."""
    sigma = BLUR * max(behind.width, behind.height)
    soft = behind.gaussblur(sigma, precision="float") if sigma >= 1 / 2 else behind
    return rounded(brought_to(soft, size))


@guard()
def shadow(alpha: Image, darkness: float) -> Image:
    """Return RGBA: a soft black shadow of a uchar alpha, a little below it."""
    size = Size(alpha.width, alpha.height)
    drop = min(round(SHADOW_DROP * size.long_side), size.height - 1)
    sigma = SHADOW_BLUR * size.long_side
    factor = max(1.0, sigma / 4)
    small = Size(*(max(1, round(side / factor)) for side in (size.width, size.height)))
    soft = brought_to(alpha, small)
    if sigma >= 1 / 2:
        soft = soft.gaussblur(sigma / factor)
    cast = brought_to(soft, size).embed(0, drop, size.width, size.height)
    dark = rounded(cast * darkness)
    return dark.new_from_image([0, 0, 0]).copy(interpretation="srgb").bandjoin(dark)


@guard()
def grey(alpha: Image) -> Image:
    """Return one band as a grey picture of three, as every later step expects."""
    return alpha.bandjoin(alpha).bandjoin(alpha).copy(interpretation="srgb")


@guard()
def layered(*layers: Image) -> Image:
    """Return pictures of one size over each other, the lowest first; opaque where that one is.

    All but the lowest are RGBA.
    """
    image = layers[0]
    for layer in layers[1:]:
        image = _over(layer, image)
    return image


@guard()
def with_alpha(image: Image, alpha: Image) -> Image:
    """Return an RGB or RGBA picture of which no more is left than a band of 0..255 says."""
    if image.hasalpha():
        own = image.extract_band(ALPHA)
        alpha = rounded(own * alpha / _OPAQUE)
    colours = image.extract_band(0, n=3)
    return colours.bandjoin(alpha).copy(interpretation="srgb")


@guard()
def larger_of(one: Image, other: Image) -> Image:
    """Return the larger of two pictures of one band, pixel by pixel."""
    return (one > other).ifthenelse(one, other)


@guard()
def none_of(image: Image) -> Image:
    """Return a band of zeros over a picture."""
    return Image.black(image.width, image.height)


def _over(layer: Image, image: Image) -> Image:
    if image.hasalpha():
        return over(image, layer)
    # The same on what is opaque, in whole numbers: a quarter of the time.
    colours, alpha = layer.extract_band(0, n=3), layer.extract_band(3)
    return alpha.ifthenelse(colours, image, blend=True)

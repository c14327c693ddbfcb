"""Pixels for eyes that are not libvips': arrays for networks, points and boxes for gravity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from foveate.geometry.box import Box, Point
from foveate.imaging.colour import to_srgb
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.options.model import Colour

_WHITE: Final = [255.0, 255.0, 255.0]
_OPAQUE: Final = 255
_SALIENCY_SIDE: Final = 256
"""libvips looks for what draws the eye at about 32 pixels; more than this is wasted."""


@guard()
def to_array(image: Image) -> NDArray[np.uint8]:
    """Return the picture as (height, width, 3) uint8 RGB, transparency on white."""
    rgb = _flat(to_srgb(image))
    array: NDArray[np.uint8] = rgb.numpy()
    return array


def from_array(array: NDArray[np.uint8]) -> Image:
    """Return (height, width, 3 or 4) uint8 RGB or RGBA as a picture."""
    height, width, bands = array.shape
    image = Image.new_from_memory(array.tobytes(), width, height, bands, "uchar")
    return image.copy(interpretation="srgb")


@guard()
def shrink_to(image: Image, long_side: int, max_enlarge: float = 1.0) -> Image:
    """Return the picture with its long side brought to `long_side` pixels.

    Each pixel is the mean of those it stands for; enlarging is linear, by at most `max_enlarge`.
    """
    scale = min(long_side / max(image.width, image.height), max_enlarge)
    if scale == 1:
        return image
    across = max(1, round(image.width * scale)) / image.width
    down = max(1, round(image.height * scale)) / image.height
    if not image.hasalpha():
        return image.resize(across, vscale=down, kernel="linear")
    # Colours of transparent pixels must not bleed into their neighbours.
    resized = image.premultiply().resize(across, vscale=down, kernel="linear")
    return resized.unpremultiply().cast(image.format)


@guard()
def salient_point(image: Image) -> Point:
    """Return the place that draws the eye: edges, skin and saturated colours."""
    small = _flat(to_srgb(shrink_to(image, _SALIENCY_SIDE)))
    side = min(small.width, small.height)
    cropped = small.smartcrop(
        side, side, interesting="attention", attention_x=True, attention_y=True
    )
    _, found = cast("tuple[Image, dict[str, int]]", cropped)
    x, y = found["attention_x"], found["attention_y"]
    return Point((x + 0.5) / small.width, (y + 0.5) / small.height)


@guard()
def border_box(image: Image, colour: Colour | None = None, tolerance: int = 10) -> Box:
    """Return the box inside a uniform border; a picture that is all border is returned whole.

    A pixel is border when no channel, alpha included, is further than `tolerance` (0..255) from
    the colour, by default the top left pixel's. All transparent pixels are alike. The picture is
    read several times: it must not be sequential.
    """
    image = to_srgb(image)
    background = _numbers(colour) if colour else [float(value) for value in image(0, 0)]
    if image.hasalpha():
        image, background = _premultiplied(image), _premultiplied_colour(background)
    left, top, width, height = image.find_trim(
        threshold=tolerance, background=background[: image.bands], line_art=True
    )
    if not width or not height:
        return Box(0, 0, image.width, image.height)
    return Box(left, top, width, height)


def _numbers(colour: Colour) -> list[float]:
    return [*colour.rgb, colour.alpha * _OPAQUE]


def _flat(image: Image) -> Image:
    return image.flatten(background=_WHITE) if image.hasalpha() else image


def _premultiplied(image: Image) -> Image:
    """Return RGBA as four bands that libvips compares alike, instead of flattening them."""
    return image.premultiply().cast("uchar").copy(interpretation="multiband")


def _premultiplied_colour(rgba: list[float]) -> list[float]:
    alpha = rgba[3]
    return [*(channel * alpha / _OPAQUE for channel in rgba[:3]), alpha]

"""Pixels as others than libvips read them: arrays for networks, points and boxes for gravity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, cast

import pyvips

from foveate.cores import cores
from foveate.geometry.box import Box, Point, Size
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import to_memory
from foveate.imaging.engine import Image
from foveate.imaging.guard import guard
from foveate.imaging.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.orientation import Orientation
    from foveate.options.colours import Colour

WHITE: Final = 255.0
BLACK: Final = 0.0
"""What is behind what is transparent, of each channel."""
_OPAQUE: Final = 255
_THREADS, _TWO = "concurrency", 2
"""Where libvips looks for how many threads compute a picture."""
_SALIENCY_SIDE: Final = 256
"""libvips looks for what draws the eye at about 32 pixels; more than this is wasted."""


@guard()
def bared(image: Image) -> Image:
    """Return the three bands of an RGBA as if nothing were transparent.

    What wholly is has no colour, so it is black.
    """
    shown = (image.extract_band(3) > 0).ifthenelse(image.extract_band(0, n=3), [0, 0, 0])
    return shown.copy(interpretation=image.interpretation)


@guard()
def to_array(image: Image, ground: float = WHITE) -> NDArray[np.uint8]:
    """Return the picture as (height, width, 3) uint8 RGB, transparency on a grey of 0..255."""
    rgb = _flat(to_srgb(image), ground)
    array: NDArray[np.uint8] = rgb.numpy()
    return array


@guard()
def values_of(image: Image) -> NDArray[Any]:
    """Return what is in a picture, (height, width) of one band, (height, width, bands) of more.

    pyvips' own array of one band loses its shape where there is one pixel.
    """
    shape = (image.height, image.width, image.bands)
    return image.numpy().reshape(shape[:2] if image.bands == 1 else shape)


@guard()
def is_opaque(image: Image) -> bool:
    """Return whether nothing can be seen through the picture."""
    return not image.hasalpha() or bool(image[-1].min() == _OPAQUE)


def shared(image: Image) -> Image:
    """Return the picture, to be computed by two threads: one that all else waits for.

    Where a core idles that halves the time, and where none does it takes none.
    """
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, _THREADS, min(_TWO, cores()))
    return image


def from_array(array: NDArray[np.uint8]) -> Image:
    """Return (height, width[, 3 or 4]) uint8 grey, RGB or RGBA as a picture.

    It reads an array that lies in one piece where it is: nobody may write to that any more.
    """
    height, width, bands = (*array.shape, 1)[:3]
    whole = array if array.flags.c_contiguous else array.copy()
    image = Image.new_from_memory(whole.data, width, height, bands, "uchar")
    # Always a copy, of which `copy_memory` makes another: of the picture itself it would return
    # the same, and let go of the array.
    return image.copy(interpretation="b-w" if bands == 1 else "srgb")


@guard()
def opened_pixels(png: bytes) -> NDArray[np.uint8]:
    """Return (height, width, 4), RGBA premultiplied, of a PNG of our own making."""
    return premultiplied(Image.pngload_buffer(png))


@guard()
def premultiplied(image: Image) -> NDArray[np.uint8]:
    """Return (height, width, 4), RGBA premultiplied, of a picture of 8 bits."""
    array: NDArray[np.uint8] = _four_bands(image.colourspace("srgb")).numpy()
    return array


def _four_bands(image: Image) -> Image:
    return rounded(image.premultiply()) if image.hasalpha() else image.bandjoin(_OPAQUE)


@guard()
def brought_to(image: Image, size: Size) -> Image:
    """Return the picture at exactly `size`; colours of transparent pixels do not bleed."""
    if (image.width, image.height) == (size.width, size.height):
        return image
    if not image.hasalpha():
        return resampled(image, size)
    return rounded(resampled(image.premultiply(), size).unpremultiply(), image.format)


@guard()
def part_at(rgb: NDArray[np.uint8], box: Box, size: Size) -> NDArray[np.uint8]:
    """Return the whole pixels of a (height, width, 3) RGB picture that are nearest to a box.

    They are brought to exactly `size`. The box lies in the picture.
    """
    left = min(math.floor(box.left + 0.5), rgb.shape[1] - 1)
    top = min(math.floor(box.top + 0.5), rgb.shape[0] - 1)
    right, bottom = math.floor(box.right + 0.5), math.floor(box.bottom + 0.5)
    cut = rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    return to_array(brought_to(from_array(cut), size))


@guard()
def resampled(image: Image, size: Size) -> Image:
    """Return every band by itself at `size`: shrunk with lanczos3, then enlarged bicubically.

    Both are about the centres of pixels.

    libvips' own `resize` enlarges with half a pixel of shift, which boxes of small faces notice.
    """
    across, down = size.width / image.width, size.height / image.height
    if min(across, down) < 1:
        image = image.resize(min(across, 1.0), vscale=min(down, 1.0))
    across, down = size.width / image.width, size.height / image.height
    if across == down == 1:
        return image
    return image.affine(
        [across, 0, 0, down],
        interpolate=pyvips.Interpolate.new("bicubic"),
        odx=(across - 1) / 2,
        ody=(down - 1) / 2,
        oarea=[0, 0, size.width, size.height],
        extend="copy",
    )


@guard()
def oriented(image: Image, orientation: Orientation) -> Image:
    """Return the picture mirrored and turned. Turning needs random access, so pixels are kept."""
    if orientation.mirrored:
        image = image.fliphor()
    if orientation.turns == 0:
        return image
    kept = to_memory(image)
    return (kept.rot90, kept.rot180, kept.rot270)[orientation.turns - 1]()


@guard()
def attention_point(image: Image) -> Point:
    """Return the place that draws the eye: edges, skin and saturated colours."""
    scale = min(1.0, _SALIENCY_SIDE / max(image.width, image.height))
    size = Size(max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = _flat(to_srgb(brought_to(image, size)))
    side = min(small.width, small.height)
    cropped = small.smartcrop(
        side, side, interesting="attention", attention_x=True, attention_y=True
    )
    _, found = cast("tuple[Image, dict[str, int]]", cropped)
    x, y = found["attention_x"], found["attention_y"]
    return Point((x + 0.5) / small.width, (y + 0.5) / small.height)


@guard()
def entropy_corner(image: Image, window: Size) -> tuple[int, int]:
    """Return the left and top of the window, in pixels, whose values are the most varied."""
    flat = _flat(to_srgb(image))
    cut = flat.smartcrop(window.width, window.height, interesting="entropy")
    return -int(cut.xoffset), -int(cut.yoffset)


@guard()
def border_box(frames: Iterable[Image], colour: Colour | None = None, tolerance: int = 10) -> Box:
    """Return the box inside the uniform border of a picture, or that all frames share.

    A pixel is border when no channel, alpha included, is further than `tolerance` (0..255) from
    the colour, by default the first frame's top left pixel's. All transparent pixels are alike.
    Where all is border, the box is the whole. Frames are read several times: none is sequential.
    """
    boxes: list[Box] = []
    background = _numbers(colour) if colour else []
    for frame in map(to_srgb, frames):
        whole = Box(0, 0, frame.width, frame.height)
        background = background or [float(value) for value in frame(0, 0)]
        content = _content(frame, background, tolerance)
        if content == whole:
            return whole
        boxes += filter(None, [content])
    return Box.covering(boxes) if boxes else whole


def _content(image: Image, background: list[float], tolerance: int) -> Box | None:
    """Return the box around all that is not border; None where everything is."""
    if image.hasalpha():
        image, background = _premultiplied(image), _premultiplied_colour(background)
    left, top, width, height = image.find_trim(
        threshold=tolerance, background=background[: image.bands], line_art=True
    )
    return Box(left, top, width, height) if width and height else None


def _numbers(colour: Colour) -> list[float]:
    return [*colour.rgb, colour.alpha * _OPAQUE]


def _flat(image: Image, ground: float = WHITE) -> Image:
    return image.flatten(background=[ground] * 3) if image.hasalpha() else image


def _premultiplied(image: Image) -> Image:
    """Return RGBA as four bands that libvips compares alike, instead of flattening them."""
    return rounded(image.premultiply()).copy(interpretation="multiband")


def _premultiplied_colour(rgba: list[float]) -> list[float]:
    alpha = rgba[3]
    return [*(channel * alpha / _OPAQUE for channel in rgba[:3]), alpha]

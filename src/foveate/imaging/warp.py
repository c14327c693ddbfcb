"""Pixels as one matrix moves them: each is computed once, whatever the matrix was made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import pyvips

from foveate.geometry.affine import Affine
from foveate.geometry.box import Box, Size
from foveate.imaging.guard import guard
from foveate.imaging.pixels import brought_to, from_array, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging.engine import Image


BESIDE: Final = 3
"""Pixels beside those that are seen which bicubic enlargement looks at."""


@guard()
def warped(
    pixels: NDArray[np.uint8],
    matrix: Affine,
    size: Size,
    beyond: Sequence[float] | None = None,
) -> NDArray[np.uint8]:
    """Return the part of (height, width[, 3]) uint8 that comes to lie in a picture of `size`.

    What lies beyond the picture is of the colour `beyond`, or is the picture mirrored there. A cut
    between pixels, and mirroring, keep them as they are.
    """
    if matrix == Affine() and size == Size(pixels.shape[1], pixels.shape[0]):
        return pixels
    made = _cut(pixels, matrix, size) or _resampled(from_array(pixels), matrix, size, beyond)
    array: NDArray[np.uint8] = values_of(made)
    return array


def _cut(pixels: NDArray[np.uint8], matrix: Affine, size: Size) -> Image | None:
    """Return what a cut between whole pixels, scaled and mirrored, is; None for anything else."""
    if matrix.b or matrix.c:
        return None
    seen = matrix.inverse().box(Box.of(size))
    left, top, width, height = (round(each) for each in _sides(seen))
    whole = Box(left, top, width, height)
    inside = Box.of(Size(pixels.shape[1], pixels.shape[0])).contains(whole)
    if not inside or min(width, height) < 1 or not (whole.contains(seen) and seen.contains(whole)):
        return None
    made = brought_to(from_array(pixels[top : top + height, left : left + width]), size)
    made = made.fliphor() if matrix.a < 0 else made
    return made.flipver() if matrix.d < 0 else made


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.width, box.height


def _resampled(image: Image, matrix: Affine, size: Size, beyond: Sequence[float] | None) -> Image:
    """Return it shrunk by areas as far as all of it shrinks, moved, and then a side on its own.

    So no pixel is passed over, and none is blurred along a side that keeps its pixels.
    """
    if matrix.stretch < 1:
        shrunk = Size(*(max(1, round(s * matrix.stretch)) for s in (image.width, image.height)))
        back = Affine.scaled(image.width / shrunk.width, image.height / shrunk.height)
        image, matrix = brought_to(image, shrunk), back.then(matrix)
    across, down = _passed(matrix)
    fine = Size(size.width * across, size.height * down)
    finer = matrix.then(Affine.scaled(across, down))
    return brought_to(_bicubic(image, finer, fine, beyond), size)


def _passed(matrix: Affine) -> tuple[int, int]:
    """Return how many pixels lie on the way to the next one across, and to the next one down."""
    back = matrix.inverse()
    ways = math.hypot(back.a, back.c), math.hypot(back.b, back.d)
    across, down = (max(1, round(way)) for way in ways)
    return across, down


def _bicubic(image: Image, matrix: Affine, size: Size, beyond: Sequence[float] | None) -> Image:
    image, matrix = _widened(image, matrix, size, beyond)
    # libvips has whole numbers in the middles of pixels.
    left, top = matrix(0.5, 0.5)
    return image.affine(
        [matrix.a, matrix.b, matrix.c, matrix.d],
        interpolate=pyvips.Interpolate.new("bicubic"),
        odx=left - 0.5,
        ody=top - 0.5,
        oarea=[0, 0, size.width, size.height],
        extend="copy",
    )


def _widened(
    image: Image, matrix: Affine, size: Size, beyond: Sequence[float] | None
) -> tuple[Image, Affine]:
    """Return a picture with all that is seen beyond it, and the matrix from there."""
    seen = matrix.inverse().box(Box.of(size))
    left, top = (max(0, math.ceil(-edge)) + BESIDE for edge in (seen.left, seen.top))
    right = max(0, math.ceil(seen.right) - image.width) + BESIDE
    below = max(0, math.ceil(seen.bottom) - image.height) + BESIDE
    wide = image.embed(
        *(left, top, image.width + left + right, image.height + top + below),
        extend="mirror" if beyond is None else "background",
        background=list(beyond or [0]),
    )
    return wide, Affine.moved(-left, -top).then(matrix)

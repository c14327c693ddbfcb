"""Subjects on other backgrounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.datasets.drawn import drawn
from foveate.datasets.masks import pixels_of
from foveate.datasets.sample import Bitmap, Polygons
from foveate.geometry.affine import Affine, around
from foveate.geometry.box import Box, Size
from foveate.geometry.crop import largest
from foveate.imaging.warp import warped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from foveate.datasets.sample import Instance, Mask

OF_SUBJECT: Final = 0.4
"""The share of a box that is subject where the thing in it came along: few things fill theirs."""
OPAQUE: Final = 128


def has_subject(matte: NDArray[np.uint8]) -> bool:
    """Return whether anything in a picture is its subject."""
    return bool((matte >= OPAQUE).any())


def composed(
    subject: NDArray[np.uint8], matte: NDArray[np.uint8], behind: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return (height, width, 3) of a subject on what is behind it, both of that shape."""
    alpha = matte[..., None].astype(np.int32)
    mixed = subject * alpha + behind * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def filling(pixels: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return the middle of a picture that fills a size."""
    height, width = pixels.shape[:2]
    whole = Box.of(Size(width, height))
    window = largest(whole, size.aspect)
    left, top = (width - window.width) / 2, (height - window.height) / 2
    matrix = Affine.moved(-left, -top)
    scaled = Affine.scaled(size.width / window.width, size.height / window.height)
    return warped(pixels, matrix.then(scaled), size)


def plain(size: Size, chance: np.random.Generator) -> NDArray[np.uint8]:
    """Return one colour, by chance."""
    colour = chance.integers(0, 256, 3, dtype=np.uint8)
    return np.tile(colour, (size.height, size.width, 1))


def of_subject(instances: Iterable[Instance], matte: NDArray[np.uint8]) -> tuple[Instance, ...]:
    """Return the things that came along with a subject, of those in its picture."""
    return tuple(each for each in instances if _share(each, matte) >= OF_SUBJECT)


def _share(instance: Instance, matte: NDArray[np.uint8]) -> float:
    """Return how much of a thing is subject, 0..1; of one that lies nowhere, all."""
    covered = None if instance.mask is None else _under(instance.mask, matte)
    # Of an outline thinner than pixels there is a place, though none is in it.
    if covered is None or not covered.size:
        if instance.bounds is None:
            return 1.0
        covered = matte[_pixels_in(instance.bounds)]
    return float((covered >= OPAQUE).mean()) if covered.size else 0.0


def _under(mask: Mask, matte: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the pixels in a mask; of outlines none is looked at that is far from them."""
    if isinstance(mask, Bitmap):
        return matte[pixels_of(mask)]
    rows, columns = _pixels_in(around(corner for ring in mask.rings for corner in ring), spare=1)
    near = matte[rows, columns]
    if not near.size:
        return near
    rings = (tuple((x - columns.start, y - rows.start) for x, y in ring) for ring in mask.rings)
    return near[drawn(Polygons(tuple(rings)), Size(*near.shape[::-1]))]


def _pixels_in(box: Box, spare: int = 0) -> tuple[slice, slice]:
    """Return the rows and the columns of a box, none before the first one of its picture."""
    left, top = max(0, int(box.left)), max(0, int(box.top))
    return slice(top, round(box.bottom) + spare), slice(left, round(box.right) + spare)

"""Subjects on other backgrounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.datasets.masks import pixels_of
from foveate.datasets.sample import Bitmap
from foveate.geometry.affine import Affine
from foveate.geometry.box import Box, Size
from foveate.geometry.crop import largest
from foveate.imaging.warp import warped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from foveate.datasets.sample import Instance

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
    if isinstance(instance.mask, Bitmap):
        covered = matte[pixels_of(instance.mask)]
    elif (box := instance.bounds) is not None:
        left, top = max(0, int(box.left)), max(0, int(box.top))
        covered = matte[top : round(box.bottom), left : round(box.right)]
    else:
        return 1.0
    return float((covered >= OPAQUE).mean()) if covered.size else 0.0

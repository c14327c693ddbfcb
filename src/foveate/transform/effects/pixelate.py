"""Squares of one colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.geometry.fit import nearest
from foveate.imaging.linear import unweighed, weighed
from foveate.imaging.rounding import rounded

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def pixelate(image: Image, side: float, scene: Scene) -> Image:
    """Return a picture in squares with a side of `side` thousandths, in whole pixels.

    Each has the colour of what is seen of it.
    """
    pixels = nearest(scene.pixels(side))
    if pixels <= 1:
        return image
    packed = image if scene.shown is None else weighed(image, scene.shown / 255)
    means = _means(packed, pixels)
    if scene.shown is not None:
        means = rounded(unweighed(means))
    squares = means.copy(interpretation="srgb").zoom(pixels, pixels)
    return squares.crop(0, 0, image.width, image.height)


def _means(image: Image, pixels: int) -> Image:
    """Return the means of squares, of the last ones' as far as they are in the picture."""
    rows = [
        [
            image.extract_area(left, top, width, height).shrink(*_sides(width, height, pixels))
            for left, width in _parts(image.width, pixels)
        ]
        for top, height in _parts(image.height, pixels)
    ]
    joined = [row[0].join(row[1], "horizontal") if row[1:] else row[0] for row in rows]
    return joined[0].join(joined[1], "vertical") if joined[1:] else joined[0]


def _parts(length: int, pixels: int) -> list[tuple[int, int]]:
    """Return where whole squares are along a side, and what of one is left: start and length.

    >>> _parts(50, 20), _parts(40, 20), _parts(10, 20)
    ([(0, 40), (40, 10)], [(0, 40)], [(0, 10)])
    """
    left = length % pixels
    parts = [(0, length - left), (length - left, left)]
    return [part for part in parts if part[1]]


def _sides(width: int, height: int, pixels: int) -> tuple[int, int]:
    return min(width, pixels), min(height, pixels)

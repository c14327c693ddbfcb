"""Squares of one colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.geometry.fit import nearest
from foveate.imaging.linear import unweighed, weighed

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
    # The last ones may be cut off: squares stay square.
    across, down = -(-image.width // pixels) * pixels, -(-image.height // pixels) * pixels
    packed = image if scene.shown is None else weighed(image, scene.shown / 255)
    means = packed.embed(0, 0, across, down, extend="copy").shrink(pixels, pixels)
    if scene.shown is not None:
        means = unweighed(means).rint()
    return (
        means.cast("uchar")
        .copy(interpretation="srgb")
        .zoom(pixels, pixels)
        .crop(0, 0, image.width, image.height)
    )

"""Squares of one colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.geometry.fit import nearest

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def pixelate(image: Image, side: float, scene: Scene) -> Image:
    """Return a picture in squares with a side of `side` thousandths, in whole pixels."""
    pixels = nearest(scene.pixels(side))
    if pixels <= 1:
        return image
    # The last ones may be cut off: squares stay square.
    across, down = -(-image.width // pixels) * pixels, -(-image.height // pixels) * pixels
    whole = image.embed(0, 0, across, down, extend="copy")
    means = whole.shrink(pixels, pixels).cast("uchar")
    return means.zoom(pixels, pixels).crop(0, 0, image.width, image.height)

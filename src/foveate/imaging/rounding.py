"""Numbers as whole ones: libvips cuts off what is behind the point, half a level too dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyvips.enums import BandFormat

    from foveate.imaging.engine import Image


def rounded(image: Image, kind: str | BandFormat = "uchar") -> Image:
    """Return numbers as the whole ones nearest to them, within what that kind can hold."""
    return image.rint().cast(kind)


def over(image: Image, layer: Image, mode: str = "over") -> Image:
    """Return a picture of 8 bits with another one over it, RGBA, or mixed in as `mode` says.

    Of whole numbers libvips makes such as are cut off; with others it is as quick.
    """
    return rounded(image.cast("float").composite2(layer, mode))

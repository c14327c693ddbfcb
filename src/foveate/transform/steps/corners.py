"""Rounded corners, of all that was drawn."""

from __future__ import annotations

from dataclasses import astuple, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Size
from foveate.geometry.rounding import corner_left, reaches
from foveate.imaging.pixels import from_array
from foveate.imaging.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.geometry.rounding import Reach
    from foveate.imaging import Image
    from foveate.options.colours import Colour
    from foveate.transform.state import State

PIXEL_BYTES: Final = 7
"""What corners take for each pixel of the picture: as they are measured, and as a mask."""
ALPHA: Final = 3
OPAQUE: Final = 255


def corners(state: State) -> State:
    """Cut the corners off; the background's colour stands there, if there is one."""
    radius, image = state.options.radius, state.image
    if radius is None:
        return state
    size = Size(image.width, image.height)
    mask = mask_of(size, reaches(size, astuple(radius), state.options.dpr))
    fill = state.options.background
    return replace(state, image=cut(image, mask) if fill is None else mixed(image, mask, fill))


def mask_of(size: Size, each: Iterable[Reach]) -> Image:
    """Return how much of each pixel is left where corners reach that far: one band."""
    mask = from_array(np.full((1, 1), OPAQUE, np.uint8)).embed(
        0, 0, size.width, size.height, extend="copy"
    )
    corner = cache(corner_left)
    for number, (across, down) in enumerate(each):
        if across > 0 and down > 0:
            left = corner(across, down)
            right, bottom = number in {1, 2}, number in {2, 3}
            turned = left[:: -1 if bottom else 1, :: -1 if right else 1]
            mask = _joined(mask, from_array(np.ascontiguousarray(turned)), right, bottom)
    return mask


def _joined(mask: Image, corner: Image, right: bool, bottom: bool) -> Image:  # noqa: FBT001
    """Return a mask with a corner of it; where two meet in one pixel, less of it is left."""
    x = mask.width - corner.width if right else 0
    y = mask.height - corner.height if bottom else 0
    there = mask.extract_area(x, y, corner.width, corner.height)
    return mask.insert((corner < there).ifthenelse(corner, there), x, y)


def cut(image: Image, mask: Image) -> Image:
    """Return a picture that is as transparent as it was, and more so by a mask."""
    if not image.hasalpha():
        return image.bandjoin(mask).copy(interpretation="srgb")
    alpha = rounded(image.extract_band(ALPHA) * mask / OPAQUE)
    return image.extract_band(0, n=ALPHA).bandjoin(alpha).copy(interpretation="srgb")


def mixed(image: Image, mask: Image, fill: Colour) -> Image:
    """Return a picture with a colour where a mask leaves less of it."""
    if fill.alpha >= 1 and not image.hasalpha():
        ink = image.new_from_image(fill.rgb)
        return mask.ifthenelse(image, ink, blend=True).copy(interpretation="srgb")
    image = image if image.hasalpha() else image.bandjoin(OPAQUE).copy(interpretation="srgb")
    ink = image.new_from_image(fill.rgba).copy(interpretation="srgb")
    both = image.premultiply() * mask + ink.premultiply() * (OPAQUE - mask)
    return rounded((both / OPAQUE).unpremultiply()).copy(interpretation="srgb")

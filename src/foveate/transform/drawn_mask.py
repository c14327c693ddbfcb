"""Masks as pictures over an answer, whatever was cut off, and however it was scaled and turned."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from foveate.geometry.box import Size
from foveate.imaging.maps import map_image
from foveate.imaging.matte import ALPHA, cut_out, grid, larger_of, none_of, part_of
from foveate.imaging.pixels import brought_to, oriented
from foveate.transform.masked import placed_shapes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.transform.masked import Mask
    from foveate.transform.plan import Plan


def drawn(mask: Mask, plan: Plan, image: Image) -> Image:
    """Return a mask as one band of 0..255 over a picture that was brought to its place by `plan`.

    Edges of what was seen are found in the picture, which must be in memory.
    """
    layers = []
    if mask.matte is not None:
        cut = cut_out(image, placed_matte(mask.matte, plan))
        layers.append(cut.image.extract_band(ALPHA))
    if mask.shapes:
        levels = map_image(placed_shapes(mask.shapes, plan))
        layers.append(brought_to(levels, Size(image.width, image.height)))
    return reduce(larger_of, layers) if layers else none_of(image)


def placed_matte(matte: NDArray[np.float32], plan: Plan) -> Image:
    """Return what a matte over the whole upright source says about the answer's part of it.

    It lies as the answer lies and is as fine as there is anything to know, not of its size.
    """
    height, width = matte.shape
    box = plan.framing.box.scaled(width / plan.source.width, height / plan.source.height)
    size = grid(plan.out, (box.width, box.height))
    return oriented(part_of(matte, box, size), plan.orientation)

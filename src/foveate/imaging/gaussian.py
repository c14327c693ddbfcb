"""A small gaussian that leaves even areas what they are."""

from __future__ import annotations

import math
from typing import Final

from foveate.imaging.engine import Image

LEAST_WEIGHT: Final = 0.2
"""Where a gaussian ends, as a part of its top."""
TOP: Final = 64
"""The largest weight that libvips computes with as it is, in its vector units."""


def gaussian(image: Image, sigma: float) -> Image:
    """Return the picture under a gaussian of up to some pixels; even areas stay what they are."""
    weights = weights_of(sigma)
    mask = Image.new_from_array([weights], scale=sum(weights))
    return image.convsep(mask, precision="integer").cast(image.format)


def weights_of(sigma: float) -> list[int]:
    """Return whole weights of a gaussian, of which a power of two is the sum.

    Of any others libvips has a sum that is not quite 1: `gaussblur` moves even areas by up to four
    levels, and with floats takes four times as long.

    >>> weights_of(1.0), sum(weights_of(1.0))
    ([35, 58, 35], 128)
    """
    reach = math.floor(sigma * math.sqrt(-2 * math.log(LEAST_WEIGHT)))
    exact = [math.exp(-((x / sigma) ** 2) / 2) for x in range(-reach, reach + 1)]
    whole = 2 ** math.floor(math.log2(TOP * sum(exact)))
    weights = [round(whole * each / sum(exact)) for each in exact]
    weights[reach] += whole - sum(weights)
    return weights

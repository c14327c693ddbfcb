"""Gaussian blur."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.imaging import Image

if TYPE_CHECKING:
    from foveate.transform.state import State

PLAIN_SIGMA: Final = 6.0
"""Beyond it the picture is blurred at a smaller scale: the same to the eye, and bounded work."""

LEAST_WEIGHT: Final = 0.2
"""Where a gaussian ends, as a part of its top."""
TOP: Final = 64
"""The largest weight that libvips computes with as it is, in its vector units."""


def blur(state: State) -> State:
    """Blur with a radius of `blur` pixels; the radius is taken as two standard deviations."""
    radius, image = state.options.blur, state.image
    if not radius:
        return state
    if not image.hasalpha():
        return replace(state, image=blurred(image, radius / 2))
    clear = blurred(image.premultiply(), radius / 2).unpremultiply()
    return replace(state, image=clear.cast(image.format))


def blurred(image: Image, sigma: float) -> Image:
    """Return the picture under a gaussian of that standard deviation, of the same size."""
    factor = max(1.0, min(sigma / PLAIN_SIGMA, image.width / 2, image.height / 2))
    if factor == 1:
        return _gaussian(image, sigma)
    small = image.resize(
        max(1, round(image.width / factor)) / image.width,
        vscale=max(1, round(image.height / factor)) / image.height,
        kernel="linear",
    )
    soft = _gaussian(small, sigma / factor)
    large = soft.resize(image.width / soft.width, vscale=image.height / soft.height, kernel="cubic")
    return large.cast(image.format)


def _gaussian(image: Image, sigma: float) -> Image:
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

"""Gaussian blur."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Size
from foveate.imaging.gaussian import gaussian
from foveate.imaging.pixels import resampled
from foveate.imaging.rounding import rounded

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.state import State

PLAIN_SIGMA: Final = 6.0
"""Beyond it the picture is blurred at a smaller scale: the same to the eye, and bounded work."""


def blur(state: State) -> State:
    """Blur with a radius of `blur` pixels; the radius is taken as two standard deviations."""
    radius, image = state.options.blur, state.image
    if not radius:
        return state
    if not image.hasalpha():
        return replace(state, image=blurred(image, radius / 2))
    clear = blurred(image.premultiply(), radius / 2).unpremultiply()
    return replace(state, image=rounded(clear, image.format))


def blurred(image: Image, sigma: float) -> Image:
    """Return the picture under a gaussian of that standard deviation, of the same size."""
    factor = max(1.0, min(sigma / PLAIN_SIGMA, image.width / 2, image.height / 2))
    if factor == 1:
        return gaussian(image, sigma)
    small = image.resize(
        max(1, round(image.width / factor)) / image.width,
        vscale=max(1, round(image.height / factor)) / image.height,
        kernel="linear",
    )
    soft = gaussian(small, sigma / factor)
    return resampled(soft, Size(image.width, image.height))

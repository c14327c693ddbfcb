"""Unsharp masking of the lightness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.state import State

SIGMA: Final = 1.0
GAIN: Final = 2.0
"""Slope at edges for `sharpen=1`, the strength recommended after shrinking."""


def sharpen(state: State) -> State:
    """Sharpen edges by `sharpen` (0 to 10), flat areas by none, so that noise stays down."""
    strength = state.options.sharpen
    if not strength:
        return state
    return replace(state, image=crisp(state.image, strength))


def crisp(image: Image, strength: float, sigma: float = SIGMA) -> Image:
    """Return the picture with crisper edges; `sigma` pixels is how coarse these are."""
    sharp = image.sharpen(
        sigma=sigma, x1=1.5, m1=0, m2=GAIN * strength, y2=10 + 4 * strength, y3=20 + 4 * strength
    )
    return sharp.colourspace("srgb").cast("uchar")

"""Unsharp masking of the lightness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.imaging.matte import ALPHA
from foveate.imaging.transparent import filled
from foveate.transform.steps.adjust import on_colour

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.state import State

SIGMA: Final = 1.0
GAIN: Final = 2.0
"""Slope at edges for `sharpen=1`, the strength recommended after shrinking."""


def sharpen(state: State) -> State:
    """Sharpen edges by `sharpen` (0 to 10), flat areas by none, so that noise stays down."""
    strength, image = state.options.sharpen, state.image
    if not strength:
        return state
    shown = image.extract_band(ALPHA) if image.hasalpha() else None
    return replace(state, image=on_colour(image, lambda rgb: crisp(rgb, strength, shown=shown)))


def crisp(
    image: Image, strength: float, sigma: float = SIGMA, *, shown: Image | None = None
) -> Image:
    """Return the picture with crisper edges; `sigma` pixels is how coarse these are.

    What `shown` says is wholly transparent makes no edge beside it.
    """
    whole = image if shown is None else filled(image, shown, 2 * sigma)
    sharp = whole.sharpen(
        sigma=sigma, x1=1.5, m1=0, m2=GAIN * strength, y2=10 + 4 * strength, y3=20 + 4 * strength
    )
    return sharp.colourspace("srgb").cast("uchar")

"""Unsharp masking of the lightness, as fine as the picture is large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.transform.steps.sharpen import crisp

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene

SIGMA: Final = 1.0
"""Thousandths of the longer side."""
FINEST, COARSEST = 1.0, 8.0
"""Pixels."""


def sharpen(image: Image, strength: float, scene: Scene) -> Image:
    """Return a picture with crisper edges, 0 to 10; flat areas stay, so that noise stays down."""
    sigma = min(max(FINEST, scene.pixels(SIGMA)), COARSEST)
    return crisp(image, strength, sigma, shown=scene.shown)

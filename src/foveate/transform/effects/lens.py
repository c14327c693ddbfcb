"""Out of focus as by a lens: a point becomes a disc, and a light one that is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.linear import under_disc
from foveate.transform.effects.focus import defocused

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene

BLOOM: Final = 4.0
"""A file has lost how much brighter than white a lamp was: white counts that much more."""


def lens(image: Image, radius: float, scene: Scene) -> Image:
    """Return a picture whose points are discs with a radius of `radius` thousandths."""
    return defocused(image, scene.pixels(radius), under_disc, scene, bloom=BLOOM)

"""A soft blur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.imaging.linear import under_gaussian
from foveate.transform.effects.focus import defocused

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def blur(image: Image, radius: float, scene: Scene) -> Image:
    """Return a picture under a gaussian; `radius` thousandths are two standard deviations."""
    return defocused(image, scene.pixels(radius), under_gaussian, scene, bloom=0)

"""Saturation, as the option `saturation` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.imaging.rounding import rounded
from foveate.transform.steps.adjust import saturation_matrix

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def saturation(image: Image, factor: float, _: Scene) -> Image:
    """Return a picture whose colours are `factor` times as far from their greys."""
    return rounded(image.recomb(type(image).new_from_array(saturation_matrix(factor))))

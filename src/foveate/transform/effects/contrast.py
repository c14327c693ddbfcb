"""Contrast, as the option `contrast` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.linear import through
from foveate.transform.steps.adjust import MIDDLE

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene


def contrast(image: Image, factor: float, _: Scene) -> Image:
    """Return a picture whose numbers are `factor` times as far from the middle."""
    levels = MIDDLE + (np.arange(256) - MIDDLE) * factor
    return through(image, levels.round().clip(0, 255).astype(np.uint8))

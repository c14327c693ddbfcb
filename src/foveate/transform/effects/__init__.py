"""The effects, one a file. A new one is a file, a line here, and a row and a field in options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.transform.effects.blur import blur
from foveate.transform.effects.brightness import brightness
from foveate.transform.effects.contrast import contrast
from foveate.transform.effects.duotone import duotone
from foveate.transform.effects.grayscale import grayscale
from foveate.transform.effects.lens import lens
from foveate.transform.effects.pixelate import pixelate
from foveate.transform.effects.saturation import saturation
from foveate.transform.effects.sharpen import sharpen
from foveate.transform.effects.tint import tint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.imaging import Image
    from foveate.transform.effects.scene import Scene

    Effect = Callable[[Image, Any, Scene], Image]
    """From an 8-bit RGB picture in memory, and what options say; one of the same size."""

__all__ = ["FOCUS", "TONES"]

FOCUS: Final[Mapping[str, Effect]] = {"lens": lens, "blur": blur}
"""Effects that look beside each pixel, and keep to the mask themselves."""
TONES: Final[Mapping[str, Effect]] = {
    "pixelate": pixelate,
    "brightness": brightness,
    "contrast": contrast,
    "saturation": saturation,
    "grayscale": grayscale,
    "duotone": duotone,
    "tint": tint,
    "sharpen": sharpen,
}
"""Effects that change all of a picture, of which as much is then taken as the mask says."""

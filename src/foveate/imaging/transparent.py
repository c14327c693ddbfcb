"""Pictures that may be transparent as arrays, for what changes colours by those around, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.colour import PROFILE, to_srgb
from foveate.imaging.engine import Image
from foveate.imaging.fields import blob, with_blobs
from foveate.imaging.guard import guard

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ALPHA: Final = 3
"""Index of the alpha band."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A picture in 8 bits, its colours apart from its alpha."""

    rgb: NDArray[np.uint8]
    """(height, width, 3); what is wholly transparent has colours of what is beside it."""
    alpha: NDArray[np.uint8] | None
    """(height, width); None where nothing can be transparent."""
    profile: bytes
    """What explains its numbers; empty for sRGB."""


@guard()
def parted(image: Image, gamut: str) -> Parted:
    """Return the pixels of a picture in the colours of `gamut`, computed now."""
    seen = to_srgb(image, gamut)
    pixels: NDArray[np.uint8] = seen.numpy()
    profile = blob(seen, PROFILE)
    if pixels.shape[-1] <= ALPHA:
        return Parted(pixels, None, profile)
    alpha = pixels[..., ALPHA]
    return Parted(spread(pixels[..., :ALPHA], alpha), alpha, profile)


@guard()
def joined(parts: Parted) -> Image:
    """Return the picture of these parts. It shares their memory where there is no alpha."""
    bands = [parts.rgb] if parts.alpha is None else [parts.rgb, parts.alpha[..., None]]
    pixels = np.ascontiguousarray(np.concatenate(bands, 2) if len(bands) > 1 else bands[0])
    height, width, count = pixels.shape
    image = Image.new_from_memory(pixels.data, width, height, count, "uchar")
    image = image.copy(interpretation="srgb")
    return with_blobs(image, {PROFILE: parts.profile}) if parts.profile else image


def spread(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (height, width, 3) colours with those of what is wholly transparent made anew.

    They are the means of what can be seen nearby, so that nothing bleeds into an edge, whatever
    editors left there: Gortler et al., "The Lumigraph" (1996), 3.4, pull and push.
    """
    seen = (alpha > 0).astype(np.float32)
    if seen.all():
        return np.ascontiguousarray(rgb)
    return np.rint(_filled(rgb * seen[..., None], seen)).astype(np.uint8)


def _filled(sums: Floats, weights: Floats) -> Floats:
    """Return (h, w, 3) the mean of each place, or that of the next larger square that has one."""
    height, width = weights.shape
    if height == width == 1 or weights.all():
        return sums / np.maximum(weights, 1)[..., None]
    around = _filled(_quartered(sums), _quartered(weights[..., None])[..., 0])
    filled: Floats = around.repeat(2, 0).repeat(2, 1)[:height, :width]
    there = weights > 0
    filled[there] = sums[there] / weights[there, None]
    return filled


def _quartered(values: Floats) -> Floats:
    """Return the sums of four places each, (h / 2, w / 2, bands), sides rounded up."""
    height, width, bands = values.shape
    even = np.zeros((height + height % 2, width + width % 2, bands), np.float32)
    even[:height, :width] = values
    fours = even.reshape(len(even) // 2, 2, -1, 2, bands)
    sums: Floats = fours.sum((1, 3))
    return sums

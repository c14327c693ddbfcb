"""Pictures that may be transparent, for what changes colours by those around: parted and joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.colour import PROFILE, to_srgb
from foveate.imaging.engine import Image
from foveate.imaging.fields import blob, with_blobs
from foveate.imaging.guard import guard
from foveate.imaging.guided import mean
from foveate.imaging.linear import unweighed, weighed
from foveate.imaging.pixels import is_opaque, resampled, values_of
from foveate.imaging.rounding import rounded
from foveate.imaging.stop import watched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.geometry.box import Size

ALPHA: Final = 3
"""Index of the alpha band."""
_LEAST: Final = np.float32(1 / 255)
REACHES: Final = (1, 2, 4, 8)
"""How far colours spread into what is transparent, in pixels, one reach after the other."""


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
    image = watched(image.copy(interpretation="srgb"))
    return with_blobs(image, {PROFILE: parts.profile}) if parts.profile else image


@guard()
def small_colours(image: Image, size: Size) -> NDArray[np.uint8]:
    """Return (height, width, 3) colours of an 8-bit sRGB picture at a small size.

    Of what is wholly transparent they are those of what is seen nearby: nothing hidden counts.
    """
    if is_opaque(image):
        return values_of(resampled(image.extract_band(0, n=ALPHA), size))
    # In whole numbers, which is quicker than floats, and as fine as a guide has to be.
    seen, alpha = image.flatten(), image.extract_band(ALPHA)
    small = values_of(resampled(seen.bandjoin(alpha), size))
    weight = small[..., ALPHA:].astype(np.float32) / 255
    colours = (small[..., :ALPHA] / np.maximum(weight, _LEAST)).clip(0, 255).round()
    return spread(colours.astype(np.uint8), small[..., ALPHA], REACHES[-1:])


@guard()
def filled(colours: Image, alpha: Image, sigma: float) -> Image:
    """Return 8-bit colours, with those of what is wholly transparent from what is seen nearby.

    That is as `spread`, as far as a gaussian of `sigma` pixels reaches. Lazy.
    """
    seen = alpha > 0
    around = weighed(colours, seen / 255).gaussblur(sigma, precision="float")
    return seen.ifthenelse(colours, rounded(unweighed(around))).copy(interpretation="srgb")


def spread(
    rgb: NDArray[np.uint8], alpha: NDArray[np.uint8], reaches: tuple[int, ...] = REACHES
) -> NDArray[np.uint8]:
    """Return (height, width, 3) colours, with those of what is wholly transparent made anew.

    They are the means of what can be seen nearby, so that nothing bleeds into an edge, whatever
    editors left there.
    """
    if alpha.all():
        return np.ascontiguousarray(rgb)
    known = np.concatenate([rgb.transpose(2, 0, 1), np.ones((1, *alpha.shape), np.uint8)])
    known = known.astype(np.float32) * (alpha > 0)
    colours, seen = known[:ALPHA], known[ALPHA]  # views: what is filled in spreads on
    everywhere = colours.sum((1, 2)) / np.maximum(seen.sum(), np.float32(1))
    for radius in reaches:
        around = mean(known, radius)
        beside = (seen == 0) & (around[ALPHA] > 0)
        colours[:, beside] = around[:ALPHA, beside] / around[ALPHA, beside]
        seen[beside] = 1
    colours[:, seen == 0] = everywhere[:, None]
    filled: NDArray[np.uint8] = np.rint(colours).astype(np.uint8).transpose(1, 2, 0)
    return np.ascontiguousarray(filled)

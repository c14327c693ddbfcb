"""Brightness, contrast, gamma and saturation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.options.model import TransformOptions
    from foveate.transform.state import State

MIDDLE: Final = 127.5
LUMA: Final = (0.2126, 0.7152, 0.0722)
"""Rec. 709 weights: what a grey of equal lightness is made of."""


def adjust(state: State) -> State:
    """Apply the four."""
    return replace(state, image=adjusted(state.image, state.options))


def adjusted(image: Image, options: TransformOptions) -> Image:
    """Return a picture with its colours changed as these options ask for.

    The first three are one table of 256 values, whatever the picture's size.
    """
    asked = (options.brightness, options.contrast, options.gamma)
    if any(value is not None for value in asked):
        curve = tone_curve(options)
        image = on_colour(image, lambda rgb: rgb.maplut(curve_image(rgb, curve)))
    if options.saturation is not None:
        matrix = type(image).new_from_array(saturation_matrix(options.saturation))
        image = on_colour(image, lambda rgb: rounded(rgb.recomb(matrix)))
    return image


def on_colour(image: Image, change: Callable[[Image], Image]) -> Image:
    """Return the picture with its three colours changed and its alpha as it was."""
    if not image.hasalpha():
        return change(image)
    rgb = change(image.extract_band(0, n=3))
    return rgb.bandjoin(image.extract_band(3)).copy(interpretation="srgb")


def tone_curve(options: TransformOptions) -> NDArray[np.uint8]:
    """Return (256,) uint8: what brightness, contrast and gamma, in this order, make of a value.

    Gamma below 1 lightens the mid-tones, above 1 darkens them (Cloudflare's newer text).
    """
    values = np.arange(256, dtype=np.float64)
    values *= 1.0 if options.brightness is None else options.brightness
    values = MIDDLE + (values - MIDDLE) * (1.0 if options.contrast is None else options.contrast)
    values = 255 * (values.clip(0, 255) / 255) ** (options.gamma or 1.0)
    return values.round().clip(0, 255).astype(np.uint8)


def curve_image(like: Image, curve: NDArray[np.uint8]) -> Image:
    """Return the curve as libvips' lookup table."""
    return type(like).new_from_memory(curve.tobytes(), len(curve), 1, 1, "uchar")


def saturation_matrix(factor: float) -> list[list[float]]:
    """Return the 3x3 matrix that moves each colour `factor` times as far from its grey.

    >>> [round(x, 3) for x in saturation_matrix(0.0)[0]]
    [0.213, 0.715, 0.072]
    """
    return [
        [
            weight * (1 - factor) + (factor if row == column else 0)
            for column, weight in enumerate(LUMA)
        ]
        for row in range(3)
    ]

"""More light, or less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LINEAR: Final = 0.0031308
"""Light below which sRGB is a straight line."""


def exposure(
    pixels: NDArray[np.uint8], config: Mapping[str, Any], chance: np.random.Generator
) -> NDArray[np.uint8]:
    """Lighten or darken by up to `exposure` stops, in linear light."""
    most = config["exposure"]
    if not most:
        return pixels
    table: NDArray[np.uint8] = table_of(chance.uniform(-most, most))
    return np.asarray(table[pixels])


def table_of(stops: float) -> NDArray[np.uint8]:
    """Return what becomes of each of the 256 values of sRGB.

    >>> table_of(0.0)[[0, 100, 255]].tolist(), table_of(1.0)[[0, 100, 255]].tolist()
    ([0, 100, 255], [0, 138, 255])
    """
    # sRGB, IEC 61966-2-1.
    value = np.arange(256) / 255
    linear = np.where(value <= LINEAR * 12.92, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    light = (linear * 2.0**stops).clip(0, 1)
    again = np.where(light <= LINEAR, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(again * 255), np.uint8)

"""The curve of sRGB, which Display P3 shares. Source: IEC 61966-2-1."""

from __future__ import annotations

from typing import Final

LINEAR_UNTIL: Final = 0.04045
_LIGHT_THERE: Final = 0.0031308
SLOPE: Final = 12.92


def to_light(channel: float) -> float:
    """Return how much light a channel of 0..1 stands for.

    >>> to_light(0.0), round(to_light(0.5), 4), to_light(1.0)
    (0.0, 0.214, 1.0)
    """
    if channel <= LINEAR_UNTIL:
        return channel / SLOPE
    return float(((channel + 0.055) / 1.055) ** 2.4)


def from_light(light: float) -> float:
    """Return the channel 0..1 of that much light, clipped.

    >>> round(from_light(to_light(0.5)), 4), from_light(-0.1), round(from_light(1.5), 4)
    (0.5, 0.0, 1.0)
    """
    light = min(1.0, max(0.0, light))
    if light <= _LIGHT_THERE:
        return SLOPE * light
    return float(1.055 * light ** (1 / 2.4) - 0.055)

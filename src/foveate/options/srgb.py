"""The curve of sRGB, which Display P3 shares. Source: IEC 61966-2-1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

_LINEAR_UNTIL: Final = 0.04045
_LIGHT_THERE: Final = 0.0031308
_SLOPE: Final = 12.92


def to_light(channel: float) -> float:
    """Return how much light a channel of 0..1 stands for.

    >>> to_light(0.0), round(to_light(0.5), 4), to_light(1.0)
    (0.0, 0.214, 1.0)
    """
    if channel <= _LINEAR_UNTIL:
        return channel / _SLOPE
    return float(((channel + 0.055) / 1.055) ** 2.4)


def from_light(light: float) -> float:
    """Return the channel 0..1 of that much light, clipped.

    >>> round(from_light(to_light(0.5)), 4), from_light(-0.1), round(from_light(1.5), 4)
    (0.5, 0.0, 1.0)
    """
    light = min(1.0, max(0.0, light))
    if light <= _LIGHT_THERE:
        return _SLOPE * light
    return float(1.055 * light ** (1 / 2.4) - 0.055)


def lights_of(channels: Floats) -> Floats:
    """Return how much light floats of 0..1 stand for, as exactly as they are."""
    import numpy as np  # noqa: PLC0415 - options are read without it

    bright = ((channels + 0.055) / 1.055) ** 2.4
    return np.where(channels <= _LINEAR_UNTIL, channels / _SLOPE, bright)


def channels_of(lights: Floats) -> Floats:
    """Return the channels of that much light each, of floats of 0..1."""
    import numpy as np  # noqa: PLC0415 - options are read without it

    bright = 1.055 * lights ** (1 / 2.4) - 0.055
    return np.where(lights <= _LIGHT_THERE, _SLOPE * lights, bright)

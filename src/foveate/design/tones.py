"""Colours as the eye sees them, in OKLCH, and how well they are told apart, by WCAG 2.2.

Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.options.colours import Colour
from foveate.options.srgb import from_light, to_light

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONES: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_CONES_OF_LAB: Final = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_LIGHT: Final = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_CHROMAS: Final = 20
"""Steps in which chroma is given up where sRGB has not so much of it."""
_SLACK: Final = 1e-6
_LIGHTNESSES: Final = 100
"""Steps of lightness that are tried."""


def _product(rows: Sequence[Sequence[float]], column: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, column, strict=True)) for row in rows]


def oklab(value: Colour) -> tuple[float, float, float]:
    """Return lightness 0..1, and how red and how yellow, from -0.4 to 0.4."""
    light = [to_light(channel / 255) for channel in value.rgb]
    lightness, a, b = _product(_LAB, [math.cbrt(each) for each in _product(_CONES, light)])
    return lightness, a, b


def of_oklab(lightness: float, a: float, b: float, alpha: float = 1.0) -> Colour:
    """Return the colour of a lightness and two axes, as much of it as sRGB has."""
    lightness = min(1.0, max(0.0, lightness))
    kept = next(
        share / _CHROMAS
        for share in range(_CHROMAS, -1, -1)
        if share == 0 or _fits(lightness, a * share / _CHROMAS, b * share / _CHROMAS)
    )
    red, green, blue = (round(255 * from_light(e)) for e in _lights(lightness, a * kept, b * kept))
    return Colour(red, green, blue, alpha)


def _lights(lightness: float, a: float, b: float) -> list[float]:
    return _product(_LIGHT, [each**3 for each in _product(_CONES_OF_LAB, (lightness, a, b))])


def _fits(lightness: float, a: float, b: float) -> bool:
    return all(-_SLACK <= each <= 1 + _SLACK for each in _lights(lightness, a, b))


def with_lightness(value: Colour, lightness: float) -> Colour:
    """Return a colour as light as told, its hue kept, as much of its chroma as sRGB has there."""
    _, a, b = oklab(value)
    return of_oklab(lightness, a, b, value.alpha)


def chroma(value: Colour) -> float:
    """Return how far a colour is from grey.

    >>> round(chroma(Colour(128, 128, 128)), 3), chroma(Colour(255, 0, 0)) > 0.2
    (0.0, True)
    """
    _, a, b = oklab(value)
    return math.hypot(a, b)


def distance(one: Colour, other: Colour) -> float:
    """Return how far two colours are from each other: 0.02 is just seen, black from white 1."""
    return math.dist(oklab(one), oklab(other))


def over(top: Colour, below: Colour) -> Colour:
    """Return what is seen of a colour that is laid over one that is not transparent.

    >>> over(Colour(255, 255, 255, 0.5), Colour(0, 0, 0))
    Colour(red=128, green=128, blue=128, alpha=1.0)
    """
    red, green, blue = (
        round(a * top.alpha + b * (1 - top.alpha)) for a, b in zip(top.rgb, below.rgb, strict=True)
    )
    return Colour(red, green, blue)


def luminance(value: Colour) -> float:
    """Return WCAG's relative luminance, 0..1."""
    red, green, blue = (to_light(channel / 255) for channel in value.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast of two colours that are not transparent, 1..21.

    >>> round(contrast(Colour(0, 0, 0), Colour(255, 255, 255)))
    21
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def worst(value: Colour, below: Sequence[Colour]) -> float:
    """Return the least contrast of a colour with any of those that it is laid over; 21 over none.

    >>> round(worst(Colour(0, 0, 0), [Colour(255, 255, 255), Colour(128, 128, 128)]), 2)
    5.32
    """
    return min((contrast(over(value, each), each) for each in below), default=21.0)


def readable(value: Colour, below: Sequence[Colour], least: float) -> Colour | None:
    """Return the colour nearest in lightness that is told apart from all others; None for none.

    Its hue stays, and its chroma where sRGB has it. One that is transparent may become opaque.

    >>> readable(Colour(160, 160, 160), [Colour(255, 255, 255)], 4.5)
    Colour(red=116, green=116, blue=116, alpha=1.0)
    """
    start = oklab(value)[0]
    steps = (step / _LIGHTNESSES for step in range(_LIGHTNESSES + 1))
    lightnesses = sorted(steps, key=lambda lightness: abs(lightness - start))
    for alpha in dict.fromkeys((value.alpha, 1.0)):
        for lightness in lightnesses:
            found = replace(with_lightness(value, lightness), alpha=alpha)
            if worst(found, below) >= least:
                return found
    return None

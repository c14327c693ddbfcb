"""Colours as people speak of them: named, lighter and darker as the eye sees it, in OKLCH.

Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.options.colours import Colour, colour, colour_text
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
STEP: Final = 0.1
"""Of lightness, 0..1, by which something is darker or lighter where nobody says by how much."""
_SHADE: Final = 0.18
_SPECIAL: Final = {"cream": "#fff3d6", "gray": "#808080", "magenta": "#ff00ff"}
_EPSILON: Final = 1e-6


def _product(rows: Sequence[Sequence[float]], column: Sequence[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, column, strict=True)) for row in rows]


def oklab(value: Colour) -> tuple[float, float, float]:
    """Return lightness 0..1, and how red and how yellow, from -0.4 to 0.4."""
    light = [to_light(channel / 255) for channel in value.rgb]
    lightness, a, b = _product(_LAB, [math.cbrt(each) for each in _product(_CONES, light)])
    return lightness, a, b


def _of_oklab(lightness: float, a: float, b: float, alpha: float) -> Colour:
    cones = [each**3 for each in _product(_CONES_OF_LAB, (lightness, a, b))]
    red, green, blue = (round(255 * from_light(each)) for each in _product(_LIGHT, cones))
    return Colour(red, green, blue, alpha)


def _fits(lightness: float, a: float, b: float) -> bool:
    light = _product(_LIGHT, [each**3 for each in _product(_CONES_OF_LAB, (lightness, a, b))])
    return all(-_EPSILON <= each <= 1 + _EPSILON for each in light)


def with_lightness(value: Colour, lightness: float) -> Colour:
    """Return a colour as light as told, its hue kept, as much of its chroma as sRGB has there."""
    lightness = min(1.0, max(0.0, lightness))
    _, a, b = oklab(value)
    kept = next(
        share / 20 for share in range(20, -1, -1)
        if share == 0 or _fits(lightness, a * share / 20, b * share / 20)
    )  # fmt: skip
    return _of_oklab(lightness, a * kept, b * kept, value.alpha)


def lighter(value: Colour, by: float) -> Colour:
    """Return a colour that is lighter by a share of all lightness; darker by one below 0."""
    return with_lightness(value, oklab(value)[0] + by)


def distance(one: Colour, other: Colour) -> float:
    """Return how far two colours are from each other: 0.02 is just seen, black from white 1."""
    return math.dist(oklab(one), oklab(other))


def named(name: str, shade: str = "") -> Colour:
    """Return the colour of a name of the tables, darker or lighter where that is said.

    >>> named("blue", "dark"), named("yellow", "light")
    (Colour(red=0, green=0, blue=139, alpha=1.0), Colour(red=255, green=255, blue=224, alpha=1.0))
    """
    plain = colour(_SPECIAL.get(name, name))
    if not shade:
        return plain
    try:
        return colour(f"{shade}{name}")
    except ValueError:
        return lighter(plain, -_SHADE if shade == "dark" else _SHADE)


def luminance(value: Colour) -> float:
    """Return WCAG's relative luminance, 0..1."""
    red, green, blue = (to_light(channel / 255) for channel in value.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast of two colours, 1..21.

    >>> round(contrast(colour("black"), colour("white")))
    21
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def spoken(value: Colour) -> str:
    """Return how a colour is written in an answer."""
    return colour_text(value)

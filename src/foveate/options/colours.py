"""Colours: how CSS writes them, what they are in sRGB, and their canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tinycss2.color4 import Color, parse_color  # type: ignore[import-untyped]

from foveate.options.model import BLURRED
from foveate.options.srgb import from_light
from foveate.options.values import MAX_TEXT, expected

_MAX_SOURCE: Final = 2048


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour: red, green and blue 0..255, alpha 0..1."""

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    @property
    def rgb(self) -> list[float]:
        """Return the three channels without alpha."""
        return [self.red, self.green, self.blue]

    @property
    def rgba(self) -> list[float]:
        """Return the four channels of a pixel, alpha as 0..255 too."""
        return [*self.rgb, round(self.alpha * 255)]


WHITE: Final = Colour(255, 255, 255)


# Linear sRGB from CIE XYZ, a row a channel. CSS gives lab() and lch() against D50, the rest against
# D65, so the first matrix carries the Bradford adaptation.
_FROM_XYZ: Final = {
    "xyz-d50": (
        (3.1341359, -1.6173860, -0.4906623),
        (-0.9787955, 1.9162544, 0.0334427),
        (0.0719554, -0.2289768, 1.4053860),
    ),
    "xyz-d65": (
        (3.2409699, -1.5373832, -0.4986108),
        (-0.9692436, 1.8759675, 0.0415551),
        (0.0556301, -0.2039770, 1.0569715),
    ),
}
_XYZ_OF: Final = {
    "lab": "xyz-d50",
    "lch": "xyz-d50",
    "xyz-d50": "xyz-d50",
    "oklab": "xyz-d65",
    "oklch": "xyz-d65",
    "xyz-d65": "xyz-d65",
}


def _channels(css: Color) -> tuple[float, ...] | None:
    """Return red, green and blue in 0..1 and beyond, or None for a space that we do not read."""
    if css.space in {"srgb", "hsl", "hwb"}:
        return tuple(css.to("srgb").coordinates)
    if css.space == "srgb-linear":
        return tuple(from_light(light or 0.0) for light in css.coordinates)
    if css.space not in _XYZ_OF:
        return None
    xyz = css.to(_XYZ_OF[css.space])
    rows = _FROM_XYZ[xyz.space]
    return tuple(
        from_light(sum(a * b for a, b in zip(row, xyz.coordinates, strict=True))) for row in rows
    )


def _byte(channel: float) -> int:
    return round(min(1.0, max(0.0, channel)) * 255)


def colour(text: str) -> Colour:
    """Return a CSS colour, clipped to sRGB: hex, a name, rgb(), hsl(), hwb(), lab(), oklch(), ...

    >>> colour("#f80"), colour("rgb(0 0 255 / 50%)")
    (Colour(red=255, green=136, blue=0, alpha=1.0), Colour(red=0, green=0, blue=255, alpha=0.5))
    """
    problem = expected("a CSS colour such as #ff8800, tomato or rgb(255 136 0 / 50%)", text)
    if len(text) > MAX_TEXT:
        raise problem
    try:
        css = parse_color(text)
        channels = _channels(css) if isinstance(css, Color) else None
        red, green, blue = map(_byte, channels or ())
    except (ValueError, ArithmeticError):  # rgb(1e999 ...), lab(1e200 ...), color()
        raise problem from None
    return Colour(red, green, blue, float(css.alpha))


def colour_text(value: Colour) -> str:
    """Return the canonical text that `colour` reads back exactly.

    >>> colour_text(Colour(255, 136, 0)), colour_text(Colour(0, 0, 0, 0.5))
    ('#ff8800', 'rgba(0,0,0,0.5)')
    """
    red, green, blue = value.rgb
    if value.alpha == 1:
        return f"#{red:02x}{green:02x}{blue:02x}"
    return f"rgba({red},{green},{blue},{value.alpha})"


def backdrop(text: str) -> Colour | str:
    """Return what stands behind a subject: a colour, the word `blur`, or the key of a source.

    >>> backdrop("Blur"), backdrop("photos/beach.jpg")
    ('blur', 'photos/beach.jpg')
    """
    if text.strip().lower() == BLURRED:
        return BLURRED
    try:
        return colour(text)
    except ValueError:
        if not is_source(text):
            what = "blur, a CSS colour, or a source such as photos/beach.jpg, percent-encoded"
            raise expected(what, text) from None
    return text


def is_source(text: str) -> bool:
    """Return whether a text may be the key of a source: a URL cannot say one that ends in a comma.

    >>> [is_source(text) for text in ("brand/logo.png", "logo", "logo.png,")]
    [True, False, False]
    """
    named = "." in text and not text.endswith(",") and text.isprintable()
    return named and len(text) <= _MAX_SOURCE


def backdrop_text(value: Colour | str) -> str:
    """Return the canonical text that `backdrop` reads back."""
    return value if isinstance(value, str) else colour_text(value)

"""What judges say of colours: how near two are, which is darker, what lies behind a text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from foveate.design.scene.model import Line, Painted, Role, Text
from foveate.design.scene.paint import Linear, Radial, Solid
from foveate.options.colours import Colour, colour
from foveate.options.srgb import to_light

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.scene.model import Block
    from foveate.design.scene.paint import Fill
    from foveate.design.tasks.views import Placed

NEAR: Final = 0.14
"""In OKLab: two blues that people call by one name are as far from each other."""
SAME: Final = 0.02
_LMS: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def oklab(value: Colour) -> tuple[float, ...]:
    """Return lightness 0..1, and two differences of colour."""
    light = [to_light(channel / 255) for channel in value.rgb]
    cones = [math.cbrt(sum(a * b for a, b in zip(row, light, strict=True))) for row in _LMS]
    return tuple(sum(a * b for a, b in zip(row, cones, strict=True)) for row in _LAB)


def near(one: Colour, wanted: str, *, new: bool = True) -> bool:
    """Return whether a colour is what people mean by a CSS colour; an old one has to be that."""
    return math.dist(oklab(one), oklab(colour(wanted))) <= (NEAR if new else SAME)


def luminance(value: Colour) -> float:
    """Return WCAG's relative luminance, 0..1."""
    red, green, blue = (to_light(channel / 255) for channel in value.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast, 1..21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def colours_of(fill: Fill | None) -> list[Colour]:
    """Return the colours of a fill; none of a picture."""
    if isinstance(fill, Solid):
        return [fill.colour]
    return [stop.colour for stop in fill.stops] if isinstance(fill, Linear | Radial) else []


def main_colours(block: Block) -> list[Colour]:
    """Return by what colours people call a block: those of its inside, or its letters or line."""
    filled = colours_of(block.fill) if isinstance(block, Painted) else []
    if filled:
        return filled
    if isinstance(block, Text):
        return [block.colour]
    if isinstance(block, Line | Painted) and block.stroke:
        return [block.stroke.colour]
    return []


def lightness(block: Block) -> float:
    """Return the mean lightness, 0..1, of what a block is painted with."""
    found = [oklab(each)[0] for each in main_colours(block)]
    return sum(found) / len(found) if found else 0.0


def behind(views: Mapping[str, Placed], name: str) -> list[Colour]:
    """Return the colours on which a text stands: its own fill's, or of what it lies on."""
    text = views[name]
    own = colours_of(text.block.fill) if isinstance(text.block, Painted) else []
    below = [
        colours_of(each.block.fill)
        for other, each in views.items()
        if other != name
        and isinstance(each.block, Painted)
        and (each.painted < text.painted or each.block.role is Role.BACKGROUND)
        and each.holds(text.middle)
    ]
    return next(filter(None, [own, *reversed(below), colours_of(text.page.fill)]), [])

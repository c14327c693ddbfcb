"""Words over a picture: set by the painter of designs, and laid on as any overlay is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.drawing.raster import draw
from foveate.design.drawing.remarks import Matter
from foveate.design.drawing.text import MOST_SIZE, measure
from foveate.design.scene.model import Align, Fit, Page, Run, Text
from foveate.design.scene.paint import Shadow, Solid
from foveate.errors import BadOption
from foveate.imaging.colour import in_gamut
from foveate.imaging.decode import to_memory
from foveate.options.colours import Colour
from foveate.options.model import Overlay, TransformOptions
from foveate.options.values import shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.design.drawing.text import Measured
    from foveate.geometry.box import Size
    from foveate.imaging import Image
    from foveate.options.laid import Lettering
    from foveate.service.fonts import Fonts

WORDS: Final = ("words",)
"""Words as they were set, as one request remembers them."""
PIXEL_BYTES: Final = 12
"""As they are painted, not premultiplied, and as the overlay."""
IN_BOX: Final = 1 / 3
"""Of the letters' size: between them and the edge of a box, where nobody says how much."""
SHADOW: Final = (0.04, 0.25)
"""How far down a shadow lies and how soft it is, of the letters' size."""
MOST_BLUR: Final = 400.0
"""Pixels of a shadow."""


@dataclass(frozen=True, slots=True)
class Lettered:
    """Words that were set, ready to be laid over a picture."""

    overlay: tuple[Overlay, Image]
    unseen: str = ""
    """What should be known of letters that no font has; empty where all are there."""


def lettered(asked: Lettering, canvas: Size, options: TransformOptions, fonts: Fonts) -> Lettered:
    """Return words as an overlay of a picture of that size.

    Raises BadOption where they have no room, UnknownFont, FontsMissing, BadInstallation.
    """
    text = block_of(asked, canvas, options)
    measured = measure(text, fonts.typefaces)
    if not measured.fits:
        raise BadOption(
            f"Expected words that have room in {canvas}, got {shown(asked.words)}: "
            "make the picture larger, or the letters or the margin smaller."
        )
    box = hugged(text, measured)
    around = reach(box)
    page = Page(
        id="text",
        width=box.width + 2 * around,
        height=box.height + 2 * around,
        fill=None,
        blocks=(replace(box, x=float(around), y=float(around)),),
    )
    drawn = draw(page, fonts.typefaces, no_pictures)
    away = round(asked.margin * options.dpr) - around
    overlay = Overlay(url="", options=TransformOptions(), **asked.place.edges(away))
    lacking = [each.sentence for each in measured.remarks if each.matter is Matter.GLYPHS]
    image = to_memory(drawn.image()).copy(interpretation="srgb")
    return Lettered((overlay, image), "; ".join(lacking).rstrip("."))


def block_of(asked: Lettering, canvas: Size, options: TransformOptions) -> Text:
    """Return words as a block of a design that has all the room of a picture."""
    margin = asked.margin * options.dpr
    size = asked.size * (canvas.height if isinstance(asked.size, float) else options.dpr)
    size = min(max(size, 1.0), MOST_SIZE)
    padding = asked.padding
    usual = size * IN_BOX if asked.background else 0.0
    column = next((word for word in asked.place.split("-") if word in {"left", "right"}), "center")
    ink, behind = (_ink(each, options) for each in (asked.colour, asked.background))
    down, soft = (min(share * size, MOST_BLUR) for share in SHADOW)
    shade = Shadow(y=down, blur=soft, colour=Colour(0, 0, 0, asked.shadow))
    return Text(
        id="text",
        width=max(canvas.width - 2 * margin, 1.0),
        height=max(canvas.height - 2 * margin, 1.0),
        runs=(Run(text=asked.words),),
        font=asked.font,
        size=size,
        weight=asked.weight,
        colour=ink or asked.colour,
        align=Align(column),
        fit=Fit.SHRINK,
        padding=float(round(usual if padding is None else padding * options.dpr)),
        fill=Solid(behind) if behind else None,
        shadow=shade if asked.shadow else None,
    )


def hugged(text: Text, measured: Measured) -> Text:
    """Return a text whose box is no larger than its letters and what lies around them."""
    return replace(
        text,
        width=float(math.ceil(measured.width) + 1) + 2 * text.padding,
        height=float(math.ceil(measured.height)) + 2 * text.padding,
        size=measured.size,
        fit=Fit.NONE,
    )


def reach(text: Text) -> int:
    """Return how far beyond its box a text is seen, in whole pixels: its shadow, and overhangs."""
    shade = text.shadow
    cast = shade.blur + abs(shade.y) if shade else 0.0
    return math.ceil(cast + text.size / 4)


def no_pictures(
    src: str,
    options: str,  # noqa: ARG001
    width: int,  # noqa: ARG001
    height: int,  # noqa: ARG001
) -> NDArray[np.uint8]:
    """Raise BadOption: words have no pictures."""
    raise BadOption(f"Expected words alone, got the picture {shown(src)}.")


def _ink(colour: Colour | None, options: TransformOptions) -> Colour | None:
    return colour and in_gamut(colour, options.gamut)

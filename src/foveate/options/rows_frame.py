"""The rows on the frame: how the picture lies, what is cut off and what is put around."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.options.colours import colour, colour_text
from foveate.options.nested import (
    TRIM,
    border_colour,
    border_edges,
    trim_border,
    trim_edge,
    trim_size,
)
from foveate.options.option import Option, Slot, held_in
from foveate.options.values import (
    PIXELS,
    PIXELS_OR_NONE,
    corners,
    corners_text,
    one_of,
    whole,
)

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

_TURNS: Final = {"0": 0, "90": 90, "180": 180, "270": 270, "360": 0}


def _flip_slot() -> Slot:
    """Return the slot of the one word that stands for two yes/no fields."""
    words = {"h": (True, False), "v": (False, True), "hv": (True, True), "vh": (True, True)}
    read = one_of(words)
    name_of = {flips: word for word, flips in reversed(words.items())}

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        horizontal, vertical = read(text)
        return replace(options, flip_horizontal=horizontal, flip_vertical=vertical)

    def show(options: TransformOptions) -> str | None:
        return name_of.get((options.flip_horizontal, options.flip_vertical))

    return Slot(apply, show)


ORIENTATION: Final = (
    Option(
        name="flip",
        usage="flip=h|v|hv",
        values="`h`, `v`, `hv`",
        default="none",
        help="Mirror left to right, top to bottom, or both. Comes before `rotate`.",
        slot=_flip_slot(),
    ),
    Option(
        name="rotate",
        usage="rotate=90|180|270",
        values="0, 90, 180, 270, 360",
        default="0",
        help="Turn clockwise by that many degrees, before resizing: width and height are those of "
        "the turned picture.",
        slot=held_in("rotate", one_of(_TURNS)),
    ),
)

TRIMMING: Final = (
    Option(
        name="trim",
        usage="trim=TOP;RIGHT;BOTTOM;LEFT or trim=border",
        values=f"four of {PIXELS_OR_NONE}, or `border`",
        default="none",
        help="Cut off that many pixels (times dpr) before everything else, or a border of one "
        "colour.",
        slot=TRIM,
    ),
    *(
        Option(
            name=f"trim.{side}",
            usage=f"trim.{side}=PIXELS",
            values=PIXELS_OR_NONE,
            default="0",
            help=f"Cut off that many pixels at the {side} edge.",
            slot=trim_edge(side),
        )
        for side in ("top", "right", "bottom", "left")
    ),
    *(
        Option(
            name=f"trim.{name}",
            usage=f"trim.{name}=PIXELS",
            values=PIXELS,
            default="the rest",
            help=f"Keep that {name}, counted from the {side} edge after trimming it.",
            slot=trim_size(name),
        )
        for name, side in (("width", "left"), ("height", "top"))
    ),
    Option(
        name="trim.border.color",
        usage="trim.border.color=COLOUR",
        values="a CSS colour",
        default="that of the corner",
        help="The colour of the border that `trim=border` cuts off.",
        slot=trim_border("colour", colour, colour_text),
    ),
    Option(
        name="trim.border.tolerance",
        usage="trim.border.tolerance=DISTANCE",
        values="0 to 255",
        default="10",
        help="How far from that colour still is border; 0 is exactly that colour.",
        slot=trim_border("tolerance", whole(0, 255)),
    ),
    Option(
        name="trim.border.keep",
        usage="trim.border.keep=PIXELS",
        values=PIXELS_OR_NONE,
        default="0",
        help="Leave that many pixels of the border.",
        slot=trim_border("keep", whole(0)),
    ),
)

BORDER: Final = (
    Option(
        name="border.color",
        usage="border.color=COLOUR",
        values="a CSS colour",
        default="black",
        help="The colour of a frame drawn around the finished picture. "
        "Cloudflare has `border` in Workers only; the URL form is Foveate's own.",
        slot=border_colour(colour, colour_text),
    ),
    Option(
        name="border.width",
        usage="border.width=PIXELS",
        values=PIXELS_OR_NONE,
        default="0",
        help="The width of the frame on all sides, times dpr.",
        slot=border_edges("top", "right", "bottom", "left"),
    ),
    *(
        Option(
            name=f"border.{side}",
            usage=f"border.{side}=PIXELS",
            values=PIXELS_OR_NONE,
            default="as `border.width`",
            help=f"The width of the frame at the {side} edge, times dpr.",
            slot=border_edges(side),
        )
        for side in ("top", "right", "bottom", "left")
    ),
    Option(
        name="radius",
        usage="radius=LENGTH or radius=TOP-LEFT;TOP-RIGHT;BOTTOM-RIGHT;BOTTOM-LEFT",
        values=f"one or four of {PIXELS_OR_NONE}, a fraction up to 1 or per cent",
        default="0",
        help="Foveate's own. Round the corners of the finished picture, frame and overlays "
        "included: by pixels, times dpr, or by a share of each side, as CSS does; 0.5 is an "
        "ellipse. Where a format has none for what is transparent, and where there is a "
        "`background`, the corners are of that colour.",
        slot=held_in("radius", corners, corners_text),
    ),
)

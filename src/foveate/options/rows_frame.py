"""The rows on where pixels lie: size, crop, orientation, what is cut off and what is put around."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from foveate.options.model import Fit, Gravity, GravityKind, TransformOptions, Upscale
from foveate.options.nested import (
    TRIM,
    WIDTH,
    auto_width,
    border_colour,
    border_edges,
    trim_border,
    trim_edge,
    trim_size,
)
from foveate.options.option import Option, Slot, held_in
from foveate.options.values import (
    BOX_CENTRE,
    MAX_PIXELS,
    SIDES,
    breakpoints,
    colour,
    colour_text,
    faces,
    gravity,
    if_any,
    length,
    number,
    one_of,
    text_of,
    whole,
)

PIXELS: Final = f"1 to {MAX_PIXELS}"
PIXELS_OR_NONE: Final = f"0 to {MAX_PIXELS}"

_FITS: Final = {fit.value: fit for fit in Fit}
_TURNS: Final = {"0": 0, "90": 90, "180": 180, "270": 270, "360": 0}
_UPSCALES: Final = {kind.value: kind for kind in Upscale}
_ADAPTS: Final = {"box": "box", "fit": "fit"}
_SIDE_NAMES: Final = {point: name for name, point in SIDES.items()}


def _gravity_text(value: Gravity) -> str:
    if value.point is None:
        return value.kind.value
    if value.kind is GravityKind.SIDE:
        return _SIDE_NAMES[value.point]
    before = BOX_CENTRE if value.kind is GravityKind.BOX_CENTRE else ""
    return f"{before}{text_of(value.point.x)}x{text_of(value.point.y)}"


def _height(text: str) -> int | None:
    return None if text.strip().lower() == "auto" else if_any(whole(1))(text)


def _widths_text(values: tuple[int, ...]) -> str:
    return ";".join(map(str, values))


SIZE: Final = (
    Option(
        name="width",
        aliases=("w",),
        usage="width=PIXELS or width=auto",
        values=f"{PIXELS}, `auto`",
        default="as the source",
        help="Target width; `fit` says how it is met. With one side given, the other follows. "
        "`auto` picks one of `wbreakpoints` from the client's hints; 0 is as not given.",
        slot=WIDTH,
    ),
    Option(
        name="wbreakpoints",
        usage="wbreakpoints=PIXELS;PIXELS;...",
        values=f"{PIXELS}, separated by `;`",
        default="`320;768;960;1200`",
        help="What `width=auto` chooses from: the first that is at least viewport width x dpr.",
        slot=auto_width("breakpoints", breakpoints, _widths_text),
    ),
    Option(
        name="wmobile",
        usage="wmobile=PIXELS",
        values=PIXELS,
        default="768",
        help="What `width=auto` means for a phone that sends no hints.",
        slot=auto_width("mobile", whole(1)),
    ),
    Option(
        name="wdesktop",
        usage="wdesktop=PIXELS",
        values=PIXELS,
        default="1200",
        help="What `width=auto` means for other clients that send no hints.",
        slot=auto_width("desktop", whole(1)),
    ),
    Option(
        name="height",
        aliases=("h",),
        usage="height=PIXELS",
        values=f"{PIXELS}, `auto`",
        default="as the source",
        help="Target height; `fit` says how it is met. `auto` and 0 are as not given.",
        slot=held_in("height", _height),
    ),
    Option(
        name="dpr",
        usage="dpr=FACTOR",
        values="0.01 to 100",
        default="1",
        help="Device pixel ratio: multiplies width, height, `trim` and `border`. "
        "Clamped to the setting `limits.max_dpr`.",
        slot=held_in("dpr", number(0.01, 100)),
    ),
    Option(
        name="fit",
        usage=f"fit={'|'.join(_FITS)}",
        values=", ".join(f"`{name}`" for name in _FITS),
        default="`scale-down`",
        help="How the picture meets the box. `scale-down` never enlarges, `contain` may; `cover` "
        "fills the box and crops; `crop` is `cover` for larger and `scale-down` for smaller "
        "pictures; `aspect-crop` crops to the ratio and never enlarges; `pad` adds `background`; "
        "`squeeze` distorts; `scale-up` never shrinks. Foveate's own: `pad-down` and "
        "`squeeze-down` never enlarge, `outside` makes the whole picture at least as large as the "
        "box.",
        slot=held_in("fit", one_of(_FITS)),
    ),
    Option(
        name="adapt",
        usage="adapt=box|fit",
        values="`box`, `fit`",
        default="none",
        help="Foveate's own. Where the picture stands and the box of `width` x `height` lies, or "
        "the other way round: `box` turns the box, `fit` shows the whole picture in it uncut.",
        slot=held_in("adapt", one_of(_ADAPTS)),
    ),
    Option(
        name="upscale",
        usage="upscale=interpolate|generate",
        values="`interpolate`, `generate`",
        default="`interpolate`",
        help="How a picture is enlarged. `generate` needs a network that is not part of this "
        "version.",
        slot=held_in("upscale", one_of(_UPSCALES)),
    ),
)

CROP: Final = (
    *(
        Option(
            name=f"crop.{name}",
            usage=f"crop.{name}=PIXELS or crop.{name}=SHARE",
            values=f"{PIXELS}, or a fraction up to 1.0",
            default="all of it",
            help=f"Foveate's own. Keep that much of the {name} of the turned source, where "
            "`gravity` says, before `width`, `height` and `fit` see it. Without those nothing is "
            "scaled.",
            slot=held_in(f"crop_{name}", length),
        )
        for name in ("width", "height")
    ),
    Option(
        name="gravity",
        aliases=("g",),
        usage="gravity=face|auto|attention|entropy|center|left|right|top|bottom|XxY|box-center:XxY",
        values="`face`, `auto`, `attention`, `entropy`, `center`, `left`, `right`, `top`, "
        "`bottom`, `XxY`, `box-center:XxY` (each 0 to 1)",
        default="`center`",
        help="What a cropping fit keeps: the faces, what draws the eye, a side, or the place at "
        "X of the width and Y of the height: that place of the crop lies on that place of the "
        "picture or, after `box-center:`, the middle of the crop does. `attention` and `entropy` "
        "are libvips' own quick guesses, without a network.",
        slot=held_in("gravity", gravity, _gravity_text),
    ),
    Option(
        name="zoom",
        aliases=("face-zoom",),
        usage="zoom=SHARE",
        values="0 to 1",
        default="0",
        help="0 keeps as much background as possible. With `gravity=face` and a face found, 1 is "
        "as tight as the box around the faces; with `gravity=auto`, as tight as what draws the "
        "eye.",
        slot=held_in("zoom", number(0, 1)),
    ),
    Option(
        name="faces",
        usage="faces=all|largest|COUNT",
        values="`all`, `largest`, 1 to 1000",
        default="`all`",
        help="Foveate's own. Which faces `gravity=face` keeps; a number means that many of the "
        "largest.",
        slot=held_in("faces", faces),
    ),
)


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
)

ROWS: Final = (*SIZE, *CROP, *ORIENTATION, *TRIMMING, *BORDER)

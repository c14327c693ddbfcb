"""The rows on size: how large the answer is, and what of the picture is in it."""

from __future__ import annotations

from typing import Final

from foveate.options.gravities import gravity, gravity_text
from foveate.options.model import Fit, Upscale
from foveate.options.nested import WIDTH, auto_width
from foveate.options.option import Option, held_in
from foveate.options.subjects import faces, faces_text
from foveate.options.values import (
    PIXELS,
    breakpoints,
    counted,
    if_any,
    length,
    number,
    one_of,
    whole,
)

_FITS: Final = {fit.value: fit for fit in Fit}
_UPSCALES: Final = {kind.value: kind for kind in Upscale}
_ADAPTS: Final = {"box": "box", "fit": "fit"}


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
        usage=f"upscale={'|'.join(_UPSCALES)}",
        values=", ".join(f"`{name}`" for name in _UPSCALES),
        default="`interpolate`",
        help="How a picture is enlarged. `generate` lets a network do it where the answer is "
        "larger than the source, and takes out what JPEG left; Foveate's own `clean` takes that "
        "out of answers of about the source's size as well. Larger ones than the setting "
        "`limits.max_upscale_pixels` allows are refused.",
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
        usage="gravity=face|auto|object|object:CLASS|object:CLASS:WEIGHT|text|attention|entropy|"
        "center|left|right|top|bottom|XxY|box-center:XxY",
        values="`face`, `auto`, `object`, `object:CLASS`, `object:CLASS:WEIGHT` (several with `|` "
        "between them; [classes](../guides/objects.md#classes)), `text`, `attention`, `entropy`, "
        "`center`, `left`, `right`, `top`, `bottom`, `XxY`, `box-center:XxY` (each 0 to 1)",
        default="`center`",
        help="What a cropping fit keeps: the faces, what draws the eye, a side, or the place at "
        "X of the width and Y of the height: that place of the crop lies on that place of the "
        "picture or, after `box-center:`, the middle of the crop does. `object` keeps the things "
        "that are found, or those of the classes that are named, `dog|dining-table`; a weight, 0 "
        "to 1000 and usually 1, makes one matter more. `text` keeps as many lines of text as "
        "fit, the largest first, and cuts none of the 40 largest. `attention` and `entropy` are "
        "libvips' own quick guesses, without a network.",
        slot=held_in("gravity", gravity, gravity_text),
    ),
    Option(
        name="zoom",
        aliases=("face-zoom",),
        usage="zoom=SHARE",
        values="0 to 1",
        default="0",
        help="0 keeps as much background as possible. With `gravity=face`, `object` or `text`, 1 "
        "is as tight as the box around the faces, things or lines, where some are found; with "
        "`gravity=auto`, as tight as what draws the eye.",
        slot=held_in("zoom", number(0, 1)),
    ),
    Option(
        name="faces",
        usage="faces=all|largest|COUNT|subject:NAME",
        values="`all`, `largest`, 1 to 1000, `subject:NAME`, `subject:COLLECTION/NAME`; several "
        "subjects with `;` between them",
        default="`all`",
        help="Foveate's own. Which faces `gravity=face` keeps; a number means that many of the "
        "largest, `subject:` those of people who are enrolled in the face index.",
        slot=held_in("faces", faces, faces_text),
    ),
    Option(
        name="objects",
        usage="objects=all|largest|COUNT",
        values="`all`, `largest`, 1 to 1000",
        default="`all`",
        help="Foveate's own. Which things of its classes `gravity=object` keeps; a number means "
        "that many of the largest.",
        slot=held_in("objects", counted),
    ),
)

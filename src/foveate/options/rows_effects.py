"""The rows on masks, and on what is done where they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.options.colours import colour, colour_text
from foveate.options.effects import Duotone, Touch
from foveate.options.masks import targets, targets_text
from foveate.options.nested import detail
from foveate.options.option import Option, Slot, without
from foveate.options.values import expected, flag, number, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.options.model import TransformOptions
    from foveate.options.option import Reader, Writer

_NOTHING: Final = Touch()
_FACTOR: Final = number(0, 1000)
_TARGETS: Final = (
    "`subject`, `face`, `object:CLASS`, `depth:NEAR:FAR`, `ellipse:XxYxRXxRY`, "
    "`line:XxYxXxY`, `select:ID`; several with `|` between them; "
    "[targets](../guides/effects.md#masks)"
)


def _slot(name: str, read: Reader, write: Writer = text_of) -> Slot:
    held = detail("touch", _NOTHING, name, read, write)

    def apply(options: TransformOptions, text: str) -> TransformOptions:
        """Options that say that nothing is to be changed are those that say nothing."""
        made = held.apply(options, text)
        return replace(made, touch=None) if made.touch == _NOTHING else made

    return Slot(apply, held.show)


def _length(most: float) -> Callable[[str], float | None]:
    return without(number(0, most), 0)


def _duotone(text: str) -> Duotone:
    shadows, colon, lights = text.partition(":")
    if not colon:
        raise expected("two CSS colours with a colon between them, such as navy:%23ffd9a0", text)
    return Duotone(colour(shadows.strip()), colour(lights.strip()))


def _duotone_text(value: Duotone) -> str:
    return f"{colour_text(value.shadows)}:{colour_text(value.lights)}"


EFFECTS: Final = (
    Option(
        name="mask",
        usage="mask=TARGET|TARGET",
        values=_TARGETS,
        default="the subject for cut-outs, the whole picture for effects",
        help="Foveate's own. Which part of the picture `segment=foreground` cuts out, and effects "
        "change. Places are shares of the upright original, whatever is cut off of it. "
        "In animations what was seen is followed; shapes, and masks by an id, stay where they are.",
        slot=_slot("mask", targets, targets_text),
    ),
    Option(
        name="effect.mask",
        usage="effect.mask=TARGET|TARGET",
        values="as `mask`",
        default="what `mask` says",
        help="Foveate's own. Which part effects change, where that is another one.",
        slot=_slot("own", targets, targets_text),
    ),
    Option(
        name="effect.invert",
        usage="effect.invert=true|false",
        values="`true`, `false`",
        default="`false`",
        help="Foveate's own. Effects change all but what the mask says.",
        slot=_slot("invert", flag),
    ),
    Option(
        name="effect.feather",
        usage="effect.feather=THOUSANDTHS",
        values="0 to 250",
        default="0",
        help="Foveate's own. How softly effects end at the edge of the mask, in thousandths of the "
        "answer's longer side, as all lengths of effects are: each size of a picture looks alike.",
        slot=_slot("feather", number(0, 250)),
    ),
    Option(
        name="effect.lens",
        usage="effect.lens=THOUSANDTHS",
        values="0 to 100",
        default="0",
        help="Foveate's own. Out of focus as by a lens: the radius of the disc that a point "
        "becomes, in thousandths of the longer side. Nothing outside of the mask bleeds into it.",
        slot=_slot("lens", _length(100)),
    ),
    Option(
        name="effect.blur",
        usage="effect.blur=THOUSANDTHS",
        values="0 to 250",
        default="0",
        help="Foveate's own. A soft blur with about that radius, in thousandths of the longer "
        "side.",
        slot=_slot("blur", _length(250)),
    ),
    Option(
        name="effect.pixelate",
        usage="effect.pixelate=THOUSANDTHS",
        values="0 to 500",
        default="0",
        help="Foveate's own. Squares of that side, in thousandths of the longer side. It is for "
        "looks: `redact` is what hides for good.",
        slot=_slot("pixelate", _length(500)),
    ),
    Option(
        name="effect.brightness",
        usage="effect.brightness=FACTOR",
        values="0 to 1000",
        default="1",
        help="Foveate's own. As `brightness`: 0.5 is half as bright, 2 twice; 0 changes nothing.",
        slot=_slot("brightness", without(_FACTOR, 0, 1)),
    ),
    Option(
        name="effect.contrast",
        usage="effect.contrast=FACTOR",
        values="0 to 1000",
        default="1",
        help="Foveate's own. As `contrast`; 0 changes nothing.",
        slot=_slot("contrast", without(_FACTOR, 0, 1)),
    ),
    Option(
        name="effect.saturation",
        usage="effect.saturation=FACTOR",
        values="0 to 1000",
        default="1",
        help="Foveate's own. As `saturation`: 0 is without colour, 2 twice as colourful.",
        slot=_slot("saturation", without(_FACTOR, 1)),
    ),
    Option(
        name="effect.grayscale",
        usage="effect.grayscale=true|false",
        values="`true`, `false`",
        default="`false`",
        help="Foveate's own. Black and white, each colour as bright as it was.",
        slot=_slot("grayscale", flag),
    ),
    Option(
        name="effect.duotone",
        usage="effect.duotone=COLOUR:COLOUR",
        values="two CSS colours, percent-encoded, of the shadows and of the lights",
        default="none",
        help="Foveate's own. Two colours, and what lies between them, in place of all others.",
        slot=_slot("duotone", _duotone, _duotone_text),
    ),
    Option(
        name="effect.tint",
        usage="effect.tint=COLOUR",
        values="a CSS colour, percent-encoded; its alpha is the strength",
        default="none",
        help="Foveate's own. Shades of one colour: shadows stay dark, and lights light.",
        slot=_slot("tint", colour, colour_text),
    ),
    Option(
        name="effect.sharpen",
        usage="effect.sharpen=STRENGTH",
        values="0 to 10",
        default="0",
        help="Foveate's own. Sharpen edges as fine as a thousandth of the longer side, or a pixel.",
        slot=_slot("sharpen", without(number(0, 10), 0)),
    ),
)

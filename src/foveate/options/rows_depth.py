"""The rows on what is near and what is far: refocus and light."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.options.focus import focus, focus_text
from foveate.options.model import Refocus
from foveate.options.nested import detail
from foveate.options.option import Option, Slot, held_in, without
from foveate.options.values import number

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

_USUAL: Final = Refocus()


def _refocus(options: TransformOptions, text: str) -> TransformOptions:
    return replace(options, refocus=replace(options.refocus or _USUAL, at=focus(text)))


def _refocus_text(options: TransformOptions) -> str | None:
    return None if options.refocus is None else focus_text(options.refocus.at)


DEPTH: Final = (
    Option(
        name="refocus",
        usage="refocus=XxY|face|auto",
        values="`auto`, `face`, or a place from `0x0` to `1x1` of the upright source",
        default="none",
        help="Foveate's own. Blur what is nearer and farther than what is named, as a lens does. "
        "`auto` keeps every face sharp, else the subject, else what is near and draws the eye. "
        "Weaker where the depth is unsure. Animations keep in focus who is in their first frame.",
        slot=Slot(_refocus, _refocus_text),
    ),
    Option(
        name="refocus.aperture",
        usage="refocus.aperture=F-NUMBER",
        values="1.4 to 16",
        default="2.8",
        help="Foveate's own. As on a lens: the smaller, the more blur.",
        slot=detail("refocus", _USUAL, "aperture", number(1.4, 16)),
    ),
    Option(
        name="light",
        usage="light=AMOUNT",
        values="0 to 1",
        default="0",
        help="Foveate's own. Darken what is far, and lift what is near.",
        slot=held_in("light", without(number(0, 1), 0)),
    ),
)

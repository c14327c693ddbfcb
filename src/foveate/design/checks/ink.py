"""Where on its page the letters of a text are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.fonts.scripts import right_to_left
from foveate.design.scene.model import Align, Text, VAlign
from foveate.design.tree import on_page, within
from foveate.errors import FontsMissing, UnknownFont
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from foveate.design.ports import Extent, Measures
    from foveate.design.tree import Spot

_DOWN: Final = {VAlign.TOP: 0.0, VAlign.MIDDLE: 0.5, VAlign.BOTTOM: 1.0}
_ACROSS: Final = {Align.LEFT: 0.0, Align.JUSTIFY: 0.0, Align.CENTER: 0.5, Align.RIGHT: 1.0}


def letters(spot: Spot, measures: Measures | None, language: str) -> Box:
    """Return the box on its page of a text's letters; that of the block where nobody measures."""
    text = spot.block
    if not isinstance(text, Text) or measures is None:
        return spot.box
    try:
        got = measures(text, language)
    except (UnknownFont, FontsMissing):
        return spot.box
    return on_page(_inked(text, got), within(spot.plane, text))


def _inked(text: Text, got: Extent) -> Box:
    width, height = max(got.width, 1.0), max(got.height, 1.0)
    across, down = text.width - 2 * text.padding, text.height - 2 * text.padding
    left = text.padding + (across - width) * _across(text)
    top = text.padding + (down - height) * _DOWN[text.valign]
    return Box(left, top, width, height)


def _across(text: Text) -> float:
    """Return where lines stand: 0 at the left, 1 at the right."""
    if text.align in {Align.START, Align.END}:
        return float(right_to_left(text.words) == (text.align is Align.START))
    return _ACROSS[text.align]

"""Texts of other sizes: how wide and high letters become, and how small they may be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.design.scaling import letters
from foveate.design.scene.model import Align, Fit, Role, Text, VAlign
from foveate.design.scene.units import POINTS
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from foveate.design.ports import Extent, Measures
    from foveate.design.scene.model import Block

LEAST_POINTS: Final = {Role.LEGAL: 5.0, Role.TITLE: 10.0}
"""Sizes below which letters are not made smaller, in points of the design's inch."""
MOST_LIFTED: Final = 1.6
"""Times the size that they have beside others: small letters do not become larger than titles."""
USUAL_POINTS: Final = 6.5
ROOM: Final = 1e5
"""Pixels in which any text stands without a break."""
SHORT: Final = 14
"""Letters of a text that stays on one line."""
WHOLE: Final = frozenset({Role.PRICE, Role.LOGO, Role.BUTTON})
"""What stays on one line, however long."""
NEEDED: Final = WHOLE | {Role.TITLE}
"""What has to be read, however small all else becomes."""
EAST_ASIAN: Final = 3.0
"""Characters that such a text has in a line, at least."""
AIR: Final = 1.02
"""Widths are so many times those that letters need: fonts round."""
_ACROSS: Final = {Align.CENTER: 0.5, Align.RIGHT: 1.0, Align.END: 1.0}
_DOWN: Final = {VAlign.MIDDLE: 0.5, VAlign.BOTTOM: 1.0}


@dataclass(frozen=True, slots=True)
class Lettering:
    """Measures texts, each of a size and width once."""

    measures: Measures
    lang: str
    dpi: float
    _kept: dict[Text, Extent] = field(default_factory=dict)

    def extent(self, text: Text) -> Extent:
        """Return how large a text becomes in its box."""
        if text not in self._kept:
            self._kept[text] = self.measures(text, self.lang)
        return self._kept[text]

    def ink(self, text: Text) -> Box:
        """Return the box of a text's letters on its page, and at least a line of it."""
        got = self.extent(text)
        width, height = max(got.width, 1.0), max(got.height, 1.0)
        room_x, room_y = text.width - 2 * text.padding, text.height - 2 * text.padding
        left = text.x + text.padding + (room_x - width) * self.across(text)
        top = text.y + text.padding + (room_y - height) * _DOWN.get(text.valign, 0.0)
        return Box(left, top, width, height)

    def across(self, text: Text) -> float:
        """Return where lines stand: 0 at the left, 1 at the right."""
        from_right = self.lang.split("-")[0] in {"ar", "he", "fa", "ur"}
        if from_right and text.align in {Align.START, Align.END}:
            return 0.0 if text.align is Align.END else 1.0
        return _ACROSS.get(text.align, 0.0)

    def fitted(self, text: Text, by: float) -> Text:
        """Return a text with letters of `by` times the size that they have in their box."""
        drawn = self.extent(text).size / text.size
        least = self.least(text) / (text.size * drawn)
        # Letters that were smaller than the least stay as small, and are not enlarged by it.
        most = 1.0 if text.role in NEEDED else min(MOST_LIFTED * by, 1.0)
        by = max(by, min(least, most))
        return replace(text, **letters(text, drawn * by), fit=Fit.NONE)

    def scale(self, block: Block, by: float) -> float:
        """Return how many times as large a block of one shape becomes: a button has to be read."""
        if not isinstance(block, Text) or block.role not in NEEDED:
            return by
        return max(by, min(self.least(block) / self.extent(block).size, 1.0))

    def least(self, text: Text) -> float:
        """Return the size below which letters of a text are not made smaller."""
        points = LEAST_POINTS.get(text.role, USUAL_POINTS)
        return points * self.dpi / POINTS

    def longest(self, text: Text) -> float:
        """Return the width that a text needs for no word to be broken, its padding with it.

        A short one stays on one line; characters of East Asia may part anywhere.
        """
        if text.role in WHOLE or len(text.words) <= SHORT:
            return self.line(text)
        got = self.extent(replace(text, width=ROOM, height=ROOM, fit=Fit.NONE)).longest
        if any(unicodedata.east_asian_width(letter) in "WF" for letter in text.words):
            got = max(got, EAST_ASIAN * text.size)
        return _roomy(got, text)

    def line(self, text: Text) -> float:
        """Return the width of a text of which no line is broken."""
        got = self.extent(replace(text, width=ROOM, height=ROOM, fit=Fit.NONE)).width
        return _roomy(got, text)

    def height(self, text: Text, width: float) -> float:
        """Return the height of a text of a width."""
        laid = replace(text, width=width, height=ROOM)
        return self.extent(laid).height + 2 * text.padding


def _roomy(width: float, text: Text) -> float:
    return width * AIR + 2 * text.padding + 1.0

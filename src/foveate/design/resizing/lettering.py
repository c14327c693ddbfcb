"""Texts of other sizes: how wide and high letters become, and how small they may be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.design.scaling import letters
from foveate.design.scene.model import Align, Fit, Group, Role, Text, VAlign
from foveate.design.scene.units import POINTS
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.design.ports import Extent, Measures
    from foveate.design.scene.model import Block, Run

LEAST_POINTS: Final = {Role.LEGAL: 5.0, Role.TITLE: 10.0}
"""Sizes below which letters are not made smaller, in points of the design's inch."""
MOST_LIFTED: Final = 1.6
"""Times the size that they have beside others: small letters do not become larger than titles."""
USUAL_POINTS: Final = 6.5
ROOM: Final = 1e5
"""Pixels in which any text stands without a break."""
SHORT: Final = 14
"""Letters of a text that stays on one line."""
NUMBERED: Final = 32
"""The same of one that is mostly digits, as a telephone or a price, or an address."""
_ADDRESS: Final = re.compile(r"\S+[.@]\S+")
WHOLE: Final = frozenset({Role.PRICE, Role.LOGO, Role.BUTTON})
"""What stays on one line, however long."""
NEEDED: Final = WHOLE | {Role.TITLE}
"""What has to be read, however small all else becomes."""
EAST_ASIAN: Final = 3.0
"""Characters that such a text has in a line, at least."""
AIR: Final = 1.02
"""Widths are so many times those that letters need: fonts round."""
MEASURED: Final = 100.0
"""The size at which lines are measured that nothing breaks."""
DIGITS: Final = 4
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

    def scale(self, blocks: Sequence[Block], by: float) -> float:
        """Return how many times as large blocks of one shape become: a button has to be read.

        Of several, or of a group, the largest letters.
        """
        texts = list(texts_of(blocks))
        if not texts:
            return by
        largest = max(texts, key=lambda text: self.extent(text).size)
        needed = largest.role in NEEDED
        if blocks == (largest,) and not needed:
            return by
        most = 1.0 if needed else min(MOST_LIFTED * by, 1.0)
        return max(by, min(self.least(largest) / self.extent(largest).size, most))

    def least(self, text: Text) -> float:
        """Return the size below which letters of a text are not made smaller."""
        points = LEAST_POINTS.get(text.role, USUAL_POINTS)
        return points * self.dpi / POINTS

    def longest(self, text: Text) -> float:
        """Return the width that a text needs for no word to be broken, its padding with it.

        A short one stays on one line, and so does a telephone, a price or an address; characters of
        East Asia may part anywhere.
        """
        if text.role in WHOLE or len(text.words) <= SHORT or _is_one(text.words):
            return self.line(text)
        got = self._free(text)[1]
        if any(unicodedata.east_asian_width(letter) in "WF" for letter in text.words):
            got = max(got, EAST_ASIAN * text.size)
        return _roomy(got, text)

    def line(self, text: Text) -> float:
        """Return the width of a text of which no line is broken."""
        return _roomy(self._free(text)[0], text)

    def _free(self, text: Text) -> tuple[float, float]:
        """Return the widths of a text of which no line is broken, and of its longest word.

        They are measured at one size: lines grow with their letters.
        """
        by = text.size / MEASURED
        alike = {**letters(text, 1 / by), "width": ROOM, "height": ROOM, "padding": 0.0}
        runs = tuple(_digits(run) for run in alike["runs"])
        spacing = round(alike["letter_spacing"], DIGITS)
        free = replace(
            text, **{**alike, "runs": runs, "letter_spacing": spacing, "size": MEASURED},
            x=0.0, y=0.0, fit=Fit.NONE,
        )  # fmt: skip
        got = self.extent(free)
        return got.width * by, got.longest * by

    def height(self, text: Text, width: float) -> float:
        """Return the height of a text of a width."""
        laid = replace(text, width=width, height=ROOM)
        return self.extent(laid).height + 2 * text.padding


def texts_of(blocks: Iterable[Block]) -> Iterator[Text]:
    """Yield the texts among blocks, and in their groups."""
    for block in blocks:
        if isinstance(block, Text):
            yield block
        elif isinstance(block, Group):
            yield from texts_of(block.blocks)


def _is_one(words: str) -> bool:
    """Return whether words are a telephone, a price or an address, and nothing else.

    >>> [_is_one(each) for each in ("030 / 123 45 67", "www.noon-days.example", "On 3 September")]
    [True, True, False]
    """
    letters_of = [letter for letter in words if letter.isalnum()]
    digits = sum(letter.isdigit() for letter in letters_of)
    numbered = 2 * digits > len(letters_of)
    return len(words) <= NUMBERED and (numbered or bool(_ADDRESS.fullmatch(words.strip())))


def _digits(run: Run) -> Run:
    size = None if run.size is None else round(run.size, DIGITS)
    spacing = None if run.letter_spacing is None else round(run.letter_spacing, DIGITS)
    return replace(run, size=size, letter_spacing=spacing)


def _roomy(width: float, text: Text) -> float:
    return width * AIR + 2 * text.padding + 1.0

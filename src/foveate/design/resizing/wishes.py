"""What each unit wants of its place, first across, and when that is known, down."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.design.resizing.parts import TOUCH, Kind, seen, spans
from foveate.design.scaling import letters
from foveate.design.scene.model import Pin, Role, Text

if TYPE_CHECKING:
    from foveate.design.resizing.lettering import Lettering
    from foveate.design.resizing.parts import Unit
    from foveate.geometry.box import Box

LEAST_PHOTO: Final = 0.22
"""Of the room's side, that a photo has at least."""
LEAST_SHARE: Final = 0.35
"""Of its own side, enlarged as letters are."""
WIDEST: Final = 2.4
TALLEST: Final = 0.5
"""Ratios of width to height that a photo has."""
LESS: Final = 0.6
"""Of the width that a table wants, that it has at least."""
AIRY: Final = 1.15
"""Times the letters that lie over it, that a photo has at least."""
HOLDS: Final = 1.5
"""Times the side of what lies over it, that a photo has at least."""
AROUND: Final = 1.4
"""Times the line that it says, that a button is wide."""
HALF: Final = 0.5
CENTRED: Final = 0.06
"""Of a room's width, by which the middle of what is centred may be off."""


CORNERED: Final = frozenset({Role.LOGO, Role.LEGAL})
"""What keeps to a corner stands at the top or at the bottom beside something higher."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One side of a unit, in pixels of the new page."""

    least: float
    wanted: float
    grows: bool = False
    """It takes what is left; others stay as they want to be."""
    fills: bool = False
    """It is as long as what it stands in, across its direction."""
    most: float = 1e6
    flush: bool = False
    """It runs to the edge of the page where it begins."""
    at: float = 0.0
    """Where it stands in what it stands in: 0 at the start, 1 at the end."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Knows what units want, at one size of letters."""

    lettering: Lettering
    room: Box
    """That units have on the new page."""
    old: Box
    """That they had."""
    by: float
    """How many times as large letters are."""

    def text(self, unit: Unit) -> Text:
        """Return the main block of a unit of words, its letters as they become."""
        assert isinstance(unit.main, Text)  # noqa: S101 - of its kind
        return self.lettering.fitted(unit.main, self.by)

    def across(self, unit: Unit) -> Wish:
        """Return what a unit wants of its width."""
        wanted = unit.box.width * self.by
        at = self._at(unit, horizontal=True)
        if unit.kind is Kind.WORDS:
            text = self.text(unit)
            line, longest = self.lettering.line(text), self.lettering.longest(text)
            # Lines that were broken may stay so, at about the same width.
            got = self.lettering.ink(unit.main).width if isinstance(unit.main, Text) else line
            return Wish(longest, max(min(line, got * self.by * 1.05), longest), fills=True, at=at)
        if unit.kind is Kind.PHOTO:
            room = min(self.room.width, WIDEST * self.room.height)
            least = max(LEAST_PHOTO * room, LEAST_SHARE * wanted, self._held(unit)[0])
            most = max(WIDEST * self.room.height, least)
            return Wish(
                min(least, wanted),
                wanted,
                grows=True,
                fills=True,
                most=most,
                at=at,
                flush=unit.own.left <= TOUCH,
            )
        if unit.kind is Kind.RULE:
            return Wish(min(wanted, self.room.width) * 0.3, wanted, fills=True, at=at)
        wide = unit.box.width * self.scale(unit)
        if unit.kind is Kind.TABLE:
            return Wish(wide * LESS, wide, at=at)
        grows = unit.grows.across
        return Wish(min(wide, self._around(unit)), wide, grows=grows, fills=grows, at=at)

    def _around(self, unit: Unit) -> float:
        """Return the width that a button has at least: of what it says, with air around it."""
        if not isinstance(unit.main, Text) or unit.beside or unit.main.rotation:
            return unit.box.width * self.scale(unit)
        text = replace(unit.main, **letters(unit.main, self.scale(unit)), padding=0.0)
        return AROUND * self.lettering.line(text) + 2 * unit.main.padding * self.by

    def scale(self, unit: Unit, width: float = math.inf) -> float:
        """Return how many times as large a unit of one shape becomes, in a width."""
        by = self.lettering.scale(unit.blocks, self.by)
        return min(by, width / unit.box.width) if unit.kind is Kind.TABLE else by

    def _held(self, unit: Unit) -> tuple[float, float]:
        """Return how wide and high a photo is at least for what lies over it."""
        wide = high = 0.0
        for block in unit.beside:
            box = seen(block, self.lettering)
            across, down = spans(unit.own, box)
            # A veil goes along with its photo; letters need no more than a little air.
            times = AIRY if isinstance(block, Text) else HOLDS
            wide = max(wide, 0.0 if across else times * box.width * self.by)
            high = max(high, 0.0 if down else times * box.height * self.by)
        return wide, high

    def down(self, unit: Unit, width: float) -> Wish:
        """Return what a unit of a width wants of its height."""
        at = self._at(unit, horizontal=False)
        if unit.kind is Kind.WORDS:
            height = self.lettering.height(self.text(unit), width)
            return Wish(height, height, at=at)
        wanted = unit.box.height * self.by
        if unit.kind is Kind.PHOTO:
            least = max(LEAST_PHOTO * self.room.height, width / WIDEST, self._held(unit)[1])
            most = max(width / TALLEST, least)
            return Wish(
                min(least, most),
                wanted,
                grows=True,
                fills=True,
                most=most,
                at=at,
                flush=unit.own.top <= TOUCH,
            )
        high = unit.box.height * self.scale(unit, width)
        return Wish(high, high, grows=unit.grows.down, fills=unit.grows.down, at=at)

    def _at(self, unit: Unit, *, horizontal: bool) -> float:
        """Return where a unit stands across: as it says, or as it stood."""
        start, middle, end = (
            (Pin.LEFT, Pin.CENTER, Pin.RIGHT) if horizontal else (Pin.TOP, Pin.MIDDLE, Pin.BOTTOM)
        )
        for pin, at in ((middle, 0.5), (start, 0.0), (end, 1.0)):
            if pin in unit.main.pin:
                return at
        if not horizontal:
            middle_y = unit.box.top + unit.box.height / 2 - self.old.top
            edge = 0.0 if middle_y < HALF * self.old.height else 1.0
            return edge if unit.main.role in CORNERED else HALF
        if unit.kind is Kind.TABLE and isinstance(unit.main, Text):
            return self.lettering.across(unit.main)
        before = unit.box.left - self.old.left
        after = self.old.right - unit.box.right
        if abs(before - after) < 2 * CENTRED * self.old.width:
            return 0.5
        return 0.0 if before < after else 1.0

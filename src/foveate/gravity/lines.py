"""Lines of text that crops about something else do not cut where they can spare them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.fit import Window
from foveate.geometry.windows import Kept, nearest_window
from foveate.gravity.heads import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.box import Box

MOST_LINES: Final = 40
"""Only so many, the largest, are spared: each costs places to look at."""


def whole_lines(lines: Sequence[Box], window: Window) -> list[Kept]:
    """Return the wish that no edge goes through lines, of those that the window can hold."""
    return [Kept.whole(line) for line in lines[:MOST_LINES] if fits(line, window)]


def sparing_text(
    within: Box, box: Box, lines: Sequence[Box], kept: Sequence[Box] = ()
) -> Box:
    """Return a crop shifted by the least so that its edges go through as few lines as can be.

    What it holds whole of `kept` stays in it.
    """
    if not lines:
        return box
    spared = whole_lines(lines, Window(box.width, box.height))
    return nearest_window(within, box, spared, [one for one in kept if box.contains(one)])

"""Lines of text that crops about something else do not cut where they can spare them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.geometry.fit import Window
from foveate.geometry.windows import Kept, nearest_window
from foveate.gravity.heads import fits

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LINES: Final = 40
"""Only so many, the largest, are spared: each costs places to look at."""
ROOMS: Final = (0.0, 0.04, 0.12, 0.3)
"""Around lines, in their heights, where that can be had: boxes are off by a pixel or two, a first
letter or a last may have been missed, and text at the very edge looks cut."""


def roomy(line: Box, within: Box, room: float = ROOMS[-1]) -> Box:
    """Return a line with a little room around it, as far as the picture reaches."""
    by = room * min(line.width, line.height)
    grown = Box(line.left - by, line.top - by, line.width + 2 * by, line.height + 2 * by)
    return within.overlap(grown) or line


def spared(lines: Sequence[Box], window: Window, within: Box) -> list[list[Kept]]:
    """Return the wish that no edge goes through lines, then that none comes near, or nearly so.

    Of those that the window can hold.
    """
    levels = ([roomy(line, within, room) for line in lines[:MOST_LINES]] for room in ROOMS)
    return [[Kept.whole(line) for line in some if fits(line, window)] for some in levels]


def sparing_text(within: Box, box: Box, lines: Sequence[Box], kept: Sequence[Box] = ()) -> Box:
    """Return a crop shifted by the least so that its edges go through, and near, few lines.

    What it holds whole of `kept` stays in it.
    """
    if not lines:
        return box
    groups = spared(lines, Window(box.width, box.height), within)
    return nearest_window(within, box, groups, [one for one in kept if box.contains(one)])

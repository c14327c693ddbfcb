"""Keep as much of the text as one crop can hold, and no line cut in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.box import Box
from foveate.geometry.windows import SummedMap, Wishes, best_window
from foveate.gravity.framing import Framing, zoomed
from foveate.gravity.heads import fits
from foveate.gravity.importance import covered
from foveate.gravity.lines import roomy, spared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.box import Size
    from foveate.geometry.fit import Window
    from foveate.gravity.framing import GravityStrategy
    from foveate.ports import GravityAnalysis

CELLS: Final = 96
"""Of the map of how much text lies where, along the longer side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundText:
    """Hold the most text; without any do as `fallback` does.

    With `zoom` 0 it is the largest window, with 1 it is as tight as the text.
    """

    fallback: GravityStrategy
    zoom: float = 0.0
    free: bool = False
    """Whether the crop may take any aspect ratio, because neither side was asked for."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the window inside `within` that holds the most text."""
        lines = [part for line in analysis.text() if (part := within.overlap(line)) is not None]
        if not lines:
            return replace(self.fallback.frame(within, window, analysis), fell_back=True)
        kept, size = together(lines, window), analysis.size
        union, around = Box.covering(kept), Box.covering(roomy(line, within) for line in kept)
        tight = zoomed(window, around, self.zoom, free=self.free)
        whole = [union] if fits(union, tight) else []
        wishes = Wishes(whole=whole, uncut=spared(lines, tight, within))
        box = best_window(written(lines, size), within, tight, wishes)
        return Framing(box=box, wanted=box, focus=union.centre(size), gravity="text")


def together(lines: Sequence[Box], window: Window) -> list[Box]:
    """Return the lines that one window can hold whole, each taken that fits beside those before it.

    Where it can hold none it is the first one.
    """
    held: list[Box] = []
    for line in lines:
        if fits(Box.covering([line, *held]), window):
            held.append(line)
    return held or [lines[0]]


def written(lines: Sequence[Box], size: Size) -> SummedMap:
    """Return how much of each place of a picture of `size` is covered by text."""
    small = size.within(CELLS)
    shape = (small.height, small.width)
    return SummedMap.of(np.maximum.reduce([covered(line, shape, size) for line in lines]), size)

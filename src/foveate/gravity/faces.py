"""Keep the heads: all that one crop can hold, as tight as `zoom` asks, and none cut in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from foveate.geometry.box import Box
from foveate.geometry.crop import centred, sparing
from foveate.gravity.framing import Framing, chosen, zoomed
from foveate.gravity.heads import fits, heads
from foveate.gravity.lines import sparing_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.fit import Window
    from foveate.gravity.framing import GravityStrategy
    from foveate.gravity.heads import Head
    from foveate.options.model import Faces
    from foveate.ports import GravityAnalysis


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundFaces:
    """Centre the crop on the box around the faces; without faces do as `fallback` does."""

    fallback: GravityStrategy
    which: Faces = "all"
    zoom: float = 0.0
    free: bool = False
    """Whether the crop may take any aspect ratio, because neither side was asked for."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the crop that keeps the heads whole wherever one exists."""
        people = heads(analysis.faces(), within)
        kept = self._kept(people, within, analysis)
        if not kept:
            return replace(self.fallback.frame(within, window, analysis), fell_back=True)
        # Who is kept is settled before it is zoomed: a tight window must not leave anybody out.
        crowd = together(kept, window)
        around = Box.covering(head.face for head in crowd)
        tight = zoomed(window, around, self.zoom, free=self.free)
        wanted = centred(tight, *around.middle)
        # A window smaller than any eyes cannot keep somebody whole: it shows the middle of a face.
        shown = people if crowd[0].largest_in(tight) else []
        others = [box for head in shown for box in (head.face, head.whole)]
        box = sparing(within, wanted, others, _whole(crowd))
        return Framing(
            box=sparing_text(within, box, analysis.known_text(), [*_whole(crowd), *others]),
            wanted=wanted,
            focus=around.centre(analysis.size),
            gravity="subject" if isinstance(self.which, tuple) else "face",
        )

    def _kept(
        self, people: Sequence[Head], within: Box, analysis: GravityAnalysis
    ) -> Sequence[Head]:
        if isinstance(self.which, tuple):
            return heads(analysis.faces_of(self.which), within)
        return chosen(people, self.which)


def together(people: Sequence[Head], window: Window) -> Sequence[Head]:
    """Return as many heads as one window can hold, the largest first; at least one.

    It holds the first one whole, if it can, and the faces of the others.
    """
    boxes = accumulate((head.face for head in people), _both, initial=people[0].largest_in(window))
    count = sum(1 for box in islice(boxes, 1, None) if fits(box, window))
    return people[: max(1, count)]


def _both(one: Box, other: Box) -> Box:
    return Box.covering([one, other])


def _whole(crowd: Sequence[Head]) -> list[Box]:
    """Return what must lie inside, first things first: all heads, the first one and all faces."""
    first, all_heads = crowd[0], Box.covering(head.head for head in crowd)
    faces = [
        Box.covering([own, *(head.face for head in crowd)])
        for own in (first.head, first.hair, first.face)
    ]
    return [all_heads, *faces, first.head, first.hair, first.face, first.eyes]

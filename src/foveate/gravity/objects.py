"""Keep things of some classes whole: all that one crop can hold, what matters most first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.classes import PERSON, Wanted, weight_of
from foveate.geometry.box import Box
from foveate.geometry.crop import centred, inside, sparing
from foveate.geometry.fit import Window
from foveate.gravity.bodies import top_of
from foveate.gravity.framing import Framing, chosen, zoomed
from foveate.gravity.heads import fits
from foveate.gravity.lines import sparing_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.gravity.framing import GravityStrategy
    from foveate.options.model import Objects
    from foveate.ports import GravityAnalysis
    from foveate.values import Thing

ROOM: Final = 0.06
"""Around a thing, as a share of its sides, that a crop leaves where it can: boxes may be tight."""


@dataclass(frozen=True, slots=True)
class KeptThing:
    """A thing as crops see it, in pixels of the upright source."""

    box: Box
    roomy: Box
    """With a little room around it, as far as the picture reaches."""
    weight: float
    score: float

    @property
    def mass(self) -> tuple[float, float]:
        """Return what it is sorted by: its class's weight first, then how large and sure it is."""
        return self.weight, self.box.area * self.score


def counted(things: Sequence[Thing], classes: Sequence[Wanted]) -> list[Thing]:
    """Return the things whose class counts, in their order."""
    return [thing for thing in things if weight_of(thing.label, classes) > 0]


def kept_of(
    things: Sequence[Thing], classes: Sequence[Wanted], which: Objects, within: Box
) -> list[KeptThing]:
    """Return what counts of some things inside a part of the picture, what matters most first.

    A thing of which a trim cuts off half is none.
    """
    inside_ = (
        (thing, part)
        for thing in counted(things, classes)
        if (part := within.overlap(thing.box)) and part.area > thing.box.area / 2
    )
    seen = [_kept(thing, part, classes, within) for thing, part in inside_]
    seen.sort(key=lambda thing: thing.box.area, reverse=True)
    return sorted(chosen(seen, which), key=lambda thing: thing.mass, reverse=True)


def _kept(thing: Thing, part: Box, classes: Sequence[Wanted], within: Box) -> KeptThing:
    across, down = ROOM * part.width, ROOM * part.height
    wide = Box(part.left - across, part.top - down, part.width + 2 * across, part.height + 2 * down)
    return KeptThing(
        part, within.overlap(wide) or part, weight_of(thing.label, classes), thing.score
    )


def together(things: Sequence[KeptThing], window: Window) -> list[KeptThing]:
    """Return the things that one window can hold, each taken that fits beside those before it.

    The first one is always among them.
    """
    held = [things[0]]
    for thing in things[1:]:
        if fits(Box.covering([thing.box, *(other.box for other in held)]), window):
            held.append(thing)
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundObjects:
    """Centre the crop on things of some classes; where there are none, do as `fallback` does."""

    fallback: GravityStrategy
    classes: tuple[Wanted, ...] = ()
    which: Objects = "all"
    zoom: float = 0.0
    free: bool = False
    """Whether the crop may take any aspect ratio, because neither side was asked for."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the crop that keeps the things whole wherever one exists."""
        seen = analysis.objects()
        things = kept_of(seen, self.classes, self.which, within)
        if not things:
            return replace(self.fallback.frame(within, window, analysis), fell_back=True)
        held = together(things, window)
        if not fits(held[0].box, window):
            return self._part_of(held[0], within, window, analysis)
        # What is kept is settled before it is zoomed: a tight window must not leave anything out.
        around = Box.covering(thing.box for thing in held)
        union = Box.covering(thing.roomy for thing in held)
        wanted = centred(zoomed(window, union, self.zoom, free=self.free), *around.middle)
        spared = [*(thing.box for thing in things), *heads_of(seen)]
        box = sparing(within, wanted, spared, _whole(held))
        return Framing(
            box=sparing_text(within, box, analysis.known_text(), [*_whole(held), *spared]),
            wanted=wanted,
            focus=around.centre(analysis.size),
            gravity="object",
        )

    def _part_of(
        self, thing: KeptThing, within: Box, window: Window, analysis: GravityAnalysis
    ) -> Framing:
        """Return the part of a thing too large for the window that holds the most looks."""
        across, down = max(window.width, thing.box.width), max(window.height, thing.box.height)
        near = inside(within, centred(Window(across, down), *thing.box.middle))
        return replace(self.fallback.frame(near, window, analysis), gravity="object")


def heads_of(things: Sequence[Thing]) -> list[Box]:
    """Return where the heads of people are that stand or sit, by their boxes."""
    people = (thing.box for thing in things if thing.label == PERSON)
    return [top for box in people if (top := top_of(box)) is not None]


def _whole(held: Sequence[KeptThing]) -> list[Box]:
    """Return what must lie inside, first things first: all of them, then the first one."""
    first = held[0]
    both = (Box.covering(thing.roomy for thing in held), Box.covering(thing.box for thing in held))
    return [*both, first.roomy, first.box]

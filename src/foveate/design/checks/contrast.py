"""Contrast: letters are told apart from what lies below them, as WCAG 2.2 has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.design.checks.ink import letters
from foveate.design.checks.model import Found, Severity
from foveate.design.scene.model import Group, Role, Run, Text
from foveate.design.scene.units import POINTS
from foveate.design.tones import readable, worst
from foveate.design.tree import painted, replaced, spots
from foveate.design.words.said import read
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.design.checks.model import Case, Looks
    from foveate.design.scene.model import Block, Page, Scene
    from foveate.design.tree import Spot
    from foveate.design.words.said import Said
    from foveate.geometry.box import Box

USUAL: Final = 4.5
LARGE: Final = 3.0
"""What letters need, and large ones."""
LARGE_POINTS: Final = 18.0
LARGE_BOLD_POINTS: Final = 14.0
BOLD: Final = 700
SLACK: Final = 0.05
LESS: Final = 0.85
"""By which contrast may miss what is needed, and of what it was, where that missed it already."""
LEVELS: Final = 32
"""Into which a channel is parted, so that few colours stand for a picture."""
SHARE: Final = 0.02
"""Of what lies below letters, that has a colour which counts."""
MOST: Final = 48
MOST_SAID: Final = 4000
"""Letters of a request in which colours are looked for."""
FADES: Final = "fade seethrough opaque"
"""Signs of a request for letters that are faded."""
FADED: Final = 0.25
"""Opacity, to which they may be then: what is less is not seen at all."""
EXEMPT: Final = frozenset({Role.LOGO, Role.DECORATION})
"""Of which WCAG asks nothing."""


@dataclass(frozen=True, slots=True)
class Lettered:
    """A text, and the colours below its letters."""

    spot: Spot
    text: Text
    below: tuple[Colour, ...]
    needed: float

    @property
    def colours(self) -> tuple[Colour, ...]:
        """Return those of its letters."""
        return tuple(dict.fromkeys(run.colour or self.text.colour for run in self.text.runs))

    @property
    def opacity(self) -> float:
        """Return that of its letters: its own, within that of the groups around it."""
        return math.prod(each.opacity for each in (self.text, *self.spot.groups))

    @property
    def contrast(self) -> float:
        """Return the least contrast of any of its letters."""
        return min(map(self.of, self.colours), default=21.0)

    def of(self, colour: Colour) -> float:
        """Return the least contrast of letters of a colour, as faded as they are."""
        return worst(replace(colour, alpha=colour.alpha * self.opacity), self.below)


def check(case: Case) -> Iterator[Found]:
    """Return texts that are told apart less than they have to be, and than they were."""
    old, said = lettered(case.before, case.looks), None
    for name, now in lettered(case.after, case.looks).items():
        before = old[name].contrast if name in old else now.needed
        if now.contrast < min(now.needed - SLACK, before * LESS):
            said = read(case.request[:MOST_SAID]) if said is None else said
            yield Found(
                name,
                f"The contrast of {name} is {now.contrast:.1f}:1: expected {now.needed:g}:1 at "
                "least, of its letters with all that lies below them.",
                Severity.WARNING if _is_meant(now, said) else Severity.ERROR,
            )


def _is_meant(now: Lettered, said: Said) -> bool:
    """Return whether all that is pale is as somebody said it, and seen all the same."""
    if now.opacity < 1 and said.cue(FADES):
        return now.opacity >= FADED
    named = {ink.colour for ink in said.inks}
    pale = {each for each in now.colours if now.of(each) < now.needed}
    return pale <= named and now.contrast >= LARGE - SLACK


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with letters as much lighter or darker as they need to be."""
    texts, old = lettered(case.after, case.looks), spots(case.before)
    made = {}
    for each in found:
        now = texts[each.block]
        if each.severity is Severity.WARNING:
            continue
        if now.opacity < 1:
            was = old[each.block].block.opacity if each.block in old else 1.0
            now = replace(now, text=replace(now.text, opacity=max(was, now.text.opacity)))
        if not now.spot.locked and (text := _told_apart(now)) is not None:
            made[each.block] = text
    return replaced(case.after, made)


def _told_apart(lettered: Lettered) -> Text | None:
    """Return a text in colours that are told apart; None where what is below has too many."""
    given: dict[Colour, Colour] = {}
    for colour in lettered.colours:
        enough = lettered.of(colour) >= lettered.needed
        found = colour if enough else readable(colour, lettered.below, lettered.needed)
        if found is None:
            return None
        given[colour] = found
    text = lettered.text
    runs = tuple(
        run if run.colour is None else replace(run, colour=given[run.colour]) for run in text.runs
    )
    return replace(text, colour=given.get(text.colour, text.colour), runs=runs)


def needed(text: Text, run: Run, dpi: float) -> float:
    """Return the contrast that letters need: less if they are large."""
    size = (run.size or text.size) * POINTS / dpi
    weight = text.weight if run.weight is None else run.weight
    return LARGE if size >= (LARGE_BOLD_POINTS if weight >= BOLD else LARGE_POINTS) else USUAL


def lettered(scene: Scene, looks: Looks) -> dict[str, Lettered]:
    """Return each text by its id, with the colours below it; none where nobody looks."""
    found: dict[str, Lettered] = {}
    if looks.below is None:
        return found
    for page in scene.pages:
        for spot in painted(page):
            text = spot.block
            if isinstance(text, Text) and text.role not in EXEMPT and text.words.strip():
                least = max(needed(text, run, scene.dpi) for run in text.runs)
                pixels = looks.below(under(page, spot), scene.lang)
                colours = colours_in(pixels, letters(spot, looks.measures, scene.lang), page)
                found[text.id] = Lettered(spot, text, colours, least)
    return found


def under(page: Page, spot: Spot) -> Page:
    """Return a page with what is painted before a text alone, and with its own box."""
    order = [each.block.id for each in painted(page)]
    before = set(order[: order.index(spot.block.id)])

    def kept(block: Block) -> Block | None:
        if isinstance(block, Group):
            return replace(block, blocks=tuple(b for b in map(kept, block.blocks) if b is not None))
        if isinstance(block, Text) and block.id == spot.block.id:
            return replace(block, runs=())
        return block if block.id in before else None

    return replace(page, blocks=tuple(b for b in map(kept, page.blocks) if b is not None))


def colours_in(pixels: NDArray[np.uint8], box: Box, page: Page) -> tuple[Colour, ...]:
    """Return the colours of a part of a page, the most frequent first."""
    height, width = pixels.shape[:2]
    across, down = width / page.width, height / page.height
    left, right = _within(box.left * across, box.right * across, width)
    top, bottom = _within(box.top * down, box.bottom * down, height)
    part = pixels[top:bottom, left:right].reshape(-1, 3)
    step = 256 // LEVELS
    binned, at, counts = np.unique(part // step, axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros((len(binned), 3))
    np.add.at(sums, at.reshape(-1), part)
    order = np.argsort(-counts, kind="stable")[:MOST]
    kept = [place for place in order if counts[place] >= SHARE * len(part)] or list(order[:1])
    return tuple(_colour(sums[place] / counts[place]) for place in kept)


def _within(start: float, end: float, size: int) -> tuple[int, int]:
    first = min(max(int(start), 0), size - 1)
    return first, max(min(int(np.ceil(end)), size), first + 1)


def _colour(channels: Sequence[float] | NDArray[np.float64]) -> Colour:
    red, green, blue = (round(float(each)) for each in channels)
    return Colour(red, green, blue)

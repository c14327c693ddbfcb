"""Contrast: letters are told apart from what lies below them, as WCAG 2.2 has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.design.checks.ink import letters
from foveate.design.checks.model import Found, Severity
from foveate.design.checks.seen import FEW, Changed, parts_of, under, without_letters
from foveate.design.scene.model import Blend, Role, Run, Text
from foveate.design.scene.units import POINTS
from foveate.design.tones import readable, worst
from foveate.design.tree import painted, replaced
from foveate.design.words.said import read
from foveate.options.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from foveate.design.checks.model import Case, Looks
    from foveate.design.checks.seen import Parts
    from foveate.design.scene.model import Page, Scene
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
AS_MUCH: Final = 0.97
"""Of the contrast that letters had, which counts as all of it."""
LEVELS: Final = 32
"""Into which a channel is parted, so that few colours stand for a picture."""
SHARE: Final = 0.02
"""Of what lies below letters, that has a colour which counts."""
MAIN: Final = (0.15, 0.4)
"""The same, where no letters are told apart from all of that."""
MOST: Final = 48
MOST_SAID: Final = 4000
"""Letters of a request in which colours are looked for."""
FADES: Final = "fade seethrough opaque"
"""Signs of a request for letters that are faded."""
FADED: Final = 0.25
"""Opacity, to which they may be then: what is less is not seen at all."""
HARDLY: Final = 1.5
"""Contrast below which letters are not seen, of whatever they are."""
EXEMPT: Final = frozenset({Role.LOGO, Role.DECORATION})
"""Of which WCAG asks nothing: only what could be read, and cannot any more, is said."""


@dataclass(frozen=True, slots=True)
class Lettered:
    """A text, and the colours below its letters."""

    spot: Spot
    text: Text
    below: tuple[Colour, ...]
    needed: float
    parts: Parts | None = None
    """Its letters as they are drawn; None where nobody draws them."""

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
        if self.parts is not None:
            return self.parts.contrast
        return min(map(self.of, self.colours), default=21.0)

    def of(self, colour: Colour) -> float:
        """Return the least contrast of letters of a colour, as faded as they are."""
        return worst(replace(colour, alpha=colour.alpha * self.opacity), self.below)


def check(case: Case) -> Iterator[Found]:
    """Return texts that are told apart less than they have to be, and than they were."""
    said = None
    for was, now in _changed(case):
        if now.contrast < expected(was, now) and is_worse(was, now):
            said = read(case.request[:MOST_SAID]) if said is None else said
            yield Found(
                now.text.id,
                f"The contrast of {now.text.id} is {now.contrast:.1f}:1: expected "
                f"{now.needed:g}:1 at least, of its letters with all that lies below them.",
                Severity.WARNING if _is_let(now, said) else Severity.ERROR,
            )


def expected(was: Lettered | None, now: Lettered) -> float:
    """Return the contrast below which letters are pale, by what they have to have and had."""
    before = was.contrast if was is not None else now.needed
    if now.text.role in EXEMPT and (was is None or before < now.needed):
        return 0.0
    # What is pale as it is gets no paler, change by change.
    return min(now.needed - SLACK, max(before * LESS, min(before * AS_MUCH, LARGE - SLACK)))


def is_worse(was: Lettered | None, now: Lettered, by: float = FEW) -> bool:
    """Return whether letters are read less well as a whole: some may be paler where most are not.

    In a design in which letters lie over others, they are so in one place or in another.
    """
    if was is None or was.parts is None or now.parts is None:
        return True
    return now.parts.legible(now.needed) < was.parts.legible(now.needed) - by


def _is_let(now: Lettered, said: Said) -> bool:
    """Return whether letters may be pale: as somebody said it, or where they are of a logo."""
    if now.text.role in EXEMPT and now.contrast >= HARDLY:
        return True
    if now.opacity < 1 and said.cue(FADES):
        return now.opacity >= FADED
    named = {ink.colour for ink in said.inks}
    pale = {each for each in now.colours if now.of(each) < now.needed}
    return bool(pale) and pale <= named and now.contrast >= LARGE - SLACK


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with letters as much lighter or darker as they need to be."""
    names = {each.block for each in found if each.severity is Severity.ERROR}
    made = {}
    for was, now in _changed(case):
        if now.text.id in names and not now.spot.locked:
            text = _told_apart(replace(now, text=_unfaded(now.text, was)))
            if text is not None:
                made[text.id] = text
    return replaced(case.after, made)


def _unfaded(text: Text, was: Lettered | None) -> Text:
    """Return a text as opaque as it was, and mixed as it was with what is below."""
    opacity, blend = (was.text.opacity, was.text.blend) if was else (1.0, Blend.NORMAL)
    return replace(text, opacity=max(opacity, text.opacity), blend=blend)


def _told_apart(pale: Lettered) -> Text | None:
    """Return a text in colours that are told apart; None where what is below has too many."""
    given: dict[Colour, Colour] = {}
    for colour in pale.colours:
        enough = pale.of(colour) >= pale.needed
        found = colour if enough else _readable(colour, pale)
        if found is None:
            return None
        given[colour] = found
    text = pale.text
    runs = tuple(
        run if run.colour is None else replace(run, colour=given[run.colour]) for run in text.runs
    )
    return replace(text, colour=given.get(text.colour, text.colour), runs=runs)


def _readable(colour: Colour, pale: Lettered) -> Colour | None:
    """Return the colour that is read on all that is below, or else on most of it."""
    grounds = [pale.below]
    if pale.parts is not None:
        grounds += [colours_of(pale.parts.bare, share) for share in MAIN]
    tried = (readable(colour, below, pale.needed) for below in dict.fromkeys(grounds))
    return next((found for found in tried if found is not None), None)


def needed(text: Text, run: Run, dpi: float) -> float:
    """Return the contrast that letters need: less if they are large."""
    size = (run.size or text.size) * POINTS / dpi
    weight = text.weight if run.weight is None else run.weight
    return LARGE if size >= (LARGE_BOLD_POINTS if weight >= BOLD else LARGE_POINTS) else USUAL


def _changed(case: Case) -> Iterator[tuple[Lettered | None, Lettered]]:
    """Yield texts that may be told apart otherwise than before, as they were and are."""
    if case.looks.below is None:
        return
    changed = Changed(case)
    for page in case.after.pages:
        for spot in painted(page):
            if is_lettered(spot) and changed(spot):
                was = changed.old.get(spot.block.id)
                had = _below(was, case.before, case.looks) if was and is_lettered(was) else None
                yield had, _below(spot, case.after, case.looks)


def is_lettered(spot: Spot) -> bool:
    """Return whether a block is a text that says something."""
    return isinstance(spot.block, Text) and bool(spot.block.words.strip())


def _below(spot: Spot, scene: Scene, looks: Looks) -> Lettered:
    return lettered(spot, under(spot.page, spot), scene, looks)


def all_lettered(scene: Scene, looks: Looks) -> Iterator[Lettered]:
    """Yield each text that has to be read, logos among them; none where nobody looks."""
    for page in scene.pages if looks.below is not None else ():
        for spot in painted(page):
            if is_lettered(spot) and spot.block.role is not Role.DECORATION:
                yield _below(spot, scene, looks)


def lettered(spot: Spot, page: Page, scene: Scene, looks: Looks) -> Lettered:
    """Return a text of a scene as it is on a page, which has all of its blocks or some."""
    text = spot.block
    assert isinstance(text, Text)  # noqa: S101 - `is_lettered`
    least = max(needed(text, run, scene.dpi) for run in text.runs)
    least = LARGE if text.role in EXEMPT else least
    parts = parts_of(page, spot, looks, scene.lang)
    if parts is not None:
        return Lettered(spot, text, colours_of(parts.bare), least, parts)
    if looks.below is None:
        return Lettered(spot, text, (), least)
    pixels = looks.below(without_letters(page, text.id), scene.lang)
    colours = colours_in(pixels, letters(spot, looks.measures, scene.lang), page)
    return Lettered(spot, text, colours, least)


def colours_in(pixels: NDArray[np.uint8], box: Box, page: Page) -> tuple[Colour, ...]:
    """Return the colours of a part of a page, the most frequent first."""
    height, width = pixels.shape[:2]
    across, down = width / page.width, height / page.height
    left, right = _within(box.left * across, box.right * across, width)
    top, bottom = _within(box.top * down, box.bottom * down, height)
    return colours_of(pixels[top:bottom, left:right].reshape(-1, 3))


def colours_of(part: NDArray[np.uint8], share: float = SHARE) -> tuple[Colour, ...]:
    """Return the colours of (n, 3) pixels, the most frequent first."""
    step = 256 // LEVELS
    binned, at, counts = np.unique(part // step, axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros((len(binned), 3))
    np.add.at(sums, at.reshape(-1), part)
    order = np.argsort(-counts, kind="stable")[:MOST]
    kept = [place for place in order if counts[place] >= share * len(part)] or list(order[:1])
    return tuple(_colour(sums[place] / counts[place]) for place in kept)


def _within(start: float, end: float, size: int) -> tuple[int, int]:
    first = min(max(int(start), 0), size - 1)
    return first, max(min(int(np.ceil(end)), size), first + 1)


def _colour(channels: Sequence[float] | NDArray[np.float64]) -> Colour:
    red, green, blue = (round(float(each)) for each in channels)
    return Colour(red, green, blue)

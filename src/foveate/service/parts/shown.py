"""How an answer shows its source: what hides things looks at it in the same way.

A face on its head is none to a network, nor is one in the dark or one squeezed to a quarter of its
width, nor one that is tiny beside the rest; but the answer may turn it, lighten it, stretch it
back, or show the part of the picture in which it is large.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import TURNS, Orientation
from foveate.imaging.pixels import from_array, to_array
from foveate.options.model import TransformOptions
from foveate.transform.steps.adjust import adjusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from foveate.service.parts.grounds import OnAnyGround
    from foveate.transform.plan import Plan

STRETCHED: Final = 1.5
"""From this ratio on a squeezed picture is looked at as it is squeezed: up to three times networks
find what there is, and from four times on they miss it."""
STEP: Final = 1.25
"""Stretches nearer to each other than that are looked at as one."""
CLOSER: Final = 1.3
"""A part is looked at by itself where a look at it is so many times finer than one at the whole."""
ROUND: Final = 16
"""A part is looked at up to lines that lie less than one of so many shares of its long side
further out, so that crops which nearly are the same are looked at once."""
ADJUSTED: Final = ("brightness", "contrast", "gamma", "saturation")


class Found(Protocol):
    """A face, a thing or a line of text, in pixels of the picture in which it was found."""

    def oriented(self, orientation: Orientation, size: Size) -> Found:
        """Return it in a picture of that size after turning."""
        ...

    def scaled(self, x: float, y: float) -> Found:
        """Return it in a picture enlarged by `x` times across and `y` times down."""
        ...

    def moved(self, x: float, y: float) -> Found:
        """Return it so far to the right, and down."""
        ...


F = TypeVar("F", bound=Found)
EVERYTHING: Final = Box(0, 0, 1, 1)


@dataclass(frozen=True, slots=True)
class Shown:
    """One way to show a picture, or a part of it; by default all of it as it is."""

    turns: int = 0
    """Quarters, clockwise. A mirror makes no difference to networks."""
    stretch: float = 1.0
    """How much wider than high its pixels become, before it is turned."""
    tone: tuple[float | None, ...] = ()
    """What was asked for of `ADJUSTED`; empty where that is nothing."""
    within: Box | None = None
    """The part that is shown, 0..1 of the upright picture; None for all of it."""

    @property
    def orientation(self) -> Orientation:
        """Return how it is turned."""
        return Orientation(turns=self.turns)

    def size(self, size: Size) -> Size:
        """Return the size at which a picture of that size shows as much."""
        across, down = self.stretch**0.5, self.stretch**-0.5
        if self.within is not None:
            across, down = across * self.within.width, down * self.within.height
        wide, high = max(1, round(size.width * across)), max(1, round(size.height * down))
        return self.orientation.size(Size(wide, high))

    @property
    def whole(self) -> Shown:
        """Return all of the picture as this shows a part of it."""
        return replace(self, within=None)

    def thumbnail(self, picture: OnAnyGround, size: Size) -> NDArray[np.uint8]:
        """Return the picture as it is shown, as (height, width, 3) RGB of that size."""
        part = {} if self.within is None else {"within": self.within}
        rgb = picture(self.orientation.inverse().size(size), **part)
        if self.tone:
            asked: dict[str, Any] = dict(zip(ADJUSTED, self.tone, strict=True))
            rgb = to_array(adjusted(from_array(rgb), replace(TransformOptions(), **asked)))
        return np.ascontiguousarray(np.rot90(rgb, -self.turns))

    def back(self, found: F, seen: Size, size: Size) -> F:
        """Return what was found in such a thumbnail of `seen`, in a picture of `size` as it is."""
        back = self.orientation.inverse()
        plain = back.size(seen)
        part = (self.within or EVERYTHING).scaled(size.width, size.height)
        placed = found.oriented(back, seen)
        scaled = placed.scaled(part.width / plain.width, part.height / plain.height)
        return scaled.moved(part.left, part.top)  # type: ignore[return-value]


AS_IT_IS: Final = Shown()


def ways(shown: Shown) -> tuple[Shown, ...]:
    """Return the ways to look at a picture that is shown so: as it is, and so if that differs."""
    as_stored = Shown(within=shown.within)
    return (as_stored,) if shown == as_stored else (as_stored, shown)


def looks(shown: Shown, size: Size, seen_at: Callable[[Size], Size]) -> tuple[Shown, ...]:
    """Return what to look at in a picture of that size: all of it, and the part that is shown.

    That only where whoever looks sees it so much finer by itself: `seen_at` says at what size
    they see a picture of some size.
    """
    if shown.within is None:
        return (shown,)
    part = Shown(within=shown.within).size(size)
    closer = _fineness(seen_at(part), part) / _fineness(seen_at(size), size)
    return (shown.whole, shown) if closer >= CLOSER else (shown.whole,)


def _fineness(seen: Size, size: Size) -> float:
    return max(seen.width / size.width, seen.height / size.height)


def part_of(window: Box, source: Size) -> Box:
    """Return the part of a picture that holds a window in its pixels, 0..1 and somewhat rounded.

    >>> part_of(Box(2405, 310, 290, 300), Size(3200, 3200)).scaled(3200)
    Box(left=2400.0, top=304.0, width=304.0, height=320.0)
    """
    step = max(1, 2 ** int(np.log2(max(window.width, window.height, ROUND) / ROUND)))
    left, top = window.left // step * step, window.top // step * step
    right, bottom = -(-window.right // step) * step, -(-window.bottom // step) * step
    part = Box(left, top, right - left, bottom - top).overlap(Box.of(source)) or Box.of(source)
    return part.scaled(1 / source.width, 1 / source.height)


def lying(shown: Shown) -> tuple[Shown, ...]:
    """Return the other ways up, in which nothing says that a picture is meant to be seen."""
    seen = {way.turns for way in ways(shown)}
    return tuple(replace(shown, turns=turns) for turns in range(TURNS) if turns not in seen)


def shown_by(options: TransformOptions, plan: Plan) -> Shown:
    """Return how options show what they leave of a picture."""
    across, down = plan.scale
    orientation, part = plan.orientation, part_of(plan.framing.box, plan.source)
    tone = tuple(_asked(options, name) for name in ADJUSTED)
    asked = any(value is not None for value in tone)
    # Mirrored and then turned shows what turned the other way does, mirrored.
    turns = (-orientation.turns if orientation.mirrored else orientation.turns) % TURNS
    within = None if part == EVERYTHING else part
    return Shown(turns, rounded(across / down), tone if asked else (), within)


def _asked(options: TransformOptions, name: str) -> float | None:
    """Return by how much a tone changes: in all of the picture, or by effects in some of it."""
    both = (getattr(options, name), getattr(options.touch, name, None))
    factors = [factor for factor in both if factor is not None]
    return prod(factors) if factors else None


def rounded(stretch: float) -> float:
    """Return how much of a stretch counts: none of a small one, and steps of a large one.

    >>> [round(rounded(stretch), 2) for stretch in (1.0, 0.7, 1.49, 4.0, 0.25)]
    [1.0, 1.0, 1.0, 3.81, 0.26]
    """
    if 1 / STRETCHED < stretch < STRETCHED:
        return 1.0
    return float(STEP ** round(np.log(stretch) / np.log(STEP)))


def remembered(picture: OnAnyGround) -> OnAnyGround:
    """Return what makes each thumbnail once, for looks that follow each other."""
    return lru_cache(maxsize=2)(picture)


def as_it_is(_: object, shown: Shown = AS_IT_IS) -> dict[str, Shown]:
    """Return the params of a part that hides something, where nobody says how it is shown."""
    return {"shown": shown}

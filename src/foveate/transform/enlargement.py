"""Whether a network enlarges what is kept of a picture, or cleans it, and how much that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import UpscaleTooLarge
from foveate.options.model import Upscale
from foveate.transform.layout import CLOSE

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions
    from foveate.settings import Limits
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan

NEARLY: Final = 1.25
"""A second pass for what the first leaves up to here loses, as measured, at five times the work."""
FOUR: Final = 4
"""Pixels that a pass makes of one."""
AVERAGED: Final = 0.5
"""Answers of up to this times the source are clean by being shrunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlargement:
    """What a network does to a part of a picture."""

    passes: int
    """How often it is doubled; 0 where it is cleaned and keeps its size."""
    area: float
    """Pixels of the source that are shown."""

    @property
    def looked_at(self) -> int:
        """Return how many pixels the network looks at, in all of its passes."""
        return math.ceil(self.area * (1 if self.passes <= 1 else 1 + FOUR))

    @property
    def made(self) -> int:
        """Return how many pixels come out of the last pass."""
        return math.ceil(self.area * (1, FOUR, FOUR * FOUR)[self.passes])


def enlargement(asked: Upscale, scale: float, area: float) -> Enlargement | None:
    """Return what is done for an answer of `scale` times the source, of which `area` is shown.

    None where nothing is. It is doubled once or twice, whichever first reaches the answer, and
    brought to its size then; beyond four times the source interpolation goes on.

    >>> enlargement(Upscale.GENERATE, 3.0, 100.0)
    Enlargement(passes=2, area=100.0)
    >>> enlargement(Upscale.GENERATE, 1.0, 100.0)
    >>> enlargement(Upscale.CLEAN, 1.0, 100.0)
    Enlargement(passes=0, area=100.0)
    """
    if asked is Upscale.INTERPOLATE:
        return None
    if scale > 1 + CLOSE:
        return Enlargement(passes=1 if scale <= 2 * NEARLY else 2, area=area)
    if asked is Upscale.CLEAN and scale > AVERAGED + CLOSE:
        return Enlargement(passes=0, area=area)
    return None


def planned(options: TransformOptions, plan: Plan) -> Enlargement | None:
    """Return what is done to what a plan keeps."""
    return enlargement(options.upscale, max(plan.scale), plan.framing.box.area)


def may_zoom(layout: Layout) -> bool:
    """Return whether only a look at the picture says how much of it is shown."""
    return layout.crops and layout.options.zoom > 0


def unzoomed(layout: Layout) -> Enlargement | None:
    """Return what is done where nothing zooms in."""
    window = layout.fitted.window
    return enlargement(layout.options.upscale, layout.scale, window.width * window.height)


def possible(layout: Layout) -> tuple[Enlargement, ...]:
    """Return the most of all that may be done: what is zoomed in on is smaller the larger it gets.

    Empty where nothing is.
    """
    asked, found = layout.options.upscale, unzoomed(layout)
    if asked is Upscale.INTERPOLATE or not may_zoom(layout):
        return (found,) if found else ()
    window, out = layout.fitted.window, layout.fitted.out
    zoomed = (
        enlargement(asked, scale, min(window.width * window.height, out.area / least**2))
        for scale, least in ((1.0, AVERAGED), (2.0, 1.0), (4.0, 2 * NEARLY))
    )
    return tuple(each for each in (found, *zoomed) if each)


def check_enlargement(found: Enlargement | None, limits: Limits, frames: int = 1) -> None:
    """Raise UpscaleTooLarge where a network would look at more pixels than it may."""
    most = limits.max_upscale_pixels
    if found is None or found.looked_at * frames <= most:
        return
    each = f" in each of {frames} frames" if frames > 1 else ""
    twice = ", those of a second pass among them" if found.passes > 1 else ""
    sentence = (
        f"Expected upscale to look at no more than {most} pixels (limits.max_upscale_pixels), got "
        f"{found.looked_at}{each}{twice}. Show a smaller part, or let upscale=interpolate enlarge."
    )
    raise UpscaleTooLarge(sentence, public=sentence)

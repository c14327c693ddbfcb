"""What a crop goes by where whoever looks at pictures is away, and how the answer says so."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.options.model import Gravity, GravityKind
from foveate.trace import (
    FACES_UNSEEN,
    HASTY,
    LOOK_ATTENTION,
    LOOK_CENTRE,
    LOOK_LOCAL,
    OVERLOOKED_UNSEEN,
)
from foveate.transform.layout import SEEN_FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.deadline import Deadline
    from foveate.errors import StageAway
    from foveate.rendition import Rendition
    from foveate.service.rendering import Rendering
    from foveate.trace import Trace
    from foveate.transform.plan import Plan

GLANCE_S: Final = 0.5
"""With less time than that left, not even libvips looks."""
HEADER: Final = "Foveate-Gravity"
SAID: Final[Mapping[str, str]] = {
    LOOK_ATTENTION: "away",
    LOOK_CENTRE: "away",
    LOOK_LOCAL: "local",
}
"""What the header says after the gravity, the worst first."""
_NOT_KEPT: Final = frozenset(
    {*(LOOK_ATTENTION, LOOK_CENTRE, FACES_UNSEEN, OVERLOOKED_UNSEEN, HASTY)}
)
"""After any of these an answer is good enough for now alone."""


def next_best(deadline: Deadline) -> tuple[GravityKind, str]:
    """Return what to crop by instead, and what that is called where it is counted."""
    if deadline.until - time.monotonic() >= GLANCE_S:
        return GravityKind.ATTENTION, LOOK_ATTENTION
    return GravityKind.CENTRE, LOOK_CENTRE


def planned_without(
    rendering: Rendering, planned: Callable[[Rendering], Plan], why: StageAway
) -> tuple[Rendering, Plan]:
    """Return the rendering, and its plan, by the next best gravity.

    Raises `why` where it is not for a crop that somebody looks: a face that nobody found would not
    be hidden.
    """
    options, layout = rendering.options, rendering.layout
    if options.gravity.kind not in SEEN_FIRST:
        raise why
    kind, what = next_best(rendering.pixels.deadline)
    options = replace(options, gravity=Gravity(kind))
    blind = replace(rendering, layout=replace(layout, options=options))
    plan = planned(blind)
    rendering.pixels.trace.fall_back(what)
    return blind, plan


def noted(made: Rendition, trace: Trace) -> Rendition:
    """Return an answer that says how it was looked at; one that is not good is not to be kept."""
    said = next((word for what, word in SAID.items() if what in trace.fallbacks), "")
    headers = dict(made.headers)
    if said and HEADER in headers:
        headers[HEADER] += f"; look={said}"
    provisional = not _NOT_KEPT.isdisjoint(trace.fallbacks)
    return replace(made, headers=headers, provisional=provisional)

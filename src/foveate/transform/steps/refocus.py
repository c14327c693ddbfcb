"""Blur what is nearer and farther than the focal plane."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.decode import to_memory
from foveate.imaging.lens import Away, refocused
from foveate.imaging.matte import planes_of
from foveate.transform.drawn_mask import placed_matte
from foveate.transform.scenery import radii

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.transform.state import State

    Map = NDArray[np.float32]


def refocus(state: State) -> State:
    """Blur each place as far as it is out of focus; what is in focus keeps every pixel."""
    asked, scenery, plan = state.options.refocus, state.scenery, state.plan
    if asked is None or scenery is None or scenery.plane is None:
        return state
    plane = scenery.plane
    radius = radii(plane, asked, scenery.strength, plan.source, max(plan.scale))
    grid = placed_matte(radius, plan)
    subject = None if plane.subject is None else placed_matte(plane.subject, plan)
    away = _away(planes_of(grid), None if subject is None else planes_of(subject).clip(0, 1))
    return replace(state, image=refocused(to_memory(state.image), away))


def _away(radius: Map, subject: Map | None) -> Away:
    """Return how far from focus places are: nothing is before a subject that hides it."""
    if subject is not None:
        radius = np.where(radius > 0, radius * (1 - subject), radius).astype(np.float32)
    return Away(radius, subject)

"""A frame around the finished picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.transform.steps.pad import embedded

if TYPE_CHECKING:
    from foveate.transform.state import State


def border(state: State) -> State:
    """Extend each edge by its width in the border's colour."""
    asked, edges = state.options.border, state.plan.border
    if asked is None or edges is None:
        return state
    size = state.plan.size
    framed = embedded(state.image, edges.left, edges.top, size.width, size.height, asked.colour)
    return replace(state, image=framed)

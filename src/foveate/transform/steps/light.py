"""Darken what is far, and lift what is near."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.imaging.along_edges import relit
from foveate.imaging.decode import to_memory
from foveate.imaging.matte import planes_of
from foveate.transform.drawn_mask import placed_matte

if TYPE_CHECKING:
    from foveate.transform.state import State

DARKER: Final = 2.0
"""Stops by which the farthest place is darkened at most."""
LIFTED: Final = 0.5
"""And by which the nearest one is lifted."""
TURN: Final = 0.65
"""Nearness at which light stays as it is."""


def light(state: State) -> State:
    """Change the light with depth, by as much as was asked for and as depth is sure."""
    asked, scenery = state.options.light, state.scenery
    if not asked or scenery is None:
        return state
    amount = asked * scenery.strength
    near = planes_of(placed_matte(scenery.nearness, state.plan))
    apart = near - TURN
    stops = amount * (apart.clip(0) / (1 - TURN) * LIFTED + apart.clip(None, 0) / TURN * DARKER)
    return replace(state, image=relit(to_memory(state.image), stops.astype(np.float32)))

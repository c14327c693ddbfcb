"""Bring every colour space to the one of the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.imaging.colour import to_srgb

if TYPE_CHECKING:
    from foveate.transform.state import State


def colour(state: State) -> State:
    """Apply the embedded profile; from here on there are 8 bits and 3 or 4 bands."""
    return replace(state, image=to_srgb(state.image, state.options.gamut))

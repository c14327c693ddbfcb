"""Put a colour behind what is transparent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.imaging.rounding import over

if TYPE_CHECKING:
    from foveate.transform.state import State


def background(state: State) -> State:
    """Flatten onto the background; a translucent background stays translucent."""
    fill, image = state.options.background, state.image
    if fill is None or not image.hasalpha():
        return state
    if fill.alpha >= 1:
        return replace(state, image=image.flatten(background=fill.rgb))
    behind = image.new_from_image(fill.rgba).copy(interpretation="srgb")
    return replace(state, image=over(behind, image))

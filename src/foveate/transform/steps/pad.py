"""Extend the canvas."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.options.colours import WHITE

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.options.colours import Colour
    from foveate.transform.state import State

OPAQUE = 255


def pad(state: State) -> State:
    """Centre the picture on its canvas; what is added has the background colour."""
    image, canvas = state.image, state.plan.canvas
    if (image.width, image.height) == (canvas.width, canvas.height):
        return state
    left, top = (canvas.width - image.width) // 2, (canvas.height - image.height) // 2
    fill = state.options.background or WHITE
    return replace(state, image=embedded(image, left, top, canvas.width, canvas.height, fill))


def embedded(image: Image, left: int, top: int, width: int, height: int, fill: Colour) -> Image:
    """Return the picture on a larger canvas of one colour; gains alpha where that has some."""
    if fill.alpha < 1 and not image.hasalpha():
        image = image.bandjoin(OPAQUE)
    ink = fill.rgba if image.hasalpha() else fill.rgb
    return image.embed(left, top, width, height, extend="background", background=ink)

"""Change a part of the picture: out of focus, in other tones, sharper."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Final

from foveate.imaging.decode import to_memory
from foveate.imaging.linear import mixed
from foveate.imaging.matte import ALPHA
from foveate.transform.drawn_mask import drawn
from foveate.transform.effects import FOCUS, TONES
from foveate.transform.effects.scene import Scene
from foveate.transform.masked import is_gradual
from foveate.transform.steps.blur import blurred

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.options.effects import Touch
    from foveate.transform.state import State

SPREAD: Final = 1 / 4
"""Standard deviation of the blur that spreads an edge over a length, relative to that."""


def effects(state: State) -> State:
    """Apply those that are asked for where the mask says; alpha stays as it is.

    A picture in which nothing of the mask is found stays as it is, the inverse of it as well.
    """
    touch, mask = state.options.touch, state.touched
    if touch is None or not touch.effects or (mask is not None and mask.empty):
        return state
    image = to_memory(state.image)
    colours, scene = image.extract_band(0, n=3), _scene(state, touch, image)
    changed = _changed(colours, touch, scene)
    if not image.hasalpha():
        return replace(state, image=changed)
    whole = changed.bandjoin(image.extract_band(ALPHA)).copy(interpretation="srgb")
    return replace(state, image=whole)


def _changed(colours: Image, touch: Touch, scene: Scene) -> Image:
    def apply(image: Image, name: str) -> Image:
        return (FOCUS.get(name) or TONES[name])(image, getattr(touch, name), scene)

    seen = reduce(apply, (name for name in touch.effects if name in FOCUS), colours)
    toned = reduce(apply, (name for name in touch.effects if name in TONES), seen)
    if scene.mask is None or toned is seen:
        return toned
    return mixed(scene.mask, toned, seen)


def _scene(state: State, touch: Touch, image: Image) -> Scene:
    long_side = max(image.width, image.height)
    scene = Scene(
        long_side=long_side,
        shown=image.extract_band(ALPHA) if image.hasalpha() else None,
        gradual=is_gradual(touch.where) or touch.feather > 0,
        gamut=state.options.gamut,
    )
    if state.touched is None:
        return scene
    mask = drawn(state.touched, state.plan, image)
    if touch.feather:
        mask = blurred(mask, scene.pixels(touch.feather) * SPREAD)
    if touch.invert:
        mask = mask.invert()
    return replace(scene, mask=to_memory(mask))

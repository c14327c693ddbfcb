"""The order of work, top to bottom.

Cloudflare documents it piece by piece: trim, flip and rotation come before the size, the
border after it, overlays last. Trim, flip and rotation are arithmetic here (see `plan`), so
pixels are placed once. Corners are ours, and cut off of all that was drawn.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

from foveate.transform.steps.adaptive import adaptive
from foveate.transform.steps.adjust import adjust
from foveate.transform.steps.background import background
from foveate.transform.steps.bare import bare
from foveate.transform.steps.blur import blur
from foveate.transform.steps.border import border
from foveate.transform.steps.colour import colour
from foveate.transform.steps.corners import corners
from foveate.transform.steps.draw import draw
from foveate.transform.steps.effects import effects
from foveate.transform.steps.light import light
from foveate.transform.steps.pad import pad
from foveate.transform.steps.place import place
from foveate.transform.steps.redact import redact
from foveate.transform.steps.refocus import refocus
from foveate.transform.steps.segment import segment
from foveate.transform.steps.sharpen import sharpen
from foveate.transform.steps.style import style

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.transform.state import State

    Step = Callable[[State], State]

PIPELINE: Final[tuple[Step, ...]] = (
    place,
    colour,
    redact,
    bare,
    light,
    refocus,
    segment,
    style,
    background,
    effects,
    pad,
    adjust,
    blur,
    sharpen,
    adaptive,
    border,
    draw,
    corners,
)


def run(state: State, steps: tuple[Step, ...] = PIPELINE) -> State:
    """Run every step in order. libvips is lazy: most pixels are computed when we encode."""
    return reduce(lambda done, step: step(done), steps, state)

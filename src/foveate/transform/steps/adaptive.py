"""Smooth a little what nobody looks at, so that its bytes go where people look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.imaging.maps import map_image
from foveate.imaging.matte import planes_of
from foveate.imaging.pixels import brought_to
from foveate.imaging.soften import softened
from foveate.options.model import Adaptive
from foveate.transform.drawn_mask import placed_matte

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.transform.plan import Plan
    from foveate.transform.state import State


class Strength(NamedTuple):
    """How much detail is given up."""

    sigma: float
    """Standard deviation of the gaussian, in pixels."""
    faint: float
    """Levels, of 255, by which it may change a pixel."""


STRENGTHS: Final = {
    Adaptive.LIGHT: {
        "jpeg": Strength(0.8, 7.5),
        "webp": Strength(0.7, 6.5),
        "avif": Strength(0.75, 7),
        "jxl": Strength(0.75, 7),
    },
    Adaptive.STRONG: dict.fromkeys(("jpeg", "webp", "avif", "jxl"), Strength(1.0, 12)),
}
"""By format, fitted on photos whose viewers' eyes were tracked: formats do not save alike;
JPEG XL has that of AVIF.

Where the smallest of several is answered, that of the first holds for all.
"""


def adaptive(state: State) -> State:
    """Take faint detail out where nobody looks; what is laid over the picture comes later."""
    asked, overlooked = state.options.adaptive, state.overlooked
    if asked is None or overlooked is None:
        return state
    where, strength = on_canvas(overlooked, state.plan), STRENGTHS[asked][state.format]
    return replace(state, image=softened(state.image, where, **strength._asdict()))


def on_canvas(overlooked: NDArray[np.float32], plan: Plan) -> Image:
    """Return where to smooth as one band of 0..255 over the canvas; what was padded stays."""
    canvas, shown = plan.canvas, plan.orientation.size(plan.out)
    levels = map_image(planes_of(placed_matte(overlooked, plan)))
    left, top = (canvas.width - shown.width) // 2, (canvas.height - shown.height) // 2
    return brought_to(levels, shown).embed(left, top, canvas.width, canvas.height)

"""What clicks selected, for people: the rest dark, a line around it, and the clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Size
from foveate.imaging.drawing.canvas import rectangle, rgb_of, with_marks
from foveate.imaging.drawing.heatmap import with_outline
from foveate.imaging.drawing.marks import SHADE, Style
from foveate.imaging.linear import mixed
from foveate.imaging.maps import map_image
from foveate.imaging.pixels import brought_to
from foveate.imaging.rounding import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Box
    from foveate.imaging.engine import Image

MEANT, NOT_MEANT = "#3df5b5", "#ff5d6c"
"""Clicks that lie in it, and those that do not."""
GROUND: Final = "#10131a"
DARK: Final = 0.62
"""How much of what is not selected gives way to the ground."""


def with_selection(
    photo: Image,
    matte: NDArray[np.floating],
    clicks: Iterable[tuple[float, float, bool]],
    boxes: Iterable[Box] = (),
) -> Image:
    """Return the RGB picture with a (height, width) matte in 0..1 over it, and what it came from.

    Of a click x and y are 0..1, and whether it is one that lies in it; boxes are in pixels.
    """
    size = Size(photo.width, photo.height)
    style = Style.of(size.long_side)
    grey = photo.colourspace("b-w").colourspace("srgb")
    ground = rgb_of(GROUND)
    dark = rounded(grey.linear([1 - DARK] * 3, [DARK * channel for channel in ground]))
    lit = mixed(brought_to(map_image(matte), size), photo, dark.copy(interpretation="srgb"))
    drawn = with_outline(lit, matte, 0.7 * style.stroke)
    frames = (rectangle(box, stroke=MEANT, stroke_width=style.stroke) for box in boxes)
    dots = (_dot(x * size.width, y * size.height, meant, style) for x, y, meant in clicks)
    return with_marks(drawn, "".join([*frames, *dots]))


def _dot(x: float, y: float, meant: bool, style: Style) -> str:  # noqa: FBT001 - of a click
    radius = 3 * style.stroke
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{MEANT if meant else NOT_MEANT}"'
        f' stroke="{SHADE}" stroke-width="{radius / 3:.1f}"/>'
    )

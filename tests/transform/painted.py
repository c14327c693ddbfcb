"""A person drawn with shapes, to be painted: hair, a lit face, a coat, before hills and a sky."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from foveate.geometry.box import Box, Size
from foveate.geometry.orientation import Orientation
from foveate.gravity.framing import Framing
from foveate.imaging.pixels import from_array
from foveate.options.model import TransformOptions
from foveate.options.styles import Style, Styled
from foveate.transform.plan import Plan
from foveate.transform.state import State
from foveate.transform.steps.style import style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging import Image

WIDTH, HEIGHT = 192, 256


def _inside(x: Any, y: Any, middle: tuple[float, float], radii: tuple[float, float]) -> Any:
    return ((x - middle[0]) / radii[0]) ** 2 + ((y - middle[1]) / radii[1]) ** 2 < 1


def person(width: int = WIDTH) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return (4/3 width, width, 3) of a drawn person, and the matte."""
    scale = width / WIDTH
    y, x = (np.mgrid[0 : round(HEIGHT * scale), 0:width] + 0.5) / scale
    rgb = np.stack([120 + y / 3, 160 + y / 5, 225 - y / 4], -1)
    rgb[y > 150 + 14 * np.sin(x / 21)] = (96, 128, 70)
    hair = _inside(x, y, (96, 92), (47, 58))
    coat = _inside(x, y, (96, 262), (86, 92))
    neck = (np.abs(x - 96) < 18) & (y > 120) & (y < 185)
    face = _inside(x, y, (96, 102), (36, 48))
    rgb[coat] = (70, 40, 52)
    rgb[hair] = (44, 30, 26)
    rgb[neck] = (178, 128, 104)
    light = (0.72 + 0.36 * (x - 60) / 72)[..., None]
    rgb[face] = ((226, 176, 146) * light)[face]
    for side in (-1, 1):
        rgb[_inside(x, y, (96 + 15 * side, 94), (7, 3.4))] = (240, 238, 232)
        rgb[_inside(x, y, (96 + 15 * side, 94), (3, 3.2))] = (40, 34, 40)
        rgb[_inside(x, y, (96 + 15 * side, 84), (10, 2.2))] = (52, 36, 30)
    rgb[_inside(x, y, (98, 112), (5, 3))] = (168, 112, 92)
    rgb[_inside(x, y, (96, 127), (13, 4))] = (150, 52, 60)
    matte = (hair | coat | neck | face).astype(np.float32)
    return rgb.clip(0, 255).astype(np.uint8), matte


def plan_of(size: Size, orientation: Orientation | None = None) -> Plan:
    turn = orientation or Orientation()
    box = Box.of(size)
    framing = Framing(box=box, wanted=box, focus=box.centre(size), gravity="")
    return Plan(source=size, framing=framing, out=size, orientation=turn, canvas=turn.size(size))


def painted(
    asked: str | Style,
    *,
    width: int = WIDTH,
    matte: bool = True,
    strip: bool = False,
    image: Image | None = None,
    **more: Any,
) -> Image:
    """Return the person in a style, by the drawn matte or without one.

    A strip of it, half background and half person, takes an eighth of the time.
    """
    rgb, alpha = person(width)
    if strip:
        part = slice(width // 8, width // 4)
        rgb, alpha = np.ascontiguousarray(rgb[:, part]), np.ascontiguousarray(alpha[:, part])
    start = image or from_array(rgb)
    state = State(
        image=start,
        options=TransformOptions(style=Styled(style=Style(asked), **more)),
        plan=plan_of(Size(start.width, start.height)),
        stored=Orientation(),
        matte=alpha if matte else np.zeros_like(alpha),
    )
    return style(state).image

"""The fits: from a picture and a box to the window that is kept and the size it gets.

Source: Cloudflare Images, "fit"; where its text leaves a case open, the rule that never
enlarges unasked and never distorts unasked is taken. `pad-down`, `squeeze-down` and
`outside` are ours: what other services do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from foveate.geometry.box import Size

if TYPE_CHECKING:
    from collections.abc import Callable


def nearest(value: float) -> int:
    """Return the nearest whole number of pixels, halves upwards, at least 1.

    >>> nearest(333.5), nearest(0.2)
    (334, 1)
    """
    return max(1, math.floor(value + 0.5))


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a picture that a fit keeps, in source pixels, wherever it will lie."""

    width: float
    height: float

    @property
    def aspect(self) -> float:
        """Return width / height."""
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit decides: how much of the picture is kept, and how large that becomes."""

    window: Window
    out: Size
    """Size of the window in the answer."""
    canvas: Size
    """Size of the answer; larger than `out` only when padded."""
    enlarges: bool = True
    """Whether a smaller window, after zooming in, may still be brought to `out`."""


def _scaled(source: Size | Window, scale: float) -> Fitted:
    """Keep the whole picture, `scale` times as large."""
    out = Size(nearest(source.width * scale), nearest(source.height * scale))
    return Fitted(Window(source.width, source.height), out, out)


def _cut(source: Size | Window, out: Size, scale: float, *, enlarges: bool) -> Fitted:
    """Keep as much as `out` shows of the picture at `scale`."""
    window = Window(min(source.width, out.width / scale), min(source.height, out.height / scale))
    return Fitted(window, out, out, enlarges)


def _inner(source: Size | Window, box: Size) -> float:
    return min(box.width / source.width, box.height / source.height)


def _outer(source: Size | Window, box: Size) -> float:
    return max(box.width / source.width, box.height / source.height)


def scale_down(source: Size | Window, box: Size) -> Fitted:
    """Fit inside the box, never enlarge."""
    return _scaled(source, min(1.0, _inner(source, box)))


def contain(source: Size | Window, box: Size) -> Fitted:
    """Fit inside the box, enlarging if need be."""
    return _scaled(source, _inner(source, box))


def scale_up(source: Size | Window, box: Size) -> Fitted:
    """Fit inside the box, never shrink."""
    return _scaled(source, max(1.0, _inner(source, box)))


def cover(source: Size | Window, box: Size) -> Fitted:
    """Fill the box exactly, cutting what sticks out."""
    return _cut(source, box, _outer(source, box), enlarges=True)


def crop(source: Size | Window, box: Size) -> Fitted:
    """Fill the box as far as the picture reaches without enlarging.

    >>> crop(Size(1080, 720), Size(1296, 1296)).out
    Size(width=1080, height=720)
    """
    scale = min(1.0, _outer(source, box))
    reach = _scaled(source, scale).out
    out = Size(min(box.width, reach.width), min(box.height, reach.height))
    return _cut(source, out, scale, enlarges=False)


def aspect_crop(source: Size | Window, box: Size) -> Fitted:
    """Cut to the box's ratio, and never enlarge.

    >>> aspect_crop(Size(612, 613), Size(1920, 1120)).out
    Size(width=612, height=357)
    """
    scale = _outer(source, box)
    if scale <= 1:
        return _cut(source, box, scale, enlarges=False)
    out = Size(nearest(box.width / scale), nearest(box.height / scale))
    return _cut(source, out, 1.0, enlarges=False)


def pad(source: Size | Window, box: Size) -> Fitted:
    """Fit inside the box, and extend the canvas to exactly the box."""
    inside = contain(source, box)
    return Fitted(inside.window, inside.out, box)


def pad_down(source: Size | Window, box: Size) -> Fitted:
    """Fit inside the box without enlarging, and extend the canvas to exactly the box."""
    inside = scale_down(source, box)
    return Fitted(inside.window, inside.out, box, enlarges=False)


def squeeze(source: Size | Window, box: Size) -> Fitted:
    """Fill the box exactly with the whole picture, distorting it."""
    return Fitted(Window(source.width, source.height), box, box)


def squeeze_down(source: Size | Window, box: Size) -> Fitted:
    """Distort to the box's ratio, as large as the box where neither side has to grow for it.

    >>> squeeze_down(Size(1000, 200), Size(500, 400)).out
    Size(width=250, height=200)
    """
    scale = min(1.0, 1 / _outer(source, box))
    out = Size(nearest(box.width * scale), nearest(box.height * scale))
    return Fitted(Window(source.width, source.height), out, out, enlarges=False)


def outside(source: Size | Window, box: Size) -> Fitted:
    """Cover the box with the whole picture, which then sticks out of it."""
    return _scaled(source, _outer(source, box))


FITS: Final[dict[str, Callable[[Size | Window, Size], Fitted]]] = {
    "scale-down": scale_down,
    "contain": contain,
    "cover": cover,
    "crop": crop,
    "aspect-crop": aspect_crop,
    "pad": pad,
    "pad-down": pad_down,
    "squeeze": squeeze,
    "squeeze-down": squeeze_down,
    "outside": outside,
    "scale-up": scale_up,
}
NEVER_ENLARGE: Final = {"scale-down", "crop", "aspect-crop", "pad-down", "squeeze-down"}
CROPPING: Final = {"cover", "crop", "aspect-crop"}


def fit(source: Size | Window, name: str, width: int | None, height: int | None) -> Fitted:
    """Return what the fit called `name` does with a picture; one side or both may be left open.

    A side left open follows the picture's own ratio.

    >>> fit(Size(1080, 720), "scale-down", 500, 500).out
    Size(width=500, height=333)
    >>> fit(Size(1080, 720), "contain", None, 360).out
    Size(width=540, height=360)
    """
    if width is None and height is None:
        whole = _scaled(source, 1.0)
        return Fitted(whole.window, whole.out, whole.out, enlarges=False)
    if width is not None and height is not None:
        return FITS[name](source, Size(width, height))
    asked = width / source.width if width is not None else (height or 1) / source.height
    scale = asked
    if name in NEVER_ENLARGE:
        scale = min(1.0, scale)
    if name == "scale-up":
        scale = max(1.0, scale)
    whole = _scaled(source, scale)
    canvas = _scaled(source, asked).out if name == "pad-down" else whole.out
    return Fitted(whole.window, whole.out, canvas, name not in NEVER_ENLARGE)


def adapted(
    source: Size | Window, name: str, box: Size, adapt: Literal["box", "fit"]
) -> tuple[str, Size]:
    """Return the fit and the box for a picture that may stand where the box lies, or lie.

    Then `box` turns the box, and `fit` shows the whole picture instead of cutting.

    >>> adapted(Size(200, 300), "scale-down", Size(120, 80), "box")
    ('scale-down', Size(width=80, height=120))
    >>> adapted(Size(200, 300), "cover", Size(120, 80), "fit")
    ('contain', Size(width=120, height=80))
    """
    if adapt == "box":
        opposed = (source.width - source.height) * (box.width - box.height) < 0
        return name, box.swapped() if opposed else box
    if (source.width >= source.height) == (box.width >= box.height):
        return name, box
    return "scale-down" if name in NEVER_ENLARGE else "contain", box

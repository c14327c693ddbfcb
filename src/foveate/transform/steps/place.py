"""Bring the kept part of the source to its size, and lay it as it should lie."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.pixels import brought_to, oriented

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.state import State

FAR: Final = 1_000_000
"""Sides of more answer pixels are never made whole: libvips counts up to some millions."""
BESIDE: Final = 3
"""Pixels beside the kept part that bicubic enlargement looks at, and one to spare."""


def place(state: State) -> State:
    """Resize, cut, and only then turn: the turn is done on the smallest picture there is.

    The picture arrives as stored, perhaps already shrunk by its decoder, so everything is
    measured against its present size. A trim is cut first, between pixels of the source, so that
    nothing of what it cuts off is seen; any other cut is made in answer pixels, hence exact. What
    a network enlarges is cut before, with as much around it as that looks at.
    """
    plan = state.plan
    back = state.stored.inverse()
    image, frame = _trimmed(state)
    box = back.box(plan.framing.box, plan.source)
    out = back.size(plan.out)
    across, down = out.width / box.width, out.height / box.height
    if state.enlarge is None:
        image, frame = _near(image, frame, box, (across, down))
    else:
        image, frame = _part(image, frame, box, (state.enlarge.beside,) * 2)
        image = state.enlarge(image)
    size = Size(
        max(out.width, nearest(across * frame.width)),
        max(out.height, nearest(down * frame.height)),
    )
    whole = brought_to(image, size)
    left = max(0, min(round((box.left - frame.left) * across), whole.width - out.width))
    top = max(0, min(round((box.top - frame.top) * down), whole.height - out.height))
    cut = whole.extract_area(left, top, out.width, out.height)
    return replace(state, image=oriented(cut, state.stored.then(plan.orientation)))


def _trimmed(state: State) -> tuple[Image, Box]:
    """Return what a trim leaves of the picture as stored, and where that lies in the source."""
    plan, image = state.plan, state.image
    back = state.stored.inverse()
    stored = back.size(plan.source)
    if plan.trimmed is None:
        return image, Box.of(stored)
    frame = back.box(plan.trimmed, plan.source)
    shown = frame.scaled(image.width / stored.width, image.height / stored.height)
    left, top = round(shown.left), round(shown.top)
    width, height = nearest(shown.right) - left, nearest(shown.bottom) - top
    return image.extract_area(left, top, width, height), frame


def _near(image: Image, frame: Box, box: Box, scale: tuple[float, float]) -> tuple[Image, Box]:
    """Return what is looked at of a picture that would be too long as a whole, and its frame."""
    sides = frame.width * scale[0], frame.height * scale[1]
    across, down = (None if side <= FAR else BESIDE for side in sides)
    return _part(image, frame, box, (across, down))


def _part(
    image: Image, frame: Box, box: Box, beside: tuple[int | None, int | None]
) -> tuple[Image, Box]:
    """Return what is kept and so many pixels beside it, and its frame; None is all of an axis."""
    x, y = image.width / frame.width, image.height / frame.height
    left, width = _looked_at(box.left - frame.left, box.width, image.width, x, beside[0])
    top, height = _looked_at(box.top - frame.top, box.height, image.height, y, beside[1])
    if (width, height) == (image.width, image.height):
        return image, frame
    seen = Box(frame.left + left / x, frame.top + top / y, width / x, height / y)
    return image.extract_area(left, top, width, height), seen


def _looked_at(
    start: float, length: float, side: int, pixels: float, beside: int | None
) -> tuple[int, int]:
    """Return where what is looked at begins along one axis, and how long it is, in `pixels`.

    That is how many there are to one of the source, in which the kept part is measured.
    """
    if beside is None:
        return 0, side
    first = max(0, math.floor(start * pixels) - beside)
    return first, min(side, math.ceil((start + length) * pixels) + beside) - first

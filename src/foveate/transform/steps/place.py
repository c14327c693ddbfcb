"""Bring the kept part of the source to its size, and lay it as it should lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.imaging.pixels import brought_to, oriented

if TYPE_CHECKING:
    from foveate.imaging import Image
    from foveate.transform.state import State


def place(state: State) -> State:
    """Resize, cut, and only then turn: the turn is done on the smallest picture there is.

    The picture arrives as stored, perhaps already shrunk by its decoder, so everything is
    measured against its present size. A trim is cut first, between pixels of the source, so that
    nothing of what it cuts off is seen; any other cut is made in answer pixels, hence exact.
    """
    plan = state.plan
    back = state.stored.inverse()
    image, frame = _trimmed(state)
    box = back.box(plan.framing.box, plan.source)
    out = back.size(plan.out)
    across, down = out.width / box.width, out.height / box.height
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

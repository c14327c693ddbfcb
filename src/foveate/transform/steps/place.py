"""Bring the kept part of the source to its size, and lay it as it should lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.geometry.box import Size
from foveate.geometry.fit import nearest
from foveate.imaging.pixels import brought_to, oriented

if TYPE_CHECKING:
    from foveate.transform.state import State


def place(state: State) -> State:
    """Resize, cut, and only then turn: the turn is done on the smallest picture there is.

    The picture arrives as stored, perhaps already shrunk by its decoder, so everything is
    measured against its present size. The cut is made in answer pixels, hence always exact.
    """
    plan, image = state.plan, state.image
    back = state.stored.inverse()
    box = back.box(plan.framing.box, plan.source)
    out, stored = back.size(plan.out), back.size(plan.source)
    across, down = out.width / box.width, out.height / box.height
    size = Size(
        max(out.width, nearest(across * stored.width)),
        max(out.height, nearest(down * stored.height)),
    )
    whole = brought_to(image, size)
    left = max(0, min(round(box.left * across), whole.width - out.width))
    top = max(0, min(round(box.top * down), whole.height - out.height))
    cut = whole.extract_area(left, top, out.width, out.height)
    return replace(state, image=oriented(cut, state.stored.then(plan.orientation)))

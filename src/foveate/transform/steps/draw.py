"""Overlays."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.imaging.decode import to_memory
from foveate.imaging.matte import cut_out, layered
from foveate.imaging.rounding import over, rounded
from foveate.options.model import Composite
from foveate.transform.drawn_mask import placed_matte

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.options.model import Overlay
    from foveate.transform.plan import Plan
    from foveate.transform.state import State

OPAQUE: Final = 255
MODES: Final = {Composite.LIGHTER: "add"}
"""libvips' names where they differ from Cloudflare's."""
CLEARING: Final = {"in", "out", "xor"}
"""Operators that can make an opaque picture transparent."""
BLOCK: Final = 256
"""A small tile is first repeated up to this side: libvips looks at each tile by itself."""


def draw(state: State) -> State:
    """Lay each overlay on the picture, in order."""
    image = state.image
    for (overlay, top), front in zip_longest(state.overlays, state.fronts):
        under = image if front is None else to_memory(image)
        image = drawn(under, top, overlay)
        if front is not None:
            image = before(image, under, front, state.plan)
    return replace(state, image=image)


def before(image: Image, under: Image, front: NDArray[np.float32], plan: Plan) -> Image:
    """Return a picture with what stands before an overlay laid over it, as it was `under` that.

    `front` is its alpha over the whole upright source.
    """
    size = plan.orientation.size(plan.out)
    left, top = (plan.canvas.width - size.width) // 2, (plan.canvas.height - size.height) // 2
    if plan.border is not None:
        left, top = left + plan.border.left, top + plan.border.top
    shown = under.extract_area(left, top, size.width, size.height)
    cut = cut_out(to_memory(shown), placed_matte(front, plan)).image
    here = to_memory(image).extract_area(left, top, size.width, size.height)
    return to_memory(image).insert(layered(here, cut), left, top)


def drawn(base: Image, top: Image, overlay: Overlay) -> Image:
    """Return `base` with one overlay on it; only the overlay's own box can change."""
    left, down = position(overlay, base, top)
    top = translucent(top, overlay.opacity)
    if overlay.repeat != "no":
        top, left, down = tiled(top, overlay, base, (left, down))
    shared = Box.of(_size(base)).overlap(Box(left, down, top.width, top.height))
    if shared is None:
        return base
    x, y, width, height = (int(v) for v in (shared.left, shared.top, shared.width, shared.height))
    patch = top.extract_area(x - left, y - down, width, height)
    mode = MODES.get(overlay.composite, str(overlay.composite))
    under = to_memory(base)
    mixed = over(under.extract_area(x, y, width, height), patch, mode)
    if mixed.hasalpha() and not under.hasalpha() and mode in CLEARING:
        under = under.bandjoin(OPAQUE)
    return under.insert(mixed if under.hasalpha() else mixed.extract_band(0, n=3), x, y)


def _size(image: Image) -> Size:
    return Size(image.width, image.height)


def position(overlay: Overlay, base: Image, top: Image) -> tuple[int, int]:
    """Return the left and top pixel; an axis without an edge is centred."""
    left, down = (base.width - top.width) // 2, (base.height - top.height) // 2
    if overlay.left is not None:
        left = overlay.left
    elif overlay.right is not None:
        left = base.width - overlay.right - top.width
    if overlay.top is not None:
        down = overlay.top
    elif overlay.bottom is not None:
        down = base.height - overlay.bottom - top.height
    return left, down


def translucent(image: Image, opacity: float) -> Image:
    """Return the picture with 4 bands and its alpha times `opacity`."""
    image = image if image.hasalpha() else image.bandjoin(OPAQUE)
    if opacity >= 1:
        return image
    alpha = rounded(image.extract_band(3) * opacity)
    return image.extract_band(0, n=3).bandjoin(alpha).copy(interpretation="srgb")


def tiled(top: Image, overlay: Overlay, base: Image, at: tuple[int, int]) -> tuple[Image, int, int]:
    """Return the overlay repeated over the base along x, y or both, in step with its place."""
    left, down = at
    first_left = left - -(-left // top.width) * top.width if overlay.repeat != "y" else left
    first_down = down - -(-down // top.height) * top.height if overlay.repeat != "x" else down
    across = -(-(base.width - first_left) // top.width) if overlay.repeat != "y" else 1
    deep = -(-(base.height - first_down) // top.height) if overlay.repeat != "x" else 1
    return repeated(top, max(1, across), max(1, deep)), first_left, first_down


def repeated(tile: Image, across: int, deep: int) -> Image:
    """Return the tile side by side, at least that many times across and down."""
    times = [
        min(count, -(-BLOCK // side)) for count, side in ((across, tile.width), (deep, tile.height))
    ]
    block = to_memory(tile)
    if times != [1, 1]:
        block = to_memory(block.replicate(*times))
    return block.replicate(-(-across // times[0]), -(-deep // times[1]))

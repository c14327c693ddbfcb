"""Masks: what of a source is meant, by what is seen in it and by shapes laid over it.

Decisions and arithmetic alone: `drawn_mask` makes pictures of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.geometry.smooth import smooth
from foveate.options.effects import changed_in, cut_by
from foveate.options.masks import Clicked, Depth, Ellipse, Line, Seen, Things

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.geometry.box import Box, Size
    from foveate.options.masks import Shape, Target, Targets
    from foveate.options.model import TransformOptions
    from foveate.transform.plan import Plan

    Floats = NDArray[np.float32]

SOFT: Final = 0.2
"""Half of the width of an ellipse's edge, relative to its radius: its line is where it is half."""
PRESENT: Final = 0.5
"""What a matte has of something somewhere, if there is any of it in a picture."""
GRID: Final = 512
"""Longer side at which shapes are drawn: they have no finer detail than their soft edges."""
PARTS: Final[Mapping[type, frozenset[str]]] = {
    Things: frozenset({"objects", "outlines"}),
    Depth: frozenset({"depth"}),
    Clicked: frozenset(),
    Ellipse: frozenset(),
    Line: frozenset(),
}
"""The parts of an analysis that a target is found by."""
SEEN: Final[Mapping[Seen, frozenset[str]]] = {
    Seen.SUBJECT: frozenset({"matte"}),
    Seen.FACE: frozenset({"faces"}),
}


@dataclass(frozen=True, slots=True)
class Mask:
    """What is meant of a source. Where both say something, the more counts."""

    matte: Floats | None = None
    """(height, width) in 0..1 over the whole upright source, of what was seen; its edges are those
    of the picture."""
    shapes: tuple[Shape, ...] = ()
    """In shares of the upright source; their edges are their own."""

    @property
    def empty(self) -> bool:
        """Return whether nothing at all is meant."""
        return not self.shapes and (self.matte is None or self.matte.max() < PRESENT)


def masks_of(options: TransformOptions) -> tuple[Target, ...]:
    """Return all that options mean by masks which are used, each once."""
    return tuple(dict.fromkeys((*cut_by(options), *changed_in(options))))


def mask_parts(options: TransformOptions) -> frozenset[str]:
    """Return the parts of an analysis by which the masks of a rendition are found."""
    return frozenset().union(*map(_parts, masks_of(options)))


def _parts(target: Target) -> frozenset[str]:
    return SEEN[target] if isinstance(target, Seen) else PARTS[type(target)]


def is_gradual(targets: Targets) -> bool:
    """Return whether a mask rises slowly somewhere, rather than at the edges of what was seen."""
    return any(isinstance(target, Depth | Ellipse | Line) for target in targets)


def placed_shapes(shapes: Sequence[Shape], plan: Plan) -> Floats:
    """Return (height, width) of 0..1 over the answer's part of the source, as the answer lies."""
    out = plan.out.within(GRID)
    values = shapes_over(shapes, plan.framing.box, out, plan.source)
    mirrored = values[:, ::-1] if plan.orientation.mirrored else values
    return np.ascontiguousarray(np.rot90(mirrored, -plan.orientation.turns))


def shapes_over(shapes: Iterable[Shape], box: Box, size: Size, source: Size) -> Floats:
    """Return (height, width) of `size`: how far each place of a box is meant, 0..1.

    `box` is in pixels of the upright source, which has the size `source`.
    """
    x = (box.left + (np.arange(size.width) + 0.5) * (box.width / size.width)).astype(np.float32)
    y = (box.top + (np.arange(size.height) + 0.5) * (box.height / size.height)).astype(np.float32)
    drawn = (_levels(shape, x[None], y[:, None], source) for shape in shapes)
    return reduce(np.maximum, drawn)


def _levels(shape: Shape, x: Floats, y: Floats, source: Size) -> Floats:
    width, height = source.width, source.height
    if isinstance(shape, Ellipse):
        across = (x / width - shape.x) / shape.across
        down = (y / height - shape.y) / shape.down
        return smooth((1 + SOFT - np.hypot(across, down)) / (2 * SOFT))
    # In pixels, so that what is equally far along the line stands square to it.
    along = (shape.to_x - shape.x) * width, (shape.to_y - shape.y) * height
    far = (x - shape.x * width) * along[0] + (y - shape.y * height) * along[1]
    return smooth(1 - far / (along[0] ** 2 + along[1] ** 2))

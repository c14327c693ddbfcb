"""What is known of things in a picture, carried to where its pixels went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from foveate.datasets.handlers.builtin.shapes import shape_of
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.datasets.handlers.builtin.shapes import Shape
    from foveate.datasets.sample import Instance, Mask
    from foveate.geometry.affine import Affine
    from foveate.geometry.box import Size


class Way(NamedTuple):
    """Where the pixels of a picture went."""

    matrix: Affine
    size: Size
    part: Box | None
    """All that is left of the picture, in its own pixels, where not all of it is."""


def carried(
    instances: Iterable[Instance],
    matrix: Affine,
    size: Size,
    min_visible: float,
    part: Box | None = None,
) -> tuple[Instance, ...]:
    """Return things as they lie in a picture of `size`, without those that are hardly in it.

    That is by the share of their mask that is in it, or else of their box; one without either
    stays. Of the picture that they were in, `part` alone may be seen: beyond it lies what fills.
    """
    way = Way(matrix, size, part)
    moved = (_moved(each, way, min_visible) for each in instances)
    return tuple(each for each in moved if each is not None)


def _moved(instance: Instance, way: Way, min_visible: float) -> Instance | None:
    if instance.mask is not None:
        return _outlined(instance, instance.mask, way, min_visible)
    if instance.box is None:
        return instance
    box = _left_of(instance.box, way.part)
    whole = box and way.matrix.box(box)
    shown = whole and whole.overlap(Box.of(way.size))
    if not (box and whole and shown):
        return None
    cut = 1.0 if box is instance.box else instance.box.area / box.area
    if shown.area < min_visible * cut * whole.area:
        return None
    return replace(instance, box=shown)


def _left_of(box: Box, part: Box | None) -> Box | None:
    return box if part is None or part.contains(box) else box.overlap(part)


def _outlined(instance: Instance, mask: Mask, way: Way, min_visible: float) -> Instance | None:
    """Return a thing with a mask: what is cut of it goes out of its box, too."""
    known = shape_of(mask)
    left = known and _left(known, way.part)
    shown = left and left.moved(way.matrix, way.size)
    if not (known and left and shown):
        return None
    whole, frame = known.around(way.matrix), Box.of(way.size)
    if left is not known or not frame.contains(whole):
        if _share_seen(known, left, way) < min_visible:
            return None
        return replace(instance, box=instance.box and _around(shown), mask=shown)
    # Others may have drawn its box with more care, or less, than its mask.
    box = instance.box
    drawn = way.matrix.box(box) if box and way.matrix.is_straight else whole
    return replace(instance, box=box and (drawn.overlap(frame) or whole), mask=shown)


def _left(shape: Shape, part: Box | None) -> Shape | None:
    return shape if part is None or part.contains(shape.around()) else shape.cut(part)


def _share_seen(known: Shape, left: Shape, way: Way) -> float:
    """Return how much of a mask is seen, 0..1, by what is left of it."""
    seen = left.seen(way.matrix, way.size)
    # Both are measured where outlines cross, and a part may come out a little larger.
    return seen / max(seen, known.whole(way.matrix))


def _around(mask: Mask) -> Box | None:
    shape = shape_of(mask)
    return shape.around() if shape else None

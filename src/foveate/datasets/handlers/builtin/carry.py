"""What is known of things in a picture, carried to where its pixels went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.datasets.handlers.builtin.masks import (
    area_of,
    bounds_of,
    clipped,
    edges_of,
    is_inside,
    pixels_of,
    runs_of,
    warped_mask,
)
from foveate.datasets.sample import Bitmap, Polygons
from foveate.geometry.affine import Affine, around
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.datasets.sample import Instance, Mask
    from foveate.geometry.box import Size

STILL: Final = Affine()


def carried(
    instances: Iterable[Instance], matrix: Affine, size: Size, min_visible: float
) -> tuple[Instance, ...]:
    """Return things as they lie in a picture of `size`, without those that are hardly in it.

    That is by the share of their mask that is in it, or else of their box; one without either
    stays.
    """
    moved = (_moved(each, matrix, size, min_visible) for each in instances)
    return tuple(each for each in moved if each is not None)


def _moved(instance: Instance, matrix: Affine, size: Size, min_visible: float) -> Instance | None:
    if instance.mask is not None:
        return _outlined(instance, instance.mask, matrix, size, min_visible)
    if instance.box is None:
        return instance
    box = matrix.box(instance.box)
    shown = box.overlap(Box.of(size))
    if shown is None or shown.area < min_visible * box.area:
        return None
    return replace(instance, box=shown)


def _outlined(
    instance: Instance, mask: Mask, matrix: Affine, size: Size, min_visible: float
) -> Instance | None:
    """Return a thing with a mask: what is cut of it goes out of its box, too."""
    shown = moved_mask(mask, matrix, size)
    if shown is None:
        return None
    whole, frame = _around(mask, matrix), Box.of(size)
    if not frame.contains(whole):
        if _share_seen(mask, matrix, size) < min_visible:
            return None
        return replace(instance, box=instance.box and _around(shown), mask=shown)
    # Others may have drawn its box with more care, or less, than its mask.
    drawn = matrix.box(instance.box) if instance.box and matrix.is_straight else whole
    return replace(instance, box=instance.box and (drawn.overlap(frame) or whole), mask=shown)


def _around(mask: Mask, matrix: Affine = STILL) -> Box:
    """Return the box around a mask where a matrix moves it, in a picture or beyond."""
    if isinstance(mask, Polygons):
        return around(matrix(*corner) for ring in mask.rings for corner in ring)
    pixels = pixels_of(mask)
    bounds = bounds_of(pixels)
    if bounds and matrix.is_straight:
        return matrix.box(bounds)
    return around(matrix(*corner) for corner in edges_of(pixels))


def _share_seen(mask: Mask, matrix: Affine, size: Size) -> float:
    """Return how much of a mask lies in a picture of `size`, 0..1; it has pixels."""
    if isinstance(mask, Bitmap):
        pixels = pixels_of(mask)
        return float(pixels[is_inside(pixels.shape, matrix, size)].sum() / pixels.sum())
    moved = [tuple(matrix(*corner) for corner in ring) for ring in mask.rings]
    seen = sum(area_of(clipped(ring, size)) for ring in moved)
    # The halves of an outline that crosses itself take from each other, and parts do not.
    return seen / max(seen, sum(map(area_of, moved)))


def moved_mask(mask: Mask, matrix: Affine, size: Size) -> Mask | None:
    """Return a mask in a picture of `size`; None where nothing of it is there."""
    if isinstance(mask, Bitmap):
        pixels = warped_mask(pixels_of(mask), matrix, size)
        return runs_of(pixels) if bounds_of(pixels) else None
    rings = (tuple(matrix(*corner) for corner in ring) for ring in mask.rings)
    shown = tuple(cut for ring in rings if area_of(cut := clipped(ring, size)) > 0)
    return Polygons(shown) if shown else None

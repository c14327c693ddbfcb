"""What is known of things in a picture, carried to where its pixels went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.datasets.handlers.builtin.masks import (
    area_of,
    bounds_of,
    clipped,
    edges_of,
    pixels_of,
    runs_of,
    warped_mask,
)
from foveate.datasets.sample import Bitmap, Polygons
from foveate.geometry.affine import around
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.datasets.sample import Instance, Mask
    from foveate.geometry.affine import Affine
    from foveate.geometry.box import Size


def carried(
    instances: Iterable[Instance], matrix: Affine, size: Size, min_visible: float
) -> tuple[Instance, ...]:
    """Return things as they lie in a picture of `size`, without those that are hardly in it.

    That is by the share of their box that is in it, or of the one around their mask; one without a
    box or a mask stays.
    """
    moved = (_moved(each, matrix, size, min_visible) for each in instances)
    return tuple(each for each in moved if each is not None)


def _moved(instance: Instance, matrix: Affine, size: Size, min_visible: float) -> Instance | None:
    mask = instance.mask and moved_mask(instance.mask, matrix, size)
    if instance.mask is not None and mask is None:
        return None
    box = _box(instance, matrix)
    if box is None:
        return replace(instance, mask=mask)
    shown = box.overlap(Box.of(size))
    if shown is None or shown.area < min_visible * box.area:
        return None
    return replace(instance, box=instance.box and shown, mask=mask)


def _box(instance: Instance, matrix: Affine) -> Box | None:
    """Return where a thing lies, in the picture or beyond: turned, by its outline if it has one."""
    outline = instance.mask
    if outline is None or (instance.box and matrix.is_straight):
        return instance.box and matrix.box(instance.box)
    rings = outline.rings if isinstance(outline, Polygons) else [edges_of(pixels_of(outline))]
    corners = [matrix(*corner) for ring in rings for corner in ring]
    return around(corners) if corners else instance.box and matrix.box(instance.box)


def moved_mask(mask: Mask, matrix: Affine, size: Size) -> Mask | None:
    """Return a mask in a picture of `size`; None where nothing of it is there."""
    if isinstance(mask, Bitmap):
        pixels = warped_mask(pixels_of(mask), matrix, size)
        return runs_of(pixels) if bounds_of(pixels) else None
    rings = (tuple(matrix(*corner) for corner in ring) for ring in mask.rings)
    shown = tuple(cut for ring in rings if area_of(cut := clipped(ring, size)) > 0)
    return Polygons(shown) if shown else None

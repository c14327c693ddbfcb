"""Masks: what targets mean in one picture, found by no other networks than they need."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.errors import OtherMask, UnknownMask
from foveate.geometry.box import Box, Size
from foveate.gravity.heads import head_box
from foveate.imaging.maps import map_from_png
from foveate.options.masks import Clicked, Depth, Ellipse, Line, Seen, Things, targets_text
from foveate.service.parts.depth import fine
from foveate.service.parts.faces import faces_to_keep
from foveate.service.parts.matte import MATTE
from foveate.service.parts.outlines import OUTLINES
from foveate.transform.masked import GRID, Mask, masks_of, shapes_over
from foveate.vision.masks import at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from foveate.options.masks import Shape, Target, Targets
    from foveate.options.model import MatteLevel, TransformOptions
    from foveate.service.analysis import Analysis
    from foveate.storage.masks import KeptMask, MaskStore
    from foveate.values import Face

    Matte = NDArray[np.float32]

SAME_SHAPE: Final = 0.01
"""By how much, relative to each other, the aspect ratios of two sizes of one picture may differ."""
RIM: Final = 0.04
"""Half of the width of the edge of a range of depth: maps are not surer than that."""
ROOM: Final = 1.1
"""How much larger than the box of a head the ellipse over it is: corners of a box are empty."""


def mask_of(
    analysis: Analysis, targets: Targets, level: MatteLevel | None, kept: MaskStore | None
) -> Mask:
    """Return what the targets mean together; looked for once in a request.

    Raises ModelError, UnknownMask and OtherMask.
    """

    def look() -> Mask:
        mattes = [matte for each in targets for matte in _seen(analysis, each, level, kept)]
        shapes = tuple(shape for each in targets for shape in _shapes(analysis, each))
        return Mask(union(mattes), shapes)

    return analysis.once(("mask", targets, level), look)


def _seen(
    analysis: Analysis, target: Target, level: MatteLevel | None, kept: MaskStore | None
) -> Iterable[Matte]:
    """Yield the matte of a target whose edges are those of the picture."""
    match target:
        case Seen.SUBJECT:
            yield analysis.get(MATTE, level=level)
        case Things(classes):
            yield analysis.get(OUTLINES, classes=classes, person=None)
        case Depth(near, far):
            yield as_near(fine(analysis, GRID).nearness, near, far)
        case Clicked(id) if not analysis.pixels.picture.covered:
            # It has the outline of what was seen in the picture that is not to be shown.
            yield _selected(analysis, id, kept)


def _shapes(analysis: Analysis, target: Target) -> Iterable[Shape]:
    """Yield the shapes of a target that has edges of its own."""
    match target:
        case Ellipse() | Line():
            yield target
        case Seen.FACE:
            yield from (over_head(face, analysis.size) for face in faces_to_keep(analysis))


def as_near(nearness: Matte, near: float, far: float) -> Matte:
    """Return where a map of nearness lies between two, softly; 0 and 1 themselves have no edge.

    >>> as_near(np.array([0.0, 0.4, 0.5, 0.8, 1.0]), 1.0, 0.5).round(2).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    beyond = (nearness - (far - RIM)) / (2 * RIM) if far > 0 else np.ones_like(nearness)
    before = ((near + RIM) - nearness) / (2 * RIM) if near < 1 else np.ones_like(nearness)
    between: Matte = np.minimum(beyond, before).clip(0, 1).astype(np.float32)
    return between


def over_head(face: Face, size: Size) -> Ellipse:
    """Return the ellipse over a head, its hair and its chin, in shares of an upright picture."""
    box = head_box(face)
    x, y = box.middle
    across, down = box.width / 2 * ROOM, box.height / 2 * ROOM
    return Ellipse(x / size.width, y / size.height, across / size.width, down / size.height)


def go_by_private(options: TransformOptions, kept: MaskStore | None) -> bool:
    """Return whether options mean a mask of a picture that no cache may keep.

    Raises UnknownMask where they mean one that is not kept: before any work.
    """
    clicked = (target for target in masks_of(options) if isinstance(target, Clicked))
    found = [_kept(target.id, kept) for target in clicked]
    return any(mask.private for mask in found)


def _kept(name: str, kept: MaskStore | None) -> KeptMask:
    if kept is None:
        raise UnknownMask(f"There is no mask {name}: none is kept here.")
    return kept.get(name)


def _selected(analysis: Analysis, name: str, kept: MaskStore | None) -> Matte:
    """Return a mask that was selected, here or in a picture of the same shape."""
    found, size = _kept(name, kept), analysis.size
    if found.digest != analysis.pixels.picture.digest and not same_shape(found.size, size):
        raise OtherMask(
            f"Expected a mask of this picture, which is {size}, or of one of its aspect ratio to "
            f"within {SAME_SHAPE:.0%}; got {name}, of a picture of {found.size}."
        )
    return map_from_png(found.png)


def same_shape(one: Size, other: Size) -> bool:
    """Return whether two sizes may be those of one picture.

    >>> same_shape(Size(4000, 3000), Size(400, 300)), same_shape(Size(400, 300), Size(300, 400))
    (True, False)
    """
    return abs(one.aspect / other.aspect - 1) <= SAME_SHAPE


def union(mattes: Iterable[Matte]) -> Matte | None:
    """Return the most that any of them says, as fine as the finest; None of none."""
    found = list(mattes)
    if not found:
        return None
    size = Size(*(max(sides) for sides in zip(*(each.shape[::-1] for each in found), strict=True)))
    whole = size.width, size.height
    return reduce(np.maximum, (m if m.shape[::-1] == whole else at(m, size) for m in found))


def coarse(mask: Mask, source: Size) -> Matte:
    """Return a mask as one matte over the whole upright source, its shapes among it."""
    size = source.within(GRID)
    shapes = shapes_over(mask.shapes, Box.of(source), size, source) if mask.shapes else None
    both = union(each for each in (mask.matte, shapes) if each is not None)
    return np.zeros((size.height, size.width), np.float32) if both is None else both


def unfound(targets: Targets) -> str:
    """Return what should be known where nothing of the targets is in a picture."""
    return f"nothing of mask={targets_text(targets)} was found"

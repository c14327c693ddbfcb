"""Cut the subject out, and put something else behind it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.geometry.subject import box_without_specks
from foveate.imaging.along_edges import drawn as along_edges
from foveate.imaging.decode import to_memory
from foveate.imaging.matte import (
    ALPHA,
    CutOut,
    cut_out,
    grey,
    layered,
    out_of_focus,
    planes_of,
    shadow,
    with_alpha,
)
from foveate.imaging.pixels import brought_to
from foveate.options.colours import Colour
from foveate.options.model import BLURRED, SegmentOutput
from foveate.transform.drawn_mask import drawn, placed_matte

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.options.model import Segment
    from foveate.transform.state import State

PART_OF_SUBJECT: Final = 0.5
"""Alpha from which a pixel belongs to the subject."""
SUBJECT: Final = 0.001
"""Share of a picture that something must fill to be its subject."""
SPECK: Final = 0.0005
"""Share of a subject that `subject_box` lets go on each side, so that specks do not count."""
MARGIN: Final = 0.02
"""What `subject_box` leaves around a subject, so that no hair is lost."""

BEHIND: Final = 365
"""Longer side of what is behind a subject, before it is blurred."""


def segment(state: State) -> State:
    """Make what is not the subject transparent, or what `segment.background` says.

    A picture without a subject stays as it is: an empty answer would look like a mistake, unless
    all of it was to be dropped, or this is a frame of an animation that shows one elsewhere. Its
    matte is asked for to know what was found, and is black then.
    """
    asked, matte = state.options.segment, state.matte
    if asked is not None and asked.output is SegmentOutput.DEPTH:
        return _depth(state)
    if asked is None or matte is None:
        return state
    if asked.output is SegmentOutput.MATTE:
        cut = _cut(state, matte)
        return replace(state, image=grey(cut.image.extract_band(ALPHA)))
    by_mask = state.cut_by is not None and not state.cut_by.empty
    if not (by_mask or is_found(matte, asked) or asked.drop or state.elsewhere):
        return state
    if asked.background == BLURRED and state.image.hasalpha():
        # Its alpha goes to what is behind as well, and a decoder gives its rows once.
        state = replace(state, image=to_memory(state.image))
    cut = _cut(state, matte)
    layers = [cut.image]
    if asked.shadow > 0:
        layers.insert(0, shadow(cut.image.extract_band(ALPHA), asked.shadow))
    back = backdrop(state, cut)
    if back is not None:
        layers.insert(0, back)
    return replace(state, image=layered(*layers))


def _cut(state: State, matte: NDArray[np.float32]) -> CutOut:
    """Return the subject; one that ends in the midst of things keeps the colours of these."""
    mask = state.cut_by
    if mask is None or not mask.shapes:
        return cut_out(state.image, placed_matte(matte, state.plan))
    image = to_memory(state.image)
    seen = drawn(mask, state.plan, image)
    colours, size = image.extract_band(0, n=3), Size(image.width, image.height)
    return CutOut(with_alpha(image, seen), brought_to(colours, size.within(BEHIND)))


def _depth(state: State) -> State:
    """Make the picture one of how near each place is: white is nearest."""
    if state.scenery is None:
        return state
    near = planes_of(placed_matte(state.scenery.nearness, state.plan))
    return replace(state, image=grey(along_edges(to_memory(state.image), near)))


def backdrop(state: State, cut: CutOut) -> Image | None:
    """Return what comes behind the subject, of the picture's size; None is nothing."""
    asked = state.options.segment
    behind = asked.background if asked else None
    size = Size(state.image.width, state.image.height)
    if isinstance(behind, Colour):
        ink = behind.rgb if behind.alpha >= 1 else behind.rgba
        return cut.image.new_from_image(ink).cast("uchar").copy(interpretation="srgb")
    if behind == BLURRED:
        soft = out_of_focus(cut.behind, size)
        if not state.image.hasalpha():
            return soft
        return soft.bandjoin(state.image.extract_band(ALPHA)).copy(interpretation="srgb")
    return state.backdrop


def is_found(matte: NDArray[np.float32], asked: Segment) -> bool:
    """Return whether what is to be cut out is there: what was named may be as small as it is."""
    return bool((matte > PART_OF_SUBJECT).any()) if asked.chosen else has_subject(matte)


def has_subject(matte: NDArray[np.float32]) -> bool:
    """Return whether anything was found, in a matte over the whole source."""
    return bool((matte > PART_OF_SUBJECT).mean() >= SUBJECT)


def subject_box(matte: NDArray[np.float32], size: Size, margin: float = MARGIN) -> Box:
    """Return the box around the subject, in whole pixels of the upright source.

    `margin` is added on each side, relative to the box's longer side, inside the picture. A
    picture without a subject is returned whole.
    """
    found = box_without_specks(matte > PART_OF_SUBJECT, size, SPECK)
    if found is None or not has_subject(matte):
        return Box.of(size)
    around = margin * max(found.width, found.height)
    left, top = (max(0, int(edge - around)) for edge in (found.left, found.top))
    right = min(size.width, nearest(found.right + around))
    bottom = min(size.height, nearest(found.bottom + around))
    return Box(left, top, right - left, bottom - top)

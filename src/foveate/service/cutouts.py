"""What of a picture is cut out: its subject, things of some classes, one of several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.classes import ANY
from foveate.geometry.box import Point, Size
from foveate.options.classes import word_of
from foveate.options.masks import Seen
from foveate.options.model import MatteLevel, OfFace, SegmentOutput
from foveate.service.parts.faces import found_faces
from foveate.service.parts.matte import MATTE, is_rough
from foveate.service.parts.outlines import OUTLINES
from foveate.transform.masked import masks_of
from foveate.transform.steps.segment import is_found
from foveate.vision.masks import at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.options.model import Person, Segment, TransformOptions
    from foveate.service.analysis import Analysis

    Matte = NDArray[np.float32]

ROUGH: Final = (
    "no person was found, and segment.quality=fast is rough for anything else; balanced is not"
)


def matte_level(options: TransformOptions) -> MatteLevel | None:
    """Return the level of the matte that options ask for by anything: a rendition has but one."""
    if options.segment is not None:
        return options.segment.quality
    overlaid = any(overlay.behind == "subject" for overlay in options.draw)
    return None if overlaid or Seen.SUBJECT in masks_of(options) else MatteLevel.FAST


def matte_of(analysis: Analysis, segment: Segment, mask: Matte | None = None) -> Matte:
    """Return alpha in 0..1 over the whole upright source, as a cut-out is asked for.

    `mask` is what is to be cut out instead of the subject.
    """
    alpha = _kept(analysis, segment) if mask is None else mask
    if not segment.drop:
        return alpha
    if segment.output is not SegmentOutput.MATTE and not is_found(alpha, segment):
        alpha = np.ones_like(alpha)  # the picture stays, but for what is dropped
    return without(alpha, analysis.get(OUTLINES, classes=segment.drop, person=None))


def _kept(analysis: Analysis, segment: Segment) -> Matte:
    if not segment.chosen:
        return analysis.get(MATTE, level=segment.quality)
    person = _place_of(analysis, segment.person)
    return analysis.get(OUTLINES, classes=segment.keep, person=person)


def _place_of(analysis: Analysis, person: Person | None) -> int | Point | None:
    """Return who is meant without a look at faces: who stands where that face is."""
    if not isinstance(person, OfFace):
        return person
    faces = found_faces(analysis)
    if person.number > len(faces):
        return None
    return faces[person.number - 1].box.centre(analysis.size)


def without(alpha: Matte, dropped: Matte) -> Matte:
    """Return alpha where nothing is that is dropped, as fine as the finer of both.

    What is half one thing and half the other is gone: a product would leave a ghost of it.
    """
    size = Size(*(max(sides) for sides in zip(alpha.shape[::-1], dropped.shape[::-1], strict=True)))
    kept: Matte = (at(alpha, size) - at(dropped, size)).clip(0)
    return kept


def note_of(analysis: Analysis, segment: Segment) -> str:
    """Return what should be known of a cut-out; empty where nothing should."""
    if not segment.chosen:
        return ROUGH if is_rough(analysis, segment.quality) else ""
    if is_found(_kept(analysis, segment), segment):
        return ""
    words = ["thing" if name == ANY else word_of(name) for name in segment.keep]
    words += ["such person"] if segment.person is not None else []
    return f"no {' or '.join(words)} was found to be cut out"

"""What of a picture is cut out: its subject, things of some classes, one of several people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from foveate.classes import ANY, PERSON, is_among
from foveate.geometry.box import Point
from foveate.options.classes import word_of
from foveate.options.masks import Seen
from foveate.options.model import Focus, MatteLevel, OfFace, SegmentOutput
from foveate.service.english import number_of
from foveate.service.parts.faces import found_faces
from foveate.service.parts.matte import MATTE, is_rough
from foveate.service.parts.objects import found_objects
from foveate.service.parts.outlines import OUTLINES, chosen, people_of
from foveate.transform.masked import masks_of
from foveate.transform.steps.segment import is_found
from foveate.vision.apart import apart
from foveate.vision.dropping import without
from foveate.vision.whose import whose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.options.model import Person, Segment, TransformOptions
    from foveate.service.analysis import Analysis
    from foveate.values import Thing

    Matte = NDArray[np.float32]

ROUGH: Final = (
    "no person was found, and segment.quality=fast is rough for anything else: ask for "
    "segment.quality=balanced, which needs no licence acknowledged"
)


def matte_level(options: TransformOptions) -> MatteLevel | None:
    """Return the level of the matte that options ask for by anything: a rendition has but one."""
    if options.segment is not None:
        return options.segment.quality
    overlaid = any(overlay.behind == "subject" for overlay in options.draw)
    finest = overlaid or options.style or Seen.SUBJECT in masks_of(options)
    return MatteLevel.BALANCED if finest else MatteLevel.FAST


def looks_twice(options: TransformOptions) -> bool:
    """Return whether a subject may be looked for by our own head beside the matte of that level.

    A refocus that finds a face where the fast network sees nobody does so, or that finds no face.
    """
    return options.refocus is not None and isinstance(options.refocus.at, Focus)


def matte_of(
    analysis: Analysis, segment: Segment, mask: Matte | None = None, *, elsewhere: bool = False
) -> Matte:
    """Return alpha in 0..1 over the whole upright source, as a cut-out is asked for.

    `mask` is what is to be cut out instead of the subject. `elsewhere` is whether another frame
    shows it.
    """
    alpha = kept_of(analysis, segment, mask)
    if not segment.drop:
        return alpha
    stays = segment.output is not SegmentOutput.MATTE and not elsewhere
    if stays and not is_found(alpha, segment):
        alpha = np.ones_like(alpha)  # the picture stays, but for what is dropped
    dropped = analysis.get(OUTLINES, classes=segment.drop, person=None)
    # What is kept by name has an outline of the same kind, which a rim would be taken from.
    return without(alpha, dropped, spread=0) if segment.chosen else without(alpha, dropped)


def kept_of(analysis: Analysis, segment: Segment, mask: Matte | None = None) -> Matte:
    """Return alpha of what is cut out, before anything is dropped from it."""
    if mask is not None:
        return mask
    if not segment.chosen:
        return analysis.get(MATTE, level=segment.quality)
    person = _place_of(analysis, segment.person)
    return analysis.get(OUTLINES, classes=segment.keep, person=person)


def _place_of(analysis: Analysis, person: Person | None) -> int | Point | None:
    """Return who is meant as the outlines take it: a place, or a number among all boxes."""
    if person is None or isinstance(person, Point):
        return person
    first = analysis.first
    boxes = people_of(found_objects(first))
    meant = _whose(first, person.number, boxes) if isinstance(person, OfFace) else None
    if isinstance(person, int):
        meant = next(iter(people_of(apart(boxes))[person - 1 : person]), None)
    return boxes.index(meant) + 1 if meant else None


def _whose(first: Analysis, number: int, boxes: Sequence[Thing]) -> Thing | None:
    faces = [face.box for face in found_faces(first)]
    return whose(faces, boxes)[number - 1] if number <= len(faces) else None


def looked_at(analysis: Analysis, segment: Segment) -> list[Thing]:
    """Return the things that a cut-out is of, or that are dropped from it, the largest first."""
    person = _place_of(analysis, segment.person)
    classes = (*segment.keep, *segment.drop)
    return chosen(found_objects(analysis), classes, person, analysis.size)


def note_of(frames: Sequence[Analysis], segment: Segment) -> str:
    """Return what should be known of a cut-out; empty where nothing should.

    Of an animation it is what holds for every frame.
    """
    dropped = _missing(frames, segment.drop, "dropped")
    if not segment.chosen and all(is_rough(frame, segment.quality) for frame in frames):
        return "; ".join(filter(None, (ROUGH, dropped)))
    kept = _unfound(frames, segment) if segment.chosen else ""
    return "; ".join(filter(None, (kept, dropped)))


def _unfound(frames: Sequence[Analysis], segment: Segment) -> str:
    """Return a sentence on what of that which is to be kept was not found."""
    first = frames[0]  # it decides which person is meant
    nobody = segment.person is not None and not chosen(
        found_objects(first), (), _place_of(first, segment.person), first.size
    )
    if any(is_found(kept_of(frame, segment), segment) for frame in frames):
        said = _missing(frames, segment.keep, "cut out", ["such person"] * nobody)
    else:
        who = ["such person"] * (segment.person is not None)
        said = _sentence([*map(_word, segment.keep), *who], "cut out")
    return f"{said} (found: {_found(first, segment.person)})" if nobody else said


def _found(first: Analysis, person: Person | None) -> str:
    """Return how many there are to be meant: people, and faces where one is meant by a face."""
    faces = [number_of("face", len(found_faces(first)))] if isinstance(person, OfFace) else []
    people = number_of(PERSON, len(people_of(apart(found_objects(first)))))
    return ", ".join([*faces, people])


def _missing(
    frames: Sequence[Analysis], classes: Sequence[str], done: str, more: Sequence[str] = ()
) -> str:
    labels = {thing.label for frame in frames if classes for thing in found_objects(frame)}
    lacking = [c for c in classes if not any(is_among(label, (c,)) for label in labels)]
    return _sentence([*map(_word, lacking), *more], done)


def _word(name: str) -> str:
    return "thing" if name == ANY else word_of(name)


def _sentence(words: Sequence[str], done: str) -> str:
    return f"no {' or '.join(words)} was found to be {done}" if words else ""

"""All faces of a picture into the face index, without names: the largest, as many as are wanted."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from foveate.enrolled import EnrolledFace, Selection, checked_name
from foveate.people.schema import metadata_text
from foveate.service.memory import decoded_bytes
from foveate.service.seen import SEEING, seen
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.service.people import People
    from foveate.service.seen import Seen
    from foveate.trace import Trace
    from foveate.vision.gate import Flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesWanted:
    """Which faces of a picture are to be indexed, and what is kept with them."""

    most: int
    least: float
    """The lowest quality that is good enough, 0..1; with 0 every face is."""
    source: str
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What came of it."""

    faces: tuple[tuple[Seen, EnrolledFace], ...]
    """As they were seen, and as they lie in the index, the largest first."""
    refused: tuple[tuple[Seen, Flaw], ...]
    """Those that are not good enough, each with what spoils it in a word."""
    beyond: tuple[Seen, ...]
    """Those for which no room was wanted."""


def prepare_index(
    people: People, picture: Picture, collection: str, wanted: FacesWanted
) -> Work[Indexed]:
    """Return the work of indexing. Faces that are there already stay as they are.

    Beside the metadata each face keeps the size of its picture and the detector's score. Raises
    BadOption; the work raises UnknownCollection, OtherModel, IndexFull, IndexLocked.
    """
    checked_name(collection)
    metadata_text(wanted.metadata)
    need = decoded_bytes(picture.facts) + people.analyses.memory_bytes(SEEING)
    return Work(need, partial(_index, people, picture, collection, wanted))


def _index(
    people: People,
    picture: Picture,
    collection: str,
    wanted: FacesWanted,
    deadline: Deadline,
    trace: Trace,
) -> Indexed:
    people.store.check_takes(collection, people.model)
    crops = people.settings.keep_crops
    found = sorted(
        seen(people.analyses, picture, deadline, trace, crops=crops),
        key=lambda each: -each.face.box.area,
    )
    refused = tuple((each, why) for each in found if (why := each.refusal(wanted.least)))
    good = [each for each in found if not each.refusal(wanted.least)]
    chosen = good[: wanted.most]
    if chosen:
        rows = [_row(each, picture, wanted) for each in chosen]
        people.store.enrol(collection, people.model, rows)
    there = people.store.told(collection, Selection(digests=(picture.digest,))) if chosen else ()
    return Indexed(
        faces=tuple((each, kept) for each in chosen if (kept := _same(each, there))),
        refused=refused,
        beyond=tuple(good[wanted.most :]),
    )


def _row(each: Seen, picture: Picture, wanted: FacesWanted) -> EnrolledFace:
    size = picture.facts.size
    told = {
        "image_width": size.width,
        "image_height": size.height,
        "face_score": round(float(each.face.score), 5),
    }
    return EnrolledFace(
        id=uuid4().hex,
        embedding=each.embedding,
        box=each.face.box,
        source=wanted.source,
        digest=picture.digest,
        quality=each.attributes.quality.score,
        metadata={**wanted.metadata, **told},
        added=time.time(),
        crop=each.crop,
    )


def _same(each: Seen, there: Sequence[EnrolledFace]) -> EnrolledFace | None:
    """Return the face of the index that lies where that one was seen, if it is still there."""
    box = each.face.box
    same = [kept for kept in there if kept.box.same_place(box)]
    return max(same, key=lambda kept: kept.box.iou(box), default=None)

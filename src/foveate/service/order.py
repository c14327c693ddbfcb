"""What is to be enrolled of a picture, and why a face of it is not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from foveate.enrolled import EnrolledFace
from foveate.errors import FaceRefused
from foveate.service.seen import chosen, likely, lying_at
from foveate.vision.gate import SURE, Flaw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.geometry.box import Point, Size
    from foveate.service.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be enrolled of a picture, and as whom."""

    collection: str
    subject: str
    source: str
    metadata: Mapping[str, Any]
    every: bool
    compare: bool
    """Whether it is told who else it looks like."""
    least: float
    """The lowest quality that is good enough."""
    least_score: float
    """What is less likely a face does not count."""
    at: Point | None = None
    """Where the face lies that is meant; None is the one that a picture is of."""

    def meant(self, faces: Sequence[Seen], size: Size) -> list[Seen]:
        """Return the faces of a picture of that size that are to be enrolled, if they are good.

        Raises FaceRefused.
        """
        left = likely(faces, self.least_score)
        if self.every:
            return left
        return [chosen(left) if self.at is None else lying_at(left, self.at, size)]

    def known(self, kept: Sequence[EnrolledFace]) -> list[EnrolledFace]:
        """Return who of a picture's enrolled faces tells without a look that it is done.

        Which face lies nearest to a place tells a look alone: it need not be one of these.
        """
        if not self.subject or self.at is not None:
            return []
        return [each for each in kept if each.subject == self.subject]

    def face(self, seen_: Seen, digest: str) -> EnrolledFace:
        """Return what is kept of a face."""
        return EnrolledFace(
            id=uuid4().hex,
            subject=self.subject,
            embedding=seen_.embedding,
            box=seen_.face.box,
            source=self.source,
            digest=digest,
            quality=seen_.attributes.quality.score,
            metadata=self.metadata,
            added=time.time(),
            crop=seen_.crop,
        )


def refused(each: Seen, why: str, least: float) -> FaceRefused:
    """Return the error that says why a face is not enrolled, in the words of what spoils it."""
    score = each.attributes.quality.score
    wanted = f"expected a quality of {least:g} or more, got {score:.2f}"
    if why == Flaw.UNSURE:
        wanted = f"expected a score of {SURE:g} or more, got {each.face.score:.2f}"
    return FaceRefused(
        f"The face is too {why} to be found again by: {wanted}.", reason=why, score=score
    )

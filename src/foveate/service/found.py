"""What a search of the face index answers, as values and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.service.serialise import box_to_json, face_to_json
from foveate.vision.similarity import confidence, probability, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.enrolled import EnrolledFace, Match
    from foveate.service.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Who a face may be."""

    match: Match
    """The nearest face of that subject."""
    among: int
    """How many faces the collection has."""

    @property
    def subject(self) -> str:
        """Return who; empty for a face that nobody has named."""
        return self.match.face.subject

    @property
    def confidence(self) -> float:
        """Return how likely it is that no stranger among them would be found as near, 0..1."""
        return confidence(self.match.cosine, self.among)

    @property
    def probability(self) -> float:
        """Return how likely it is one person, 0..1, if both were as likely before looking."""
        return probability(self.match.cosine)

    def to_json(self) -> dict[str, Any]:
        """Return the candidate as it stands in every JSON answer."""
        return {
            "subject": self.subject or None,
            "confidence": round(self.confidence, 4),
            "probability": round(self.probability, 4),
            "cosine": round(self.match.cosine, 4),
            "face": enrolled_to_json(self.match.face),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFace:
    """A face of a picture, and who it may be, the likeliest first."""

    seen: Seen
    candidates: tuple[Candidate, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the face as it stands in every JSON answer."""
        told = face_to_json(self.seen.face)
        told["quality"] = round(self.seen.attributes.quality.score, 4)
        return told | {"candidates": [each.to_json() for each in self.candidates]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a face is of one subject, by that subject's nearest face."""

    seen: Seen
    candidate: Candidate

    @property
    def verdict(self) -> str:
        """Return `same`, `possibly` or `different`."""
        return verdict(self.candidate.match.cosine)

    def to_json(self) -> dict[str, Any]:
        """Return the verification as it stands in every JSON answer."""
        told = self.candidate.to_json()
        del told["confidence"]  # one face is compared with one person: nobody was searched for
        return {"verdict": self.verdict, **told, "seen": face_to_json(self.seen.face)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Faces that look like one person."""

    faces: tuple[EnrolledFace, ...]
    more: int = 0
    """How many others of it are not told here."""

    def to_json(self) -> dict[str, Any]:
        """Return how many there are, and those that are told."""
        shown = [enrolled_to_json(face) for face in self.faces]
        return {"count": len(shown) + self.more, "faces": shown}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two faces that come from the same picture."""

    faces: tuple[EnrolledFace, EnrolledFace]
    cosine: float

    def to_json(self) -> dict[str, Any]:
        """Return the pair as it stands in every JSON answer."""
        faces = [enrolled_to_json(face) for face in self.faces]
        return {"cosine": round(self.cosine, 4), "faces": faces}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What came of enrolling the faces of a picture."""

    enrolled: tuple[EnrolledFace, ...]
    refused: tuple[tuple[Seen, str], ...] = ()
    """Faces that are not good enough, each with what spoils it in a word."""
    resembles: Candidate | None = None
    """Another subject whom a search would have named, where that was asked."""
    already: bool = False
    """Whether the same picture was enrolled before; then nothing was done."""


def columns_of(row: object, *names: str) -> dict[str, Any]:
    """Return some attributes of a row of a list, as they stand in every JSON answer."""
    return {name: getattr(row, name) for name in names}


def enrolled_to_json(face: EnrolledFace) -> dict[str, Any]:
    """Return what is kept of a face, without its embedding and its crop."""
    return {
        "id": face.id,
        "subject": face.subject or None,
        "box": box_to_json(face.box),
        "source": face.source,
        "quality": round(face.quality, 4),
        "metadata": dict(face.metadata),
        "added": round(face.added, 3),
    }


def enrolment_to_json(made: Enrolment) -> dict[str, Any]:
    """Return what came of enrolling, as it stands in every JSON answer."""
    return {
        "already": made.already,
        "enrolled": [enrolled_to_json(face) for face in made.enrolled],
        "refused": [
            {"reason": why, "quality": round(seen.attributes.quality.score, 4)}
            for seen, why in made.refused
        ],
        "resembles": made.resembles.to_json() if made.resembles else None,
    }


def folded(matches: Sequence[Match]) -> list[Match]:
    """Return the nearest face of each subject, nearest first, and all that nobody has named."""
    nearest: dict[str, Match] = {}
    for match in matches:
        nearest.setdefault(match.face.subject or match.face.id, match)
    return list(nearest.values())

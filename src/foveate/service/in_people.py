"""The face index as recognition searches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.deadline import current
from foveate.enrolled import COLLECTION
from foveate.service.stages.search import SubjectMatch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.service.found import Candidate
    from foveate.service.people import People


@dataclass(frozen=True, slots=True)
class InPeople:
    """The face index as recognition searches it: a `stages.search.Searches`."""

    people: People

    def __call__(
        self, embeddings: NDArray[np.float32], *, collection: str, limit: int
    ) -> list[list[SubjectMatch]]:
        """Return who each of (faces, 512) unit vectors may be, the likeliest first."""
        name = collection or COLLECTION
        self.people.check_model(name)
        rows = []
        for vector in embeddings:
            current().check()
            rows.append([_told(each) for each in self.people.search(name, vector, limit=limit)])
        return rows


def _told(candidate: Candidate) -> SubjectMatch:
    return SubjectMatch(
        subject=candidate.subject,
        face=candidate.match.face.id,
        cosine=candidate.match.cosine,
        probability=candidate.probability,
    )

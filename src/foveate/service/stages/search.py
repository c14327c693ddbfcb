"""From embeddings to who that may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from foveate.vision.batches import ONE_BY_ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

SEARCHED: Final = "search"
LIMIT: Final = 5
"""Matches of a face where nobody says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectMatch:
    """Somebody who looks like a face."""

    subject: str
    """Empty for a face that nobody has named."""
    face: str
    """The enrolled face that is nearest, by its id."""
    cosine: float
    probability: float
    """How likely it is one person, 0..1."""

    def to_json(self) -> dict[str, object]:
        """Return the match as it stands in every JSON answer."""
        return {
            "subject": self.subject or None,
            "face": self.face,
            "cosine": round(self.cosine, 4),
            "probability": round(self.probability, 4),
        }


class Searches(Protocol):
    """What a face index is to recognition."""

    def __call__(
        self, embeddings: NDArray[np.float32], *, collection: str, limit: int
    ) -> Sequence[Sequence[SubjectMatch]]:
        """Return the best matches of each of (faces, 512) unit vectors, best first. Blocks.

        Raises a FoveateError, such as for a collection that there is not.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Query:
    """The faces of one picture, to be found among those of a collection."""

    embeddings: NDArray[np.float32]
    """(faces, 512) unit vectors."""
    collection: str = ""
    """Empty is the default one."""
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class Search:
    """The faces of a picture in, the best matches of each out."""

    index: Searches

    def batch_sizes(self) -> Sequence[int]:
        """Return that it searches for the faces of one picture after the other's."""
        return ONE_BY_ONE

    def __call__(self, item: Query) -> tuple[tuple[SubjectMatch, ...], ...]:
        """Return the best matches of each face, best first."""
        if not len(item.embeddings):
            return ()
        found = self.index(item.embeddings, collection=item.collection, limit=item.limit)
        return tuple(tuple(matches) for matches in found)

    def batch(self, items: Sequence[Query]) -> list[tuple[tuple[SubjectMatch, ...], ...]]:
        """Return those of several pictures."""
        return [self(item) for item in items]

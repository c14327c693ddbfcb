"""How alike the people of two pictures are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.guard import guard
from foveate.imaging.probe import probe
from foveate.service.forms import face_to_json
from foveate.service.picture import Picture
from foveate.service.sight import Sight, finest
from foveate.vision.similarity import probability, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.imaging.stop import Deadline
    from foveate.ports import Face
    from foveate.service.sight import Eyes
    from foveate.settings import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two faces are, one of each picture, in pixels of the upright sources."""

    faces: tuple[Face, Face]
    cosine: float
    """Of their embeddings: 1 for the same picture, about 0 for strangers."""

    @property
    def probability(self) -> float:
        """Return how likely it is one person, 0..1, if both were as likely before looking."""
        return probability(self.cosine)

    @property
    def verdict(self) -> str:
        """Return `same`, `possibly` or `different`."""
        return verdict(self.cosine)

    def to_json(self) -> dict[str, object]:
        """Return the likeness as it stands in every JSON answer."""
        return {
            "cosine": round(self.cosine, 4),
            "probability": round(self.probability, 4),
            "verdict": self.verdict,
            "faces": [face_to_json(face) for face in self.faces],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of comparing two pictures."""

    found: tuple[int, int]
    """How many faces each picture has."""
    best: Likeness | None
    """The two faces that are most alike; None where a picture has no face."""

    def to_json(self) -> dict[str, object]:
        """Return the comparison as it stands in every JSON answer."""
        best = self.best.to_json() if self.best else None
        return {"found": list(self.found), "best": best}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """Two pictures in, their two most alike faces out."""

    eyes: Eyes
    limits: Limits

    def __call__(self, first: bytes, second: bytes, *, deadline: Deadline) -> Comparison:
        """Return which faces are most alike, and how much. Raises ImageError, WeightsMissing."""
        with deadline, guard():
            seen = [self._see(data, deadline) for data in (first, second)]
        (these, here), (those, there) = seen
        found = (len(these), len(those))
        if not all(found):
            return Comparison(found=found, best=None)
        cosines = here @ there.T
        one, other = np.unravel_index(int(cosines.argmax()), cosines.shape)
        pair = (these[int(one)], those[int(other)])
        return Comparison(found=found, best=Likeness(faces=pair, cosine=float(cosines[one, other])))

    def _see(self, data: bytes, deadline: Deadline) -> tuple[Sequence[Face], NDArray[np.float32]]:
        """Return the faces of a picture and their embeddings."""
        facts = probe(data, self.limits)
        scale = finest(facts.size, ("faces", "embedding"), self.eyes, None)
        sight = Sight(Picture(data, facts, deadline, scale=scale), self.eyes)
        faces = sight.found_faces()
        return faces, sight.embedding()

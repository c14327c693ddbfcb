"""How alike the people of two pictures are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from foveate.imaging.guard import guard
from foveate.imaging.pixel_source import PixelSource
from foveate.service.memory import decoded_bytes
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.serialise import face_to_json
from foveate.service.work import Work
from foveate.vision.similarity import probability, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses
    from foveate.trace import Trace
    from foveate.values import Face


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

    analyses: Analyses

    def prepare(self, first: Picture, second: Picture) -> Work[Comparison]:
        """Return the work of comparing. Raises ImageError, WeightsMissing."""
        need = decoded_bytes(first.facts) + decoded_bytes(second.facts)
        return Work(need, partial(self._compare, first, second))

    def _compare(
        self, first: Picture, second: Picture, deadline: Deadline, trace: Trace
    ) -> Comparison:
        with deadline, guard():
            seen = [self._see(picture, deadline, trace) for picture in (first, second)]
        (these, here), (those, there) = seen
        found = (len(these), len(those))
        if not all(found):
            return Comparison(found=found, best=None)
        cosines = here @ there.T
        one, other = np.unravel_index(int(cosines.argmax()), cosines.shape)
        pair = (these[int(one)], those[int(other)])
        return Comparison(found=found, best=Likeness(faces=pair, cosine=float(cosines[one, other])))

    def _see(
        self, picture: Picture, deadline: Deadline, trace: Trace
    ) -> tuple[Sequence[Face], NDArray[np.float32]]:
        """Return the faces of a picture and their embeddings."""
        scale = self.analyses.scale_for(picture.facts.size, (FACES, EMBEDDING))
        analysis = self.analyses.open(PixelSource(picture, deadline, trace, scale=scale))
        return found_faces(analysis), analysis.get(EMBEDDING)

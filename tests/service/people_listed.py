"""A face index that is a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foveate.enrolled import EVERYTHING, Collection, EnrolledFace, Match, Selection
from foveate.errors import UnknownCollection
from foveate.geometry.box import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass
class Listed:
    """The part of a `ports.VectorStore` that is asked, over a list."""

    faces: list[tuple[str, NDArray[np.float32]]]
    model: str = "colours:1"
    changes: int = 1
    introduced: tuple[str, ...] = ()
    counted: list[Selection] = field(default_factory=list)

    def collection(self, name: str) -> Collection:
        if name != "people":
            raise UnknownCollection
        return Collection(name=name, model=self.model, faces=len(self.faces), version=self.changes)

    def revision(self, name: str) -> str:
        return str(self.collection(name).version)

    def count(self, _: str, selection: Selection = EVERYTHING) -> int:
        self.counted.append(selection)
        return len(self._meant(selection))

    def is_known(self, _: str, subject: str) -> bool:
        return subject in self.introduced

    def search(
        self,
        _: str,
        vector: NDArray[np.float32],
        limit: int,
        selection: Selection = EVERYTHING,
        *,
        exact: bool = False,  # noqa: ARG002
    ) -> Sequence[Match]:
        meant = self._meant(selection)
        found = [Match(face=_kept(*each), cosine=float(each[1] @ vector)) for each in meant]
        return sorted(found, key=lambda match: -match.cosine)[:limit]

    def _meant(self, selection: Selection) -> list[tuple[str, NDArray[np.float32]]]:
        names, named = selection.subjects, selection.named
        assert selection == Selection(subjects=names, named=named), "no list tells the rest"
        meant = [each for each in self.faces if not names or each[0] in names]
        return [each for each in meant if named is None or bool(each[0]) is named]


def _kept(subject: str, vector: NDArray[np.float32]) -> EnrolledFace:
    return EnrolledFace(id=f"{subject}1", subject=subject, embedding=vector, box=Box(0, 0, 1, 1))

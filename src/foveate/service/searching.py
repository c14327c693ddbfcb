"""Whose a vector is: the nearest subjects of a collection, each by its nearest face."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.enrolled import EVERYTHING, Selection
from foveate.errors import BadOption
from foveate.people.vectors import unit
from foveate.service.found import Candidate, folded
from foveate.service.register import Register
from foveate.vision.similarity import threshold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import Match
    from foveate.settings import People as PeopleSettings

FACES_OF_ONE: Final = 5
"""Faces of one subject that a search is ready to pass over on its way to the next."""
MORE: Final = 4
"""So many times as many faces are looked at where all that were are of too few subjects."""
MOST_MATCHES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching(Register):
    """Vectors in, people out. No picture is looked at."""

    settings: PeopleSettings

    def search(
        self,
        collection: str,
        vector: NDArray[np.float32],
        *,
        limit: int = 5,
        offset: int = 0,
        selection: Selection = EVERYTHING,
        confidence: float | None = None,
    ) -> tuple[Candidate, ...]:
        """Return who a vector of our model is: subjects once each, by their nearest face.

        After them come faces that nobody has named: photos by the thousand must not hide who
        somebody is. Only those whose `confidence`, 0..1, is at least that; None takes the
        settings'. Raises BadOption for what is no vector of 512 numbers.
        """
        checked_page(limit, offset)
        vector = unit(vector, "vector")
        least = self.settings.confidence if confidence is None else confidence
        if not 0 <= least <= 1:
            raise BadOption(f"Expected a confidence from 0 to 1, got {least:g}.")
        among = self.store.count(collection)
        from_ = threshold(least, among) if least else -1.0
        found = self._subjects(collection, vector, limit + offset, selection, from_)
        nameless = [match for match in found if not match.face.subject]
        if nameless and selection.named is None:
            only = replace(selection, named=True)
            found = self._subjects(collection, vector, limit + offset, only, from_) + nameless
        return tuple(
            Candidate(match=match, among=among) for match in found[offset : offset + limit]
        )

    def _subjects(
        self,
        collection: str,
        vector: NDArray[np.float32],
        wanted: int,
        selection: Selection,
        least: float,
    ) -> list[Match]:
        """Return the nearest face of each subject, as many as are wanted if there are so many."""
        fetched = wanted * FACES_OF_ONE
        while True:
            fetched = min(MOST_MATCHES, fetched)
            nearest = self.store.search(collection, vector, fetched, selection)
            near = [match for match in nearest if match.cosine >= least]
            found = folded(near)
            if len(found) >= wanted or len(near) < fetched or fetched == MOST_MATCHES:
                return found
            fetched *= MORE


def checked_page(limit: int, offset: int) -> None:
    """Do nothing where a page can be given. Raises BadOption."""
    if limit < 1 or offset < 0 or limit + offset > MOST_MATCHES:
        raise BadOption(
            f"Expected a limit from 1 and an offset from 0, together up to {MOST_MATCHES}, got "
            f"{limit} and {offset}."
        )

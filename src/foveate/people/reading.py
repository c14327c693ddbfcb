"""What is asked of the face index: all that changes nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import EVERYTHING, Collection, Match, Selection, Subject, composed
from foveate.errors import BadInstallation, UnknownCollection
from foveate.people import opened, read
from foveate.people.introduced import Introduced
from foveate.people.schema import check_model, mark_of, model_of
from foveate.people.where import condition, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import EnrolledFace
    from foveate.people.leftovers import Leftovers
    from foveate.people.opened import Sealing
    from foveate.people.tables import Tables

log: Final = logging.getLogger(__name__)


class Reader:
    """The part of a `ports.VectorStore` that reads. Thread-safe; needs no lock."""

    def __init__(self, tables: Tables, sealing: Sealing, leftovers: Leftovers) -> None:
        """Take where faces lie, what opens them, and what tells of old files."""
        self._tables, self._sealing, self._leftovers = tables, sealing, leftovers
        self._introduced = Introduced(tables, leftovers)

    def collections(self) -> list[Collection]:
        """Return all collections, by name.

        Those that are dropped meanwhile are passed over, and so are those of another release. Of
        one that was dropped in part nothing is known but that it is unfinished.
        """
        half = self._leftovers.half_dropped()
        whole = [self._listed(name) for name in self._tables.names() if name not in half]
        gone = [
            Collection(name=name, model="", faces=0, version=0, unfinished=True) for name in half
        ]
        return sorted([*filter(None, whole), *gone], key=lambda each: each.name)

    def _listed(self, name: str) -> Collection | None:
        try:
            return self.collection(name)
        except UnknownCollection:
            return None
        except BadInstallation as why:
            log.warning("The collection %s is passed over. %s", name, why)
            return None

    def collection(self, name: str) -> Collection:
        """Return what is known of a collection. Raises UnknownCollection."""

        def act(table: Any) -> Collection:  # noqa: ANN401
            mark = mark_of(table.schema)
            return Collection(
                name=name,
                model=model_of(table.schema),
                faces=table.count_rows(),
                version=table.version,
                sealed=mark.key if mark else "",
                unfinished=self._leftovers.of(name),
            )

        return self._tables.read(name, act)

    def revision(self, name: str) -> str:
        """Return what is another text after each change, and after upkeep.

        Versions begin anew with a collection that is made anew; generations never come back.
        Raises UnknownCollection.
        """
        return self._tables.read(name, read.revision)

    def check_takes(self, name: str, model: str) -> None:
        """Do nothing where a face of that model could be added.

        Raises OtherModel, SealedCollection, CollectionFull.
        """

        def act(table: Any) -> None:  # noqa: ANN401
            check_model(name, table.schema, model)
            if self._sealing.of(name, table):
                self._sealing.check_room(name, table.count_rows() + 1)

        self._tables.read(name, act)

    def search(
        self,
        name: str,
        vector: NDArray[np.float32],
        limit: int,
        selection: Selection = EVERYTHING,
        *,
        exact: bool = False,
    ) -> list[Match]:
        """Return up to `limit` faces nearest to a unit vector, nearest first, without vectors.

        `exact` compares with every face, however many there are. Raises SealedCollection,
        SealBroken.
        """
        where = condition(selection)

        def act(table: Any) -> list[Match]:  # noqa: ANN401
            seal = self._sealing.of(name, table)
            if seal is None:
                return read.nearest(table, vector, limit, where, exact=exact)
            return opened.nearest(
                table, self._sealing.opened(name, table, seal), vector, limit, where
            )

        return self._tables.read(name, act)

    def count(self, name: str, selection: Selection = EVERYTHING) -> int:
        """Return how many faces are meant."""
        where = condition(selection) or None
        return self._tables.read(name, lambda table: int(table.count_rows(where)))

    def faces(
        self, name: str, selection: Selection = EVERYTHING, *, offset: int = 0, limit: int = 100
    ) -> list[EnrolledFace]:
        """Return the faces that are meant, oldest first, with their vectors and crops."""
        where = condition(selection)
        return self._tables.read(
            name,
            lambda table: read.faces(table, self._sealing.of(name, table), where, offset, limit),
        )

    def crops(self, name: str, faces: Sequence[str]) -> dict[str, bytes]:
        """Return by their ids the crops, as PNG, that are kept of these faces."""
        if not faces:
            return {}
        return self._tables.read(
            name, lambda table: read.crops(table, self._sealing.of(name, table), faces)
        )

    def told(
        self,
        name: str,
        selection: Selection = EVERYTHING,
        *,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[EnrolledFace]:
        """Return the faces that are meant, oldest first, without their vectors and crops.

        Needs no key. Without a limit these are all of them.
        """
        where = condition(selection)
        return self._tables.read(name, lambda table: read.told(table, where, offset, limit))

    def ids(self, name: str, selection: Selection = EVERYTHING) -> list[str]:
        """Return the ids of all faces that are meant, in no order."""
        where = condition(selection)
        return self._tables.read(name, lambda table: read.ids(table, where))

    def every(self, name: str, selection: Selection = EVERYTHING) -> Iterator[EnrolledFace]:
        """Yield all faces that are meant, as of now, in no order, with vectors and crops."""
        where = condition(selection)
        return self._tables.read(
            name, lambda table: read.every(table, self._sealing.of(name, table), where)
        )

    def embeddings(
        self, name: str, selection: Selection = EVERYTHING
    ) -> tuple[list[str], NDArray[np.float32]]:
        """Return the ids of the faces that are meant, and their (faces, 512) embeddings."""
        where = condition(selection)
        return self._tables.read(
            name, lambda table: read.embeddings(table, self._sealing.of(name, table), where)
        )

    def sources(self, name: str) -> set[str]:
        """Return what the pictures were called that its faces came from."""
        return self._tables.read(name, read.sources)

    def subjects(
        self,
        name: str,
        *,
        prefix: str = "",
        contains: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> list[Subject]:
        """Return the subjects whose names begin so and contain that, by name.

        Those without faces as well. What is contained may be in any case.
        """
        prefix, part = composed(prefix), composed(contains).casefold()
        where = f"starts_with(subject, {quoted(prefix)})" if prefix else "subject <> ''"
        found = self._tables.read(name, lambda table: read.subjects(table, where))
        introduced = self._introduced.all(name)
        for subject in found:
            introduced.pop(subject.name, None)
        found += [
            Subject(name=subject, faces=0, added=added)
            for subject, added in introduced.items()
            if subject.startswith(prefix)
        ]
        found = [subject for subject in found if part in subject.name.casefold()]
        return sorted(found, key=lambda subject: subject.name)[offset : offset + limit]

    def best_faces(self, name: str, subjects: Sequence[str]) -> dict[str, str]:
        """Return the id of the face of the best quality of each of these that has one."""
        where = condition(Selection(subjects=tuple(subjects)))
        return self._tables.read(name, lambda table: read.best(table, where))

    def is_known(self, name: str, subject: str) -> bool:
        """Return whether there is such a subject, with faces or without."""
        subject = composed(subject)
        where = condition(Selection(subjects=(subject,)))
        faces = self._tables.read(name, lambda table: int(table.count_rows(where)))
        return bool(faces) or subject in self._introduced.all(name)

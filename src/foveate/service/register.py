"""Who is in the face index: names, lists, groups, and being erased. No picture is looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.enrolled import EVERYTHING, Selection, checked_subject
from foveate.errors import BadOption, NotEnrolled, UnknownFace
from foveate.people.clusters import SAME_PICTURE, TOGETHER, groups, neighbours
from foveate.service.found import Group, Pair
from foveate.service.parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import Collection, EnrolledFace, Subject
    from foveate.ports import VectorStore
    from foveate.service.analysis import Analyses

FEWEST_DIGITS: Final = 8
"""Of an id that is not said as a whole."""
BATCH: Final = 1_000
MOST_COMPARED: Final = 100_000
"""Faces that are compared with each other: that takes a minute on two cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Names in, people out. Every verb blocks, and raises UnknownCollection where there is none."""

    analyses: Analyses
    store: VectorStore

    def collections(self) -> Sequence[Collection]:
        """Return all collections."""
        return self.store.collections()

    def drop(self, collection: str) -> None:
        """Erase a collection with everything in it. Raises UnknownCollection."""
        self.store.drop(collection, forget=self._forget)

    def seal(self, collection: str) -> bool:
        """Encrypt a collection with the newest key; return whether there was something to do.

        Raises BadSettings without a key.
        """
        return self.store.seal(collection)

    def subjects(
        self,
        collection: str,
        *,
        prefix: str = "",
        contains: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> Sequence[Subject]:
        """Return subjects by name, a page of those whose names begin so and contain that."""
        named = self.store.subjects
        return named(collection, prefix=prefix, contains=contains, offset=offset, limit=limit)

    def best_faces(self, collection: str, subjects: Sequence[str]) -> Mapping[str, str]:
        """Return the id of the best face of each of these subjects that has one."""
        return self.store.best_faces(collection, subjects) if subjects else {}

    def crops(self, collection: str, faces: Sequence[str]) -> dict[str, bytes]:
        """Return by their ids the crops, as PNG, that are kept of these faces."""
        found = self.store.faces(collection, Selection(ids=tuple(faces)), limit=len(faces))
        return {face.id: face.crop for face in found if face.crop}

    def faces(
        self,
        collection: str,
        selection: Selection = EVERYTHING,
        *,
        offset: int = 0,
        limit: int = 100,
    ) -> Sequence[EnrolledFace]:
        """Return the faces that are meant, oldest first, a page of them."""
        return self.store.faces(collection, selection, offset=offset, limit=limit)

    def every(self, collection: str, selection: Selection = EVERYTHING) -> Iterator[EnrolledFace]:
        """Yield all faces that are meant, in no order: for an export."""
        return self.store.every(collection, selection)

    def face(self, collection: str, face: str) -> EnrolledFace:
        """Return one face. Raises UnknownFace."""
        found = self.store.faces(collection, Selection(ids=(face,)), limit=1)
        if not found:
            raise UnknownFace(f"There is no face {face} in {collection}.")
        return found[0]

    def whole_id(self, collection: str, begins: str) -> str:
        """Return the id of the one face whose id begins so.

        Raises BadOption for too few digits and for several faces, UnknownFace for none.
        """
        if len(begins) < FEWEST_DIGITS:
            raise BadOption(
                f"Expected the id of a face, {FEWEST_DIGITS} digits of it or more, got {begins!r}."
            )
        found = self.store.faces(collection, Selection(id_begins=begins), limit=2)
        if not found:
            raise UnknownFace(f"There is no face {begins} in {collection}.")
        if len(found) > 1:
            raise BadOption(f"Expected more digits: several faces begin with {begins}.")
        return found[0].id

    def rename(self, collection: str, subject: str, name: str) -> int:
        """Call a subject otherwise, and return how many faces that are.

        Raises UnknownSubject, and BadOption where the other name is taken: that is a merge.
        """
        who = checked_subject(subject)
        return self.store.rename(collection, who, checked_subject(name))

    def merge(self, collection: str, subject: str, into: str) -> int:
        """Give the faces of one subject to another; return how many. Raises UnknownSubject."""
        who = checked_subject(subject)
        return self.store.rename(collection, who, checked_subject(into), merge=True)

    def name(
        self, collection: str, faces: Sequence[str], subject: str, *, force: bool = False
    ) -> int:
        """Give these faces to a subject, and return how many they were.

        Faces that are another's only by `force`. Raises UnknownFace, BadOption.
        """
        meant, name = Selection(ids=tuple(faces)), checked_subject(subject)
        if not force:
            self._check_nameless(collection, meant, name)
        found = self.store.assign(collection, meant, name)
        if not found:
            raise UnknownFace(f"None of these faces is in {collection}.")
        return found

    def erase(self, collection: str, selection: Selection) -> int:
        """Erase the faces that are meant, for good, and return how many they were.

        No file of the index holds them any longer, and what was known of the pictures that they
        came from is forgotten as well. Raises NotEnrolled where there are none.
        """
        gone = self.store.erase(collection, selection, forget=self._forget)
        if not gone:
            raise NotEnrolled(f"There is no such face in {collection}.")
        return gone

    def erase_subject(self, collection: str, subject: str) -> int:
        """Erase a subject with all its faces for good; return how many. Raises UnknownSubject."""
        who = checked_subject(subject)
        return self.store.erase_subject(collection, who, forget=self._forget)

    def erase_before(self, collection: str, moment: float) -> int:
        """Erase all faces that were enrolled before then, for good; return how many.

        `moment` is in seconds since 1970, UTC. None is no error: a schedule finds nothing on most
        days.
        """
        old = Selection(added_before=moment)
        return self.erase(collection, old) if self.store.count(collection, old) else 0

    def groups(self, collection: str, *, most: int = MOST_COMPARED) -> list[Group]:
        """Return the unnamed faces that belong together, largest group first.

        Without what they look like. Raises BadOption for more than `most`.
        """
        return self.told_groups(collection, self.clusters(collection, most=most))

    def told_groups(self, collection: str, clusters: Sequence[Sequence[str]]) -> list[Group]:
        """Return what is known of the faces of some clusters, without what they look like."""
        known = self._told(collection, [face for ids in clusters for face in ids])
        whole = ([known[face] for face in ids if face in known] for ids in clusters)
        return [Group(faces=tuple(faces)) for faces in whole if faces]

    def clusters(
        self,
        collection: str,
        *,
        least: float = TOGETHER,
        selection: Selection | None = None,
        most: int = MOST_COMPARED,
    ) -> list[list[str]]:
        """Return the ids of faces that belong together, largest group first; nobody alone.

        Without a selection, of those that nobody has named. Raises BadOption for more than `most`.
        """
        ids, vectors = self._compared(collection, selection or Selection(named=False), most)
        return [[ids[row] for row in rows] for rows in groups(vectors, least) if len(rows) > 1]

    def cluster_of(self, collection: str, face: str, *, most: int = MOST_COMPARED) -> list[str]:
        """Return the ids of the group that a face is in, of those that nobody has named."""
        self.face(collection, face)
        return next((ids for ids in self.clusters(collection, most=most) if face in ids), [face])

    def duplicates(
        self, collection: str, *, least: float = SAME_PICTURE, most: int = MOST_COMPARED
    ) -> list[Pair]:
        """Return pairs of faces that come from the same picture, the most alike first."""
        return self.told_pairs(collection, self.copies(collection, least=least, most=most))

    def copies(
        self, collection: str, *, least: float = SAME_PICTURE, most: int = MOST_COMPARED
    ) -> list[tuple[str, str, float]]:
        """Return the ids of those pairs, each with its cosine. Raises BadOption beyond `most`."""
        ids, vectors = self._compared(collection, EVERYTHING, most)
        near = [(ids[one], ids[other], cosine) for one, other, cosine in neighbours(vectors, least)]
        return sorted(near, key=lambda pair: -pair[2])

    def told_pairs(self, collection: str, near: Sequence[tuple[str, str, float]]) -> list[Pair]:
        """Return what is known of the faces of some pairs, without what they look like."""
        known = self._told(collection, list({face for *pair, _ in near for face in pair}))
        return [
            Pair(faces=(known[one], known[other]), cosine=cosine)
            for one, other, cosine in near
            if {one, other} <= known.keys()
        ]

    def _check_nameless(self, collection: str, meant: Selection, name: str) -> None:
        named = replace(meant, named=True)
        for face in self.store.faces(collection, named, limit=max(1, len(meant.ids))):
            if face.subject != name:
                raise BadOption(
                    f"Expected a face without a name, got {face.id} of {face.subject}. Force it "
                    "(--force, or force=true) to take it from there, or merge the two subjects."
                )

    def _told(self, collection: str, ids: Sequence[str]) -> dict[str, EnrolledFace]:
        """Return faces by their ids, without what they look like: there may be very many."""
        batches = (tuple(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))
        each = (self.store.told(collection, Selection(ids=some)) for some in batches)
        return {face.id: face for faces in each for face in faces}

    def _compared(
        self, collection: str, selection: Selection, most: int
    ) -> tuple[Sequence[str], NDArray[np.float32]]:
        count = self.store.count(collection, selection)
        if count > most:
            raise BadOption(f"Expected up to {most} faces to compare with each other, got {count}.")
        return self.store.embeddings(collection, selection)

    def _forget(self, digests: set[str]) -> None:
        parts = [part for part in PARTS.values() if not part.params]
        for digest in filter(None, digests):
            self.analyses.forget(digest, parts)

"""Who is in the face index: names, lists, groups, and being erased. No picture is looked at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from foveate.enrolled import EVERYTHING, Selection, checked_subject, meant_subject
from foveate.errors import BadOption, NotEnrolled, UnknownCollection, UnknownFace, UnknownSubject
from foveate.people.clusters import BYTES_A_FACE, SAME_PICTURE, groups, neighbours
from foveate.people.schema import metadata_text
from foveate.service.found import Group, Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import Collection, EnrolledFace, Subject
    from foveate.ports import VectorStore
    from foveate.service.analysis import Analyses

    Alike = tuple[str, str, float]

FEWEST_DIGITS: Final = 8
"""Of an id that is not said as a whole."""
BATCH: Final = 1_000
MOST_COMPARED: Final = 100_000
"""Faces that are compared with each other: that takes a minute on two cores."""
MOST_PAIRS: Final = 100_000
"""Pairs that come from one picture; each face brings up to `MOST_NEIGHBOURS` of them."""
UNNAMED: Final = Selection(named=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Names in, people out. Every verb blocks, and raises UnknownCollection where there is none."""

    analyses: Analyses
    store: VectorStore

    def collections(self) -> Sequence[Collection]:
        """Return all collections."""
        return self.store.collections()

    def drop(self, collection: str) -> int:
        """Erase a collection with everything in it; return how many faces it had."""
        faces = 0
        with suppress(UnknownCollection):  # it may have been dropped in part
            faces = self.store.count(collection)
        self.store.drop(collection, forget=self._forget)
        return faces

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
        return self.store.crops(collection, faces)

    def faces(
        self,
        collection: str,
        selection: Selection = EVERYTHING,
        *,
        offset: int = 0,
        limit: int = 100,
    ) -> Sequence[EnrolledFace]:
        """Return the faces that are meant, oldest first, a page of them: vectors, crops and all."""
        return self.store.faces(collection, selection, offset=offset, limit=limit)

    def told(
        self,
        collection: str,
        selection: Selection = EVERYTHING,
        *,
        offset: int = 0,
        limit: int = 100,
    ) -> Sequence[EnrolledFace]:
        """Return the same page without vectors and crops, which needs no key."""
        return self.store.told(collection, selection, offset=offset, limit=limit)

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
        found = self.store.ids(collection, Selection(id_begins=begins))
        if not found:
            raise UnknownFace(f"There is no face {begins} in {collection}.")
        if len(found) > 1:
            raise BadOption(f"Expected more digits: several faces begin with {begins}.")
        return found[0]

    def rename(self, collection: str, subject: str, name: str, *, merge: bool = False) -> int:
        """Call a subject otherwise, and return how many faces that are.

        Raises UnknownSubject; and, unless it is to `merge`, BadOption where that name is taken.
        """
        who = meant_subject(subject)
        return self.store.rename(collection, who, checked_subject(name), merge=merge)

    def merge(self, collection: str, subject: str, into: str) -> int:
        """Give the faces of one subject to another; return how many.

        Raises UnknownSubject where either is not there: a slip of the pen makes nobody new.
        """
        self.check_subject(collection, into)
        return self.rename(collection, subject, into, merge=True)

    def check_subject(self, collection: str, subject: str) -> None:
        """Do nothing where there is such a subject. Raises UnknownSubject."""
        if not self.store.is_known(collection, meant_subject(subject)):
            raise UnknownSubject(f"There is no subject {subject} in {collection}.")

    def name(
        self, collection: str, faces: Sequence[str], subject: str, *, force: bool = False
    ) -> int:
        """Give these faces to a subject, and return how many they were.

        Faces that are another's only by `force`. Raises UnknownFace, BadOption.
        """
        meant, name = Selection(ids=tuple(faces)), checked_subject(subject)
        found = self.store.assign(collection, meant, name, force=force)
        if not found:
            raise UnknownFace(f"None of these faces is in {collection}.")
        return found

    def describe(self, collection: str, face: str, change: Mapping[str, Any]) -> EnrolledFace:
        """Change the metadata of a face, and return the face: null takes a key away (RFC 7396).

        Raises UnknownFace, and BadOption for what is no JSON or too much of it.
        """
        metadata_text(change)
        found = self.store.describe(collection, face, change)
        told = self.store.told(collection, Selection(ids=(face,))) if found else ()
        if not told:
            raise UnknownFace(f"There is no face {face} in {collection}.")
        return told[0]

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
        who = meant_subject(subject)
        return self.store.erase_subject(collection, who, forget=self._forget)

    def erase_before(self, collection: str, moment: float) -> int:
        """Erase all faces that were enrolled before then, for good; return how many.

        `moment` is in seconds since 1970, UTC. None is no error: a schedule finds nothing on most
        days.
        """
        old = Selection(added_before=moment)
        return self.erase(collection, old) if self.store.count(collection, old) else 0

    def clusters(self, collection: str, *, most: int = MOST_COMPARED) -> list[list[str]]:
        """Return the ids of unnamed faces that belong together, largest group first; nobody alone.

        Raises BadOption for more than `most`; TimedOut.
        """
        ids, vectors = self._compared(collection, UNNAMED, most)
        return [[ids[row] for row in rows] for rows in groups(vectors) if len(rows) > 1]

    def grouped(
        self, collection: str, clusters: Sequence[Sequence[str]], *, most: int | None = None
    ) -> list[Group]:
        """Return these clusters as faces, up to `most` of each, without what they look like."""
        known = self._told(collection, [face for ids in clusters for face in ids[:most]])
        found = ((ids, [known[face] for face in ids[:most] if face in known]) for ids in clusters)
        return [
            Group(faces=tuple(faces), more=len(ids) - len(ids[:most]))
            for ids, faces in found
            if faces
        ]

    def cluster_of(self, collection: str, face: str, *, most: int = MOST_COMPARED) -> list[str]:
        """Return the ids of the group that a face is in, of those that nobody has named."""
        self.face(collection, face)
        return next((ids for ids in self.clusters(collection, most=most) if face in ids), [face])

    def alike(self, collection: str, *, most: int = MOST_COMPARED) -> list[Alike]:
        """Return the ids and the cosine of faces that come from one picture, most alike first.

        Those are pairs, up to `MOST_PAIRS`, and up to 50 copies of one face. Raises BadOption for
        more faces than `most`; TimedOut.
        """
        ids, vectors = self._compared(collection, EVERYTHING, most)
        near = nlargest(MOST_PAIRS, neighbours(vectors, SAME_PICTURE), key=itemgetter(2))
        return [(ids[one], ids[other], cosine) for one, other, cosine in near]

    def paired(self, collection: str, alike: Sequence[Alike]) -> list[Pair]:
        """Return these pairs as faces, without what they look like."""
        known = self._told(collection, list({face for *pair, _ in alike for face in pair}))
        return [
            Pair(faces=(known[one], known[other]), cosine=cosine)
            for one, other, cosine in alike
            if {one, other} <= known.keys()
        ]

    def comparing_bytes(self, collection: str, selection: Selection, *, most: int) -> int:
        """Return what comparing these faces takes at most. Raises BadOption for more than `most`.

        That is, for `alike` and for `clusters`.
        """
        return BYTES_A_FACE * self._few(collection, selection, most)

    def _told(self, collection: str, ids: Sequence[str]) -> dict[str, EnrolledFace]:
        """Return faces by their ids, without what they look like: there may be very many."""
        batches = (tuple(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))
        each = (self.store.told(collection, Selection(ids=some)) for some in batches)
        return {face.id: face for faces in each for face in faces}

    def _compared(
        self, collection: str, selection: Selection, most: int
    ) -> tuple[Sequence[str], NDArray[np.float32]]:
        self._few(collection, selection, most)
        return self.store.embeddings(collection, selection)

    def _few(self, collection: str, selection: Selection, most: int) -> int:
        """Return how many faces are meant. Raises BadOption for more than `most`."""
        count = self.store.count(collection, selection)
        if count > most:
            raise BadOption(f"Expected up to {most} faces to compare with each other, got {count}.")
        return count

    def _forget(self, digests: set[str]) -> None:
        self.analyses.forget(digests - {""})

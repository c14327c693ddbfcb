"""The face index and pictures: enrolling who is on them, and finding them again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from foveate.enrolled import (
    EVERYTHING,
    UNKNOWN,
    EnrolledFace,
    Selection,
    checked_name,
    checked_subject,
    meant_subject,
)
from foveate.errors import BadOption, OtherModel, UnknownCollection, UnknownSubject
from foveate.people.schema import checked_text, metadata_text
from foveate.service.found import Candidate, Enrolment, FoundFace, Verification
from foveate.service.memory import decoded_bytes
from foveate.service.order import Order, refused
from foveate.service.parts.embedding import EMBEDDER, EMBEDDING
from foveate.service.searching import Searching, checked_page
from foveate.service.seen import SEEING, chosen, lying_at, seen
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.enrolled import Collection, Match
    from foveate.geometry.box import Point
    from foveate.ports import Picture
    from foveate.service.seen import Seen
    from foveate.trace import Trace

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class People(Searching):
    """Pictures in, people out; every door calls these verbs. Those on pictures prepare work."""

    @property
    def model(self) -> str:
        """Return what changes when embeddings can no longer be compared with those of before."""
        return ":".join((*self.analyses.networks.identity(EMBEDDER), str(EMBEDDING.version)))

    def prepare_enrol(  # noqa: PLR0913 - each is a word of the doors
        self,
        picture: Picture,
        collection: str,
        subject: str = UNKNOWN,
        *,
        source: str = "",
        metadata: Mapping[str, Any] | None = None,
        every: bool = False,
        force: bool = False,
        compare: bool = False,
        least_score: float = 0.0,
        at: Point | None = None,
    ) -> Work[Enrolment]:
        """Return the work of enrolling who is on a picture; a new collection is made on the way.

        Without `every` that is the face `at` a place, its only face, or one much larger than all
        others. `force` enrols faces that are not good enough to be found again by. `compare` tells
        whom else a search would have named. Faces whose score is below `least_score`, 0..1, do not
        count. Raises BadOption; the work raises FaceRefused, OtherModel, IndexFull, IndexLocked,
        and what needs no look at the picture before there is one.
        """
        if every and subject:
            raise BadOption("Expected a subject or every face of a picture, got both.")
        if every and at:
            raise BadOption("Expected a subject with `at`, got none.")
        checked_name(collection)
        metadata_text(metadata or {})
        checked_text(source, "what the picture is called")
        order = Order(
            collection=collection,
            subject=checked_subject(subject) if subject else UNKNOWN,
            source=source,
            metadata=dict(metadata or {}),
            every=every,
            compare=compare,
            least=0.0 if force else self.settings.least_quality,
            least_score=least_score,
            at=at,
        )
        return Work(self._need(picture), partial(self._enrol, picture, order))

    def prepare_find(
        self,
        picture: Picture,
        collection: str,
        *,
        limit: int = 5,
        offset: int = 0,
        selection: Selection = EVERYTHING,
        confidence: float | None = None,
    ) -> Work[tuple[FoundFace, ...]]:
        """Return the work of saying who each face of a picture is, best score first.

        Each has up to `limit` candidates, the likeliest first. Raises BadOption; the work raises
        UnknownCollection, OtherModel.
        """
        ask = partial(
            self.search,
            collection,
            limit=limit,
            offset=offset,
            selection=selection,
            confidence=confidence,
        )
        checked_page(limit, offset)
        return Work(self._need(picture), partial(self._find, picture, collection, ask))

    def prepare_see(self, picture: Picture) -> Work[Sequence[Seen]]:
        """Return the work of looking at the faces of a picture, best score first."""
        return Work(self._need(picture), partial(seen, self.analyses, picture))

    def prepare_verify(
        self, picture: Picture, collection: str, subject: str, *, at: Point | None = None
    ) -> Work[Verification]:
        """Return the work of saying whether a picture, or the face `at` a place, is that subject.

        Raises BadOption; the work raises UnknownSubject, FaceRefused where no face is the one that
        is meant.
        """
        who = meant_subject(subject)
        return Work(self._need(picture), partial(self._verify, picture, collection, who, at))

    def make(self, collection: str) -> Collection:
        """Return the collection, made now if there is none. Raises BadOption for its name."""
        return self._made(collection, self.model, partial(self.store.collection, collection))

    def introduce(self, collection: str, subject: str) -> None:
        """Make a subject that has no face yet, and its collection if need be.

        Raises SubjectTaken, BadOption for a name that cannot be one.
        """
        name = checked_subject(subject)
        self._made(collection, self.model, partial(self.store.introduce, collection, name))

    def add(
        self, collection: str, model: str, faces: Sequence[EnrolledFace], *, by_id: bool = False
    ) -> int:
        """Enrol faces whose embeddings were made elsewhere, or here before, by that model.

        Return how many were: see `VectorStore.add` for `by_id`.
        """
        add = partial(self.store.add, collection, model, faces, by_id=by_id)
        return self._made(collection, model, add)

    def _made(self, collection: str, model: str, act: Callable[[], T]) -> T:
        """Return what `act` gives, in a collection that is made if need be."""
        try:
            return act()
        except UnknownCollection:
            self.store.create(collection, model)
            return act()

    def _need(self, picture: Picture) -> int:
        return decoded_bytes(picture.facts) + self.analyses.memory_bytes(SEEING)

    def _enrol(self, picture: Picture, order: Order, deadline: Deadline, trace: Trace) -> Enrolment:
        kept = self._kept(picture.digest, order)
        if known := order.known(kept):
            return Enrolment(enrolled=tuple(known), already=True)
        if not kept:
            with suppress(UnknownCollection):  # it is made on the way
                self.store.check_takes(order.collection, self.model)
        faces = seen(self.analyses, picture, deadline, trace, crops=self.settings.keep_crops)
        faces = order.meant(faces, picture.facts.size)
        spoilt = [(each, why) for each in faces if (why := each.refusal(order.least))]
        if spoilt and not order.every:
            raise refused(*spoilt[0], order.least)
        good = [each for each in faces if not each.refusal(order.least)]
        alone = order.compare and not order.every
        like = self._another(order, good[0].embedding) if alone else None
        enrolled, already = self._enrolled(
            order, [order.face(each, picture.digest) for each in good]
        )
        return Enrolment(enrolled=enrolled, refused=tuple(spoilt), resembles=like, already=already)

    def _enrolled(
        self, order: Order, faces: Sequence[EnrolledFace]
    ) -> tuple[tuple[EnrolledFace, ...], bool]:
        """Return what became of these faces in the index, and whether they all were there."""
        act = partial(self.store.enrol, order.collection, self.model, faces)
        changed = self._made(order.collection, self.model, act)
        if faces and not changed:
            kept = self._kept(faces[0].digest, order)
            mine = (each for each in kept if order.subject in {UNKNOWN, each.subject})
            there = (each for each in mine if any(each.box.same_place(one.box) for one in faces))
            return tuple(there), True
        new = tuple(face for face in faces if face.id in changed)
        if len(new) == len(changed):
            return new, False
        # Some were there without a name, and have one now.
        return tuple(self.store.told(order.collection, Selection(ids=tuple(changed)))), False

    def _another(self, order: Order, vector: NDArray[np.float32]) -> Candidate | None:
        """Return whom a search would name, where that is somebody else than is said."""
        try:
            found = self.search(order.collection, vector, limit=1, selection=Selection(named=True))
        except UnknownCollection:
            return None
        return next((each for each in found if each.subject != order.subject), None)

    def _kept(self, digest: str, order: Order) -> Sequence[EnrolledFace]:
        """Return the faces of that picture that are enrolled."""
        try:
            return self.store.told(order.collection, Selection(digests=(digest,)))
        except UnknownCollection:
            return ()

    def _find(
        self,
        picture: Picture,
        collection: str,
        ask: partial[tuple[Candidate, ...]],
        deadline: Deadline,
        trace: Trace,
    ) -> tuple[FoundFace, ...]:
        self.check_model(collection)
        found = []
        for each in seen(self.analyses, picture, deadline, trace):
            deadline.check()  # of a crowd there are hundreds to look for
            with trace.span("search"):
                found.append(FoundFace(seen=each, candidates=ask(each.embedding)))
        return tuple(found)

    def _verify(
        self,
        picture: Picture,
        collection: str,
        subject: str,
        at: Point | None,
        deadline: Deadline,
        trace: Trace,
    ) -> Verification:
        self.check_model(collection)
        faces = seen(self.analyses, picture, deadline, trace)
        each = chosen(faces) if at is None else lying_at(faces, at, picture.facts.size)
        selection = Selection(subjects=(subject,))
        nearest: Sequence[Match] = self.store.search(
            collection, each.embedding, 1, selection, exact=True
        )
        if not nearest:
            raise UnknownSubject(f"There is no subject {subject}.")
        return Verification(seen=each, candidate=Candidate(match=nearest[0], among=1))

    def check_model(self, collection: str) -> None:
        """Do nothing where our embeddings can be compared with those kept. Raises OtherModel."""
        kept = self.store.collection(collection).model
        if kept != self.model:
            raise OtherModel(collection, kept, self.model)

"""The verbs of the face index for whoever asks on this machine, each with its line in the log.

Programs that ask over a network are noted at their doors, which know who they are. Here the system
knows: `local`, the user of this process, and the door, which is `cli` or `library`.
"""

from __future__ import annotations

import os
import pwd
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.enrolled import COLLECTION, EVERYTHING, UNKNOWN, Selection
from foveate.people.keys import LOCAL
from foveate.service.access import Visit
from foveate.service.imports import add_vectors
from foveate.service.reindex import reindex
from foveate.service.stages.search import SEARCHED
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.enrolled import EnrolledFace
    from foveate.people.audit import AuditLog
    from foveate.ports import Picture
    from foveate.service.found import Candidate, FoundFace, Group, Pair, Verification
    from foveate.service.people import Enrolment, People
    from foveate.service.reindex import Reads, Reindexed, Runs
    from foveate.service.told import Asked
    from foveate.trace import Trace

T = TypeVar("T")
LIBRARY: Final = "library"


def local_visit(audit: AuditLog, door: str, verb: str, collection: str) -> Visit:
    """Return what somebody on this machine does."""
    told = {"user": _user(), "door": door}
    return Visit(audit=audit, by=LOCAL, verb=verb, collection=collection, request="", about=told)


def recognition_visit(audit: AuditLog, door: str, what: Asked) -> Visit | None:
    """Return what is noted of a search among all that is asked of a picture; None without one."""
    if SEARCHED not in what.words:
        return None
    return local_visit(audit, door, "recognise", what.collection or COLLECTION)


def _user() -> str:
    """Return whose process this is; not as the environment has it, which anybody may set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


class _Count:
    """How many faces a batch has enrolled. Threads may count at once: a list knows its length."""

    def __init__(self) -> None:
        self._faces: list[None] = []

    def add(self, made: Enrolment) -> None:
        self._faces.extend([None] * (0 if made.already else len(made.enrolled)))

    def __len__(self) -> int:
        return len(self._faces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The same verbs as `People`. All raise AuditFailed where their line cannot be written."""

    people: People
    audit: AuditLog
    door: str = LIBRARY
    batch: _Count | None = None
    """What counts additions that are noted together."""

    @contextmanager
    def importing(self, collection: str) -> Iterator[Audited]:
        """Give verbs whose additions are noted together: when they begin, and when they end."""
        visit, count = self._visit("import", collection), _Count()
        visit.note("asked")
        try:
            yield replace(self, batch=count)
        except BaseException as why:
            visit.note("failed", count=len(count), error=type(why).__name__)
            raise
        visit.note(count=len(count))

    def prepare_enrol(
        self,
        picture: Picture,
        collection: str,
        subject: str = UNKNOWN,
        **how: Any,  # noqa: ANN401 - the words of `People.prepare_enrol`
    ) -> Work[Enrolment]:
        """Return the work of enrolling who is on a picture."""
        compare = self.batch is None
        work = self.people.prepare_enrol(picture, collection, subject, compare=compare, **how)
        if self.batch is not None:
            return work.then(partial(_counted, self.batch))

        def run(deadline: Deadline, trace: Trace) -> Enrolment:
            act = partial(work.run, deadline, trace)
            visit = self._visit("add", collection)
            return visit.change(act, enrolled, subjects=[subject] if subject else [])

        return Work(work.memory_bytes, run)

    def prepare_find(
        self,
        picture: Picture,
        collection: str,
        **how: Any,  # noqa: ANN401
    ) -> Work[tuple[FoundFace, ...]]:
        """Return the work of saying who each face of a picture is."""
        visit = self._visit("search", collection)

        def told(found: tuple[FoundFace, ...]) -> tuple[FoundFace, ...]:
            _found(visit, [each for face in found for each in face.candidates])
            return found

        return self.people.prepare_find(picture, collection, **how).then(told)

    def prepare_verify(self, picture: Picture, collection: str, subject: str) -> Work[Verification]:
        """Return the work of saying whether a picture shows that subject."""
        visit = self._visit("verify", collection)

        def told(verified: Verification) -> Verification:
            visit.found([subject], [verified.candidate.match.face.id])
            return verified

        return self.people.prepare_verify(picture, collection, subject).then(told)

    def search(
        self,
        collection: str,
        vector: NDArray[np.float32],
        **how: Any,  # noqa: ANN401
    ) -> tuple[Candidate, ...]:
        """Return who a unit vector of our model is."""
        found = self.people.search(collection, vector, **how)
        _found(self._visit("search", collection), found)
        return found

    def every(self, collection: str, selection: Selection = EVERYTHING) -> Iterator[EnrolledFace]:
        """Yield all faces that are meant, once it is noted that they are exported."""
        visit, count = self._visit("export", collection), 0
        visit.note("asked")
        for count, face in enumerate(self.people.every(collection, selection), 1):  # noqa: B007
            yield face
        visit.note(count=count)

    def add_vectors(self, collection: str, place: Path, **how: Any) -> int:  # noqa: ANN401
        """Enrol the embeddings of a file, and return how many: see `imports.add_vectors`."""
        act = partial(add_vectors, self.people, collection, place, **how)
        return self._visit("import", collection).change(act, _count)

    def introduce(self, collection: str, subject: str) -> None:
        """Make a subject that has no face yet."""
        act = partial(self.people.introduce, collection, subject)
        self._visit("introduce", collection).change(act, lambda _: {}, subjects=[subject])

    def rename(self, collection: str, subject: str, name: str) -> int:
        """Call a subject otherwise; return how many faces that are."""
        act = partial(self.people.rename, collection, subject, name)
        return self._changed("rename", collection, act, subjects=[subject, name])

    def merge(self, collection: str, subject: str, into: str) -> int:
        """Give the faces of one subject to another; return how many."""
        act = partial(self.people.merge, collection, subject, into)
        return self._changed("merge", collection, act, subjects=[subject, into])

    def groups(self, collection: str) -> list[Group]:
        """Return the unnamed faces that belong together, largest group first."""
        found = self.people.groups(collection)
        self._visit("clusters", collection).note(count=len(found))
        return found

    def duplicates(self, collection: str) -> list[Pair]:
        """Return pairs of faces that come from the same picture, the most alike first."""
        found = self.people.duplicates(collection)
        self._visit("duplicates", collection).note(count=len(found))
        return found

    def name(
        self, collection: str, faces: Sequence[str], subject: str, *, force: bool = False
    ) -> int:
        """Give these faces to a subject; return how many they were."""
        act = partial(self.people.name, collection, faces, subject, force=force)
        return self._changed("name", collection, act, subjects=[subject], faces=faces)

    def erase_subject(self, collection: str, subject: str) -> int:
        """Erase all faces of a subject for good; return how many."""
        act = partial(self.people.erase_subject, collection, subject)
        return self._changed("erase", collection, act, subjects=[subject])

    def erase(self, collection: str, selection: Selection) -> int:
        """Erase the faces that are meant for good; return how many."""
        act = partial(self.people.erase, collection, selection)
        words = {"subjects": selection.subjects, "faces": selection.ids}
        told = {word: list(values) for word, values in words.items() if values}
        return self._changed("erase", collection, act, **told)

    def erase_before(self, collection: str, moment: float) -> int:
        """Erase all faces that were enrolled before then for good; return how many."""
        act = partial(self.people.erase_before, collection, moment)
        return self._changed("erase", collection, act, added_before=round(moment, 3))

    def drop(self, collection: str) -> int:
        """Erase a collection with everything in it; return how many faces it had."""

        def act() -> int:
            faces = self.people.store.count(collection)
            self.people.drop(collection)
            return faces

        return self._changed("erase", collection, act)

    def seal(self, collection: str) -> bool:
        """Encrypt a collection with the newest key; return whether there was something to do."""
        visit = self._visit("seal", collection)
        return visit.change(
            partial(self.people.seal, collection), lambda changed: {"count": int(changed)}
        )

    def reindex(
        self,
        collection: str,
        read: Reads,
        run: Runs,
        **how: Any,  # noqa: ANN401
    ) -> Reindexed:
        """Make a collection anew with today's network."""
        act = partial(reindex, self.people, collection, read, run, **how)
        visit = self._visit("reindex", collection)
        return visit.change(act, lambda made: {"count": made.faces}, sync=True)

    def _visit(self, verb: str, collection: str) -> Visit:
        return local_visit(self.audit, self.door, verb, collection)

    def _changed(
        self,
        verb: str,
        collection: str,
        act: Callable[[], int],
        **told: Any,  # noqa: ANN401
    ) -> int:
        # On the disk before anything is changed, and again when it was: an erasure can be shown.
        return self._visit(verb, collection).change(act, _count, sync=True, **told)


def enrolled(made: Enrolment) -> dict[str, Any]:
    """Return what is noted of an enrolment."""
    faces = [face.id for face in made.enrolled]
    told = {"faces": faces, "count": 0 if made.already else len(faces)}
    return told | ({"resembles": made.resembles.subject} if made.resembles else {})


def _found(visit: Visit, candidates: Sequence[Candidate]) -> None:
    faces = [candidate.match.face for candidate in candidates]
    visit.found([face.subject for face in faces], [face.id for face in faces])


def _counted(batch: _Count, made: Enrolment) -> Enrolment:
    batch.add(made)
    return made


def _count(count: int) -> dict[str, int]:
    return {"count": count}

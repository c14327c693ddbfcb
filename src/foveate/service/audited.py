"""The verbs of the face index for whoever asks on this machine, each with its line in the log.

Programs that ask over a network are noted at their doors, which know who they are. Here the system
knows: `local`, the user of this process, and the door, which is `cli` or `library`.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from foveate.enrolled import COLLECTION, EVERYTHING, UNKNOWN, Selection
from foveate.people.audit import DOOR
from foveate.people.keys import LOCAL
from foveate.service.access import RENDER, Naming, Visit, counted, enrolled
from foveate.service.imports import add_vectors
from foveate.service.reindex import reindex
from foveate.service.stages.search import SEARCHED
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.enrolled import EnrolledFace, Named
    from foveate.geometry.box import Point
    from foveate.people.audit import AuditLog
    from foveate.ports import Picture
    from foveate.service.found import Candidate, Enrolment, FoundFace, Group, Pair, Verification
    from foveate.service.people import People
    from foveate.service.reindex import Reads, Reindexed, Runs
    from foveate.service.told import Asked
    from foveate.trace import Trace

T = TypeVar("T")


def local_visit(audit: AuditLog, door: str, verb: str, collection: str) -> Visit:
    """Return what somebody on this machine does."""
    told = {"user": _user(), "door": door}
    return Visit(audit=audit, by=LOCAL, verb=verb, collection=collection, request="", about=told)


def local_naming(audit: AuditLog, named: Sequence[Named]) -> Naming:
    """Return what somebody on this machine does who names people in options."""
    names = dict.fromkeys(each.collection for each in named)
    visits = (local_visit(audit, DOOR.get(), RENDER, name) for name in names)
    return Naming(tuple(visits), tuple(named))


def recognition_visit(audit: AuditLog, what: Asked) -> Visit | None:
    """Return what is noted of a search among all that is asked of a picture; None without one."""
    if SEARCHED not in what.words:
        return None
    return local_visit(audit, DOOR.get(), "recognise", what.collection or COLLECTION)


def _user() -> str:
    """Return whose process this is; not as the environment has it, which anybody may set."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd  # noqa: PLC0415 - not everywhere

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


class _Count:
    """How many faces a batch has enrolled. Threads may count at once: a list knows its length."""

    def __init__(self) -> None:
        self._faces: list[None] = []

    def add(self, faces: int) -> None:
        self._faces.extend([None] * faces)

    def __len__(self) -> int:
        return len(self._faces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The same verbs as `People`. All raise AuditFailed where their line cannot be written."""

    people: People
    audit: AuditLog
    door: str = field(default_factory=DOOR.get)
    """As it is when this is made: batches run in threads that were not told."""
    batch: _Count | None = None
    """What counts additions that are noted together."""

    @contextmanager
    def importing(self, collection: str) -> Iterator[Audited]:
        """Give verbs whose additions are noted together: when they begin, and when they end."""
        with self._importing(collection) as count:
            yield replace(self, batch=count)

    @contextmanager
    def _importing(self, collection: str) -> Iterator[_Count]:
        """Give what counts the faces of an import, which is noted however it ends."""
        visit, count = self._visit("import", collection), _Count()
        visit.note("asked")
        try:
            yield count
        except BaseException as why:
            visit.failed(why, count=len(count))
            raise
        visit.ended(count=len(count))

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
            visit.candidates(each for face in found for each in face.candidates)
            return found

        return self.people.prepare_find(picture, collection, **how).then(told)

    def prepare_verify(
        self, picture: Picture, collection: str, subject: str, *, at: Point | None = None
    ) -> Work[Verification]:
        """Return the work of saying whether a picture shows that subject."""
        visit = self._visit("verify", collection)

        def told(verified: Verification) -> Verification:
            visit.found([subject], [verified.candidate.match.face.id])
            return verified

        return self.people.prepare_verify(picture, collection, subject, at=at).then(told)

    def search(
        self,
        collection: str,
        vector: NDArray[np.float32],
        **how: Any,  # noqa: ANN401
    ) -> tuple[Candidate, ...]:
        """Return who a unit vector of our model is."""
        found = self.people.search(collection, vector, **how)
        self._visit("search", collection).candidates(found)
        return found

    def faces(
        self,
        collection: str,
        selection: Selection = EVERYTHING,
        **page: int,
    ) -> Sequence[EnrolledFace]:
        """Return a page of the faces that are meant, with vectors and crops: an export as well."""
        found = self.people.faces(collection, selection, **page)
        ids = [face.id for face in found]
        self._visit("export", collection).note(faces=ids, count=len(ids))
        return found

    def crops(self, collection: str, faces: Sequence[str]) -> dict[str, bytes]:
        """Return by their ids the crops, as PNG, that are kept of these faces."""
        self._visit("crop", collection).note("asked", faces=faces)
        return self.people.crops(collection, faces)

    def every(self, collection: str, selection: Selection = EVERYTHING) -> Iterator[EnrolledFace]:
        """Yield all faces that are meant, once it is noted that they are exported."""
        visit, count = self._visit("export", collection), 0
        visit.note("asked")
        try:
            for count, face in enumerate(self.people.every(collection, selection), 1):  # noqa: B007
                yield face
        except BaseException as why:
            visit.failed(why, count=count)
            raise
        visit.ended(count=count)

    def add_vectors(self, collection: str, place: Path, **how: Any) -> int:  # noqa: ANN401
        """Enrol the embeddings of a file, and return how many: see `imports.add_vectors`."""
        with self._importing(collection) as count:
            return add_vectors(self.people, collection, place, kept=count.add, **how)

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

    def clusters(self, collection: str) -> list[list[str]]:
        """Return the ids of unnamed faces that belong together, largest group first."""
        found = self.people.clusters(collection)
        self._visit("clusters", collection).note(count=len(found))
        return found

    def cluster_of(self, collection: str, face: str) -> list[str]:
        """Return the ids of the group that an unnamed face is in."""
        found = self.people.cluster_of(collection, face)
        self._visit("clusters", collection).note(faces=found, count=1)
        return found

    def groups(self, collection: str) -> list[Group]:
        """Return the unnamed faces that belong together, largest group first."""
        return self.people.grouped(collection, self.clusters(collection))

    def duplicates(self, collection: str) -> list[Pair]:
        """Return pairs of faces that come from the same picture, the most alike first."""
        found = self.people.alike(collection)
        self._visit("duplicates", collection).note(count=len(found))
        return self.people.paired(collection, found)

    def name(
        self, collection: str, faces: Sequence[str], subject: str, *, force: bool = False
    ) -> int:
        """Give these faces to a subject; return how many they were."""
        act = partial(self.people.name, collection, faces, subject, force=force)
        return self._changed("name", collection, act, subjects=[subject], faces=faces)

    def describe(self, collection: str, face: str, change: Mapping[str, Any]) -> EnrolledFace:
        """Change the metadata of a face, and return the face."""
        act = partial(self.people.describe, collection, face, change)
        visit = self._visit("describe", collection)
        return visit.change(act, lambda _: counted(1), sync=True, faces=[face])

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
        return self._changed("erase", collection, partial(self.people.drop, collection))

    def seal(self, collection: str) -> bool:
        """Encrypt a collection with the newest key; return whether there was something to do."""
        visit = self._visit("seal", collection)
        return visit.change(partial(self.people.seal, collection), lambda done: {"written": done})

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
        return visit.change(act, reindexed, sync=True)

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
        return self._visit(verb, collection).change(act, counted, sync=True, **told)


def reindexed(made: Reindexed) -> dict[str, Any]:
    """Return what is noted of a collection that was made anew, or was left as it is."""
    return {"written": made.written, **counted(made.faces if made.written else 0)}


def _counted(batch: _Count, made: Enrolment) -> Enrolment:
    batch.add(0 if made.already else len(made.enrolled))
    return made

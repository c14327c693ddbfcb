"""The face index on LanceDB: a `ports.VectorStore`."""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.enrolled import (
    EVERYTHING,
    Collection,
    Match,
    Selection,
    Subject,
    checked_name,
    composed,
)
from foveate.errors import (
    BadInstallation,
    BadOption,
    OtherModel,
    SubjectTaken,
    Unavailable,
    UnknownCollection,
    UnknownSubject,
)
from foveate.people import care, opened, read
from foveate.people.adding import Adding, new_rows
from foveate.people.boxes import close_rows
from foveate.people.introduced import Introduced
from foveate.people.key_source import key_source
from foveate.people.lance import arrow
from foveate.people.leftovers import TABLE, Leftovers
from foveate.people.lock import folder_lock
from foveate.people.opened import Sealing
from foveate.people.rewriting import Rewriting
from foveate.people.schema import generation_of, mark_of, model_of, to_table
from foveate.people.sealing import Keyring
from foveate.people.tables import SUFFIX, Tables
from foveate.people.upkeep import REST
from foveate.people.where import condition, quoted
from foveate.people.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.enrolled import EnrolledFace
    from foveate.settings import People as Settings

    Forgets = Callable[[set[str]], None]

log = logging.getLogger(__name__)
T = TypeVar("T")
LOCK_WAIT_S: Final = 60.0
"""Longer than another process takes to train an index of a million faces."""


def _nobody(_: set[str]) -> None:
    """Forget nothing."""


class LanceStore:
    """Collections of faces in a folder, or under an s3:// address. Thread-safe; every call blocks.

    All changes go through one thread, and are committed when a call returns. Any number of
    processes may read; those that write take turns, under a lock in the folder. A bucket has no
    such lock: there, one process is to write.
    """

    def __init__(  # noqa: PLR0913 - each is a setting
        self,
        place: str,
        *,
        staleness_s: float = 1.0,
        queue: int = 20_000,
        cache_bytes: int = 256 * 1024 * 1024,
        lock_wait_s: float = LOCK_WAIT_S,
        options: Mapping[str, str] | None = None,
        sealing: Sealing | None = None,
    ) -> None:
        """Take where it lies; `staleness_s` is how long another process's changes may be missed.

        Where `sealing` has a key, new collections are sealed with it.
        """
        self._folder = None if "://" in place else Path(place)
        self._tables = Tables(
            place, staleness_s=staleness_s, cache_bytes=cache_bytes, options=options
        )
        self._introduced = Introduced(self._tables)
        self._sealing = sealing or Sealing()
        self._leftovers = Leftovers(self._folder)
        self._rewriting = Rewriting(self._tables, self._sealing, self._leftovers)
        self._rest_until: dict[str, float] = {}
        self._lock = folder_lock(self._folder, lock_wait_s) if self._folder else nullcontext
        self._writer = Writer(self._commit, self._tidy, self._alone, queue)

    @classmethod
    def configured(
        cls, place: str, settings: Settings, options: Mapping[str, str] | None = None
    ) -> LanceStore:
        """Return the store of a place as the settings have it. Raises BadSettings."""
        return cls(
            place,
            staleness_s=settings.staleness_s,
            queue=settings.queue,
            cache_bytes=settings.cache_bytes,
            options=options,
            sealing=Sealing(
                Keyring(key_source(settings.key_file, settings.key_command)), settings.sealed_faces
            ),
        )

    def begin(self) -> None:
        """Read the keys, if there are any, and finish what ended in the middle, soon.

        Raises BadSettings for keys that cannot be read, BadInstallation.
        """
        self._sealing.keys.load()
        for name in self._leftovers.all():
            self._writer.change(name, lambda: None)  # it finishes first what it finds

    def collections(self) -> list[Collection]:
        """Return all collections, by name.

        Those that are dropped meanwhile are passed over, and so are those of another release.
        """
        found = []
        for name in self._tables.names():
            try:
                found.append(self.collection(name))
            except UnknownCollection:
                continue
            except BadInstallation as why:
                log.warning("The collection %s is passed over. %s", name, why)
        return found

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
        return self._tables.read(
            name, lambda table: f"{generation_of(table.schema)}-{table.version}"
        )

    def create(self, name: str, model: str) -> Collection:
        """Return the collection, made now if there is none. Raises OtherModel, BadOption."""
        checked_name(name)

        def act() -> None:
            try:
                self._expect(name, model)
            except UnknownCollection:
                seal = self._sealing.keys.new(model)
                self._tables.make(name, model, seal.mark if seal else None)

        self._change(name, act)
        return self.collection(name)

    def drop(self, name: str, *, forget: Forgets = _nobody) -> None:
        """Remove a collection with everything in it. Raises UnknownCollection.

        `forget` is given the digests of the pictures that its faces came from, before they go.
        """
        self._tables.get(name)

        def act() -> None:
            if not self._half_dropped(name):  # or it was told so before
                with suppress(UnknownCollection):
                    forget(read.digests(self._tables.latest(name), ""))
            # The faces go last: whoever is interrupted finds the collection, and drops it again.
            self._introduced.drop(name)
            with self._leftovers.until_done(name, TABLE):
                self._tables.drop(name)
            self._sealing.forget(name)

        self._writer.change(name, act).result()

    def add(
        self, name: str, model: str, faces: Sequence[EnrolledFace], *, once: bool = False
    ) -> bool:
        """Add faces whose embeddings come from `model`; they are committed when this returns.

        Return whether they were added: those to be added `once` are not where faces of the same
        picture are there already, of the same subject or, where nobody is named, of anybody.
        Raises UnknownCollection, OtherModel, BadOption for metadata, IndexFull, IndexLocked,
        CollectionFull, SealedCollection.
        """
        self._expect(name, model)
        if not faces:
            return True
        adding = Adding(to_table(faces, model), once)
        self._writer.add(name, adding).result()
        return not adding.there

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
            lambda table: read.page(table, self._sealing.of(name, table), where, offset, limit),
        )

    def told(self, name: str, selection: Selection) -> list[EnrolledFace]:
        """Return all faces that are meant, oldest first, without their vectors and crops."""
        where = condition(selection)
        return self._tables.read(name, lambda table: read.told(table, where))

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

    def subjects(
        self, name: str, *, prefix: str = "", offset: int = 0, limit: int = 100
    ) -> list[Subject]:
        """Return the subjects whose names begin so, by name, those without faces as well."""
        prefix = composed(prefix)
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
        return sorted(found, key=lambda subject: subject.name)[offset : offset + limit]

    def is_known(self, name: str, subject: str) -> bool:
        """Return whether there is such a subject, with faces or without."""
        where = condition(Selection(subjects=(subject,)))
        faces = self._tables.read(name, lambda table: int(table.count_rows(where)))
        return bool(faces) or subject in self._introduced.all(name)

    def introduce(self, name: str, subject: str) -> None:
        """Keep a subject that has no face yet; it stays until it is erased by its name.

        Raises SubjectTaken.
        """
        self._tables.get(name)

        def act() -> None:
            self._tables.latest(name)
            if self.is_known(name, subject):
                raise SubjectTaken(f"There is a subject {subject} already.")
            self._introduced.add(name, subject, time.time())

        self._change(name, act)

    def rename(self, name: str, subject: str, into: str, *, merge: bool = False) -> int:
        """Call a subject otherwise, introduced or not; return how many faces that are.

        Raises UnknownSubject; and, unless it is to `merge`, BadOption where that name is taken.
        """
        where = self._some(Selection(subjects=(subject,)))

        def act() -> int:
            table = self._tables.latest(name)
            if not merge and self.is_known(name, into):
                raise BadOption(f"Expected a new name, got {into}, who is enrolled. Merge the two.")
            introduced = self._introduced.rename(name, subject, into)
            done = table.update(where=where, values={"subject": into})
            return _of(subject, int(done.rows_updated), introduced=introduced)

        return self._change(name, act)

    def assign(self, name: str, selection: Selection, subject: str) -> int:
        """Give the faces that are meant to a subject, and return how many they were."""
        where = self._some(selection)

        def act() -> int:
            done = self._tables.latest(name).update(where=where, values={"subject": subject})
            return int(done.rows_updated)

        return self._change(name, act)

    def erase(self, name: str, selection: Selection, *, forget: Forgets = _nobody) -> int:
        """Remove the faces that are meant, and return how many they were.

        Searches miss them at once; when this returns, no file of the index holds them: neither
        rows, nor versions before, nor entries of the search index. `forget` is given the digests
        of the pictures that they came from, before they go: so whoever has to try again finds
        either what is to be forgotten, or nothing.
        """
        where = self._some(selection)
        return self._change(name, lambda: self._erased(name, where, forget))

    def erase_subject(self, name: str, subject: str, *, forget: Forgets = _nobody) -> int:
        """Remove a subject with all its faces, as `erase` does. Raises UnknownSubject."""
        where = self._some(Selection(subjects=(subject,)))

        def act() -> int:
            introduced = self._introduced.remove(name, subject)
            return _of(subject, self._erased(name, where, forget), introduced=introduced)

        return self._change(name, act)

    def _erased(self, name: str, where: str, forget: Forgets) -> int:
        table = self._tables.latest(name)
        gone = int(table.count_rows(where))
        if gone:
            forget(read.digests(table, where))
            with self._leftovers.until_done(name):
                table.delete(where)
                self._sealing.caught_up(name, table)
                care.scrub(table, self._deletions(name))
        return gone

    def replace(
        self, name: str, model: str, faces: Sequence[EnrolledFace], *, version: int
    ) -> None:
        """Put these faces of another model in the place of all that the collection has.

        Raises Unavailable where it no longer is what it was at that version: what was erased in
        the meantime must not come back.
        """
        rows = to_table(faces, model)

        def act() -> None:
            table = self._tables.latest(name)
            if table.version != version:
                changed = f"The collection {name} was changed meanwhile. Try again."
                raise Unavailable(changed, public=changed)
            self._rewriting.with_rows(table, name, model, rows)
            self._sealing.forget(name)

        self._change(name, act)

    def seal(self, name: str) -> bool:
        """Encrypt a collection with the newest key, be it plain or sealed with another.

        Return whether there was something to do. When this returns, no file holds what was there
        before; whoever ends it in the middle leaves the collection as it was, or sealed. Raises
        BadSettings without a key, SealedCollection without that of before, CollectionFull.
        """

        def act() -> bool:
            return self._rewriting.sealed(self._tables.latest(name), name)

        return self._change(name, act)

    def close(self) -> None:
        """Finish what was asked for."""
        self._writer.close()

    def _change(self, name: str, act: Callable[[], T]) -> T:
        """Return what `act` gives, alone; not while the collection is half dropped."""

        def checked() -> T:
            self._check_whole(name)
            return act()

        return self._writer.change(name, checked).result()

    def _check_whole(self, name: str) -> None:
        """Do nothing unless files of it are still to go: what came to them would go as well."""
        if self._half_dropped(name):
            half = f"The collection {name} is being erased, which failed so far. Try again."
            raise Unavailable(half, public=half)

    def _half_dropped(self, name: str) -> bool:
        return self._leftovers.all().get(name) == TABLE

    def _expect(self, name: str, model: str) -> None:
        kept = model_of(self._tables.get(name).schema)
        if kept != model:
            raise OtherModel(name, kept, model)

    def _commit(self, name: str, adding: Sequence[Adding]) -> None:
        self._check_whole(name)
        model = model_of(adding[0].rows.schema)
        table = self._tables.latest(name)
        self._expect(name, model)
        new = new_rows(table, adding)
        if not new:
            return
        seal = self._sealing.of(name, table)
        added = arrow().concat_tables(new)
        if seal:
            self._sealing.check_room(name, table.count_rows() + len(added))
        table.add(close_rows(added, seal, model))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Write while nobody else does, once it is finished what others began."""
        with self._lock():
            for name, what in self._leftovers.all().items():
                try:
                    self._finish(name, what)
                except Exception:
                    log.exception(
                        "Old files of %s could not be removed; that is tried again.", name
                    )
            yield

    def _finish(self, name: str, what: str) -> None:
        if what == TABLE:
            self._tables.drop(name)
            self._sealing.forget(name)
        else:
            with suppress(UnknownCollection):
                care.scrub(self._tables.latest(name), self._deletions(name))
        self._leftovers.done(name)

    def _tidy(self, name: str, idle: bool) -> bool:  # noqa: FBT001 - the writer's words
        """Do what is due, and return whether nothing is left for a later time of idleness."""
        try:
            table = self._tables.latest(name)
        except UnknownCollection:
            return True  # dropped just now
        rested = time.monotonic() >= self._rest_until.get(name, 0.0)
        spent = care.tidy(table, rested=rested, idle=idle)
        if spent:
            self._rest_until[name] = time.monotonic() + REST * spent
        return rested

    def _deletions(self, name: str) -> Path | None:
        folder = self._folder
        return folder / f"{name}{SUFFIX}.lance" / "_deletions" if folder else None

    def _some(self, selection: Selection) -> str:
        where = condition(selection)
        if not where:
            raise BadOption("Expected which faces are meant, got nothing that tells them apart.")
        return where


def _of(subject: str, count: int, *, introduced: bool) -> int:
    if not count and not introduced:
        raise UnknownSubject(f"There is no subject {subject}.")
    return count

"""The face index on LanceDB: a `ports.VectorStore`."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from foveate.enrolled import Selection, checked_name
from foveate.errors import BadOption, Unavailable, UnknownCollection, UnknownSubject
from foveate.people import read
from foveate.people.adding import Adding
from foveate.people.changing import Changing
from foveate.people.key_source import key_source
from foveate.people.leftovers import TABLE, WRITING, Leftovers
from foveate.people.lock import folder_lock
from foveate.people.opened import Sealing
from foveate.people.reading import Reader
from foveate.people.rewriting import Rewriting
from foveate.people.schema import check_model, checked_text, to_table
from foveate.people.sealing import Keyring
from foveate.people.spool import Spool
from foveate.people.tables import Tables
from foveate.people.tending import Tending
from foveate.people.where import condition, in_parts
from foveate.people.writer import Writer, awaited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from foveate.enrolled import EnrolledFace
    from foveate.settings import People as Settings

    Forgets = Callable[[set[str]], None]

T = TypeVar("T")
LOCK_WAIT_S: Final = 60.0
"""Longer than another process takes to train an index of a million faces."""


def _nobody(_: set[str]) -> None:
    """Forget nothing."""


class LanceStore(Reader):
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
        self._folder = folder = None if "://" in place else Path(place)
        tables = Tables(place, staleness_s=staleness_s, cache_bytes=cache_bytes, options=options)
        super().__init__(tables, sealing or Sealing(), Leftovers(folder))
        self._rewriting = Rewriting(self._tables, self._sealing, self._leftovers)
        self._tending = Tending(
            folder,
            self._tables,
            self._sealing,
            self._leftovers,
            Leftovers(folder, WRITING, outlives_power=False),
            self._introduced,
        )
        self._changing = Changing(
            self._tables,
            self._sealing,
            self._leftovers,
            self._introduced,
            self._tending,
            self.is_known,
        )
        self._lock = folder_lock(folder, lock_wait_s) if folder else nullcontext
        self._writer = Writer(self._commit, self._tending.tidy, self._alone, queue)

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
        for name in self._tending.unfinished():
            self._writer.change(name, lambda: None)  # it finishes first what it finds

    def create(self, name: str, model: str) -> bool:
        """Make the collection if there is none, and return whether it is new.

        Of several that ask at once one is told so. Raises OtherModel, BadOption.
        """
        checked_name(name)
        checked_text(model, "a model")

        def act() -> bool:
            try:
                self._expect(name, model)
            except UnknownCollection:
                seal = self._sealing.keys.new(model)
                self._tables.make(name, model, seal.mark if seal else None)
                return True
            return False

        return self._change(name, act)

    def drop(self, name: str, *, forget: Forgets = _nobody) -> None:
        """Remove a collection with everything in it. Raises UnknownCollection.

        `forget` is given the digests of the pictures that its faces came from, before they go. One
        that was dropped in part may be dropped again, which finishes that.
        """
        if name not in self._leftovers.half_dropped():
            self._tables.get(name)

        def act() -> None:
            if name not in self._leftovers.half_dropped():  # or it was told so before
                with suppress(UnknownCollection):
                    forget(read.digests(self._tables.latest(name), ""))
            with self._leftovers.until_done(name, TABLE):
                # The faces go last: in a bucket, which has no mark, whoever is interrupted finds
                # the collection, and drops it again.
                self._introduced.drop(name)
                self._tables.drop(name)
            self._sealing.forget(name)

        awaited(self._writer.change(name, act))

    def add(
        self, name: str, model: str, faces: Sequence[EnrolledFace], *, by_id: bool = False
    ) -> int:
        """Add faces whose embeddings come from `model`; they are committed when this returns.

        Return how many were added: `by_id`, those of whose id there is none. Raises
        UnknownCollection, OtherModel, BadOption for metadata, IndexFull, IndexLocked,
        CollectionFull, SealedCollection.
        """
        return len(self._added(name, model, faces, partial(Adding, by_id=by_id)))

    def enrol(self, name: str, model: str, faces: Sequence[EnrolledFace]) -> list[str]:
        """Add the faces of a picture that are not there, and return the ids of what was changed.

        A face is there by the picture's digest and its place, for the same subject or, where nobody
        is named, for anybody. One that is there without a name gets that of the face, and keeps all
        else. Raises as `add` does.
        """
        return self._added(name, model, faces, partial(Adding, once=True))

    def _added(
        self,
        name: str,
        model: str,
        faces: Sequence[EnrolledFace],
        adds: Callable[[Any], Adding],
    ) -> list[str]:
        self._expect(name, model)
        if not faces:
            return []
        adding = adds(to_table(faces, model))
        awaited(self._writer.add(name, adding))
        return adding.result()

    def introduce(self, name: str, subject: str) -> None:
        """Keep a subject that has no face yet; it stays until it is erased by its name.

        Raises SubjectTaken.
        """
        self._tables.get(name)
        self._change(name, lambda: self._changing.introduce(name, subject))

    def rename(self, name: str, subject: str, into: str, *, merge: bool = False) -> int:
        """Call a subject otherwise, introduced or not; return how many faces that are.

        When this returns, no file of the index holds the name before. Raises UnknownSubject; and,
        unless it is to `merge`, BadOption where that name is taken.
        """
        return self._change(name, lambda: self._changing.rename(name, subject, into, merge=merge))

    def assign(self, name: str, selection: Selection, subject: str, *, force: bool = False) -> int:
        """Give the faces that are meant to a subject, and return how many they were.

        Raises BadOption where some are another's, unless it is to `force`: then no file of the
        index holds that these were theirs.
        """
        wheres = [self._some(part) for part in in_parts(selection)]
        return self._change(name, lambda: self._changing.assign(name, wheres, subject, force=force))

    def describe(self, name: str, face: str, change: Mapping[str, Any]) -> bool:
        """Change the metadata of a face, and return whether there is that face.

        Keys that are null go, and others are set (RFC 7396). When this returns, no file of the
        index holds what was there before. Raises BadOption for what would be too much.
        """
        return self._change(name, lambda: self._changing.describe(name, face, change))

    def erase(self, name: str, selection: Selection, *, forget: Forgets = _nobody) -> int:
        """Remove the faces that are meant, and return how many they were.

        Searches miss them at once; when this returns, no file of the index holds them: neither
        rows, nor versions before, nor entries of the search index. `forget` is given the digests
        of the pictures that they came from, before they go: so whoever has to try again finds
        either what is to be forgotten, or nothing.
        """
        where = self._some(selection)
        return self._change(name, lambda: self._changing.erase(name, where, forget))

    def erase_subject(self, name: str, subject: str, *, forget: Forgets = _nobody) -> int:
        """Remove a subject with all its faces, as `erase` does.

        Where an erasure had left files that hold somebody, to do it again is to finish it. Raises
        UnknownSubject, and StillInFiles.
        """
        unfinished = self._leftovers.of(name)
        try:
            return self._change(name, lambda: self._changing.erase_subject(name, subject, forget))
        except UnknownSubject:
            if unfinished and not self._leftovers.of(name):
                return 0
            raise

    def replace(
        self, name: str, model: str, faces: Iterable[EnrolledFace], *, revision: str
    ) -> None:
        """Put these faces of another model in the place of all that the collection has.

        They are taken one by one, and some of them are in memory at a time. What is raised by the
        way leaves all as it was. Raises Unavailable where the collection no longer is what it was
        at that revision: what was erased in the meantime must not come back.
        """
        left = iter(faces)
        with Spool(self._folder) as rows:
            while some := list(islice(left, read.BATCH)):
                rows.add(to_table(some, model))
            self._change(name, lambda: self._replace(name, model, rows, revision))

    def _replace(self, name: str, model: str, rows: Spool, revision: str) -> None:
        table = self._tables.latest(name)
        if read.revision(table) != revision:
            changed = f"The collection {name} was changed meanwhile. Try again."
            raise Unavailable(changed, public=changed)
        self._rewriting.with_rows(table, name, model, rows)
        self._sealing.forget(name)

    def seal(self, name: str) -> bool:
        """Encrypt a collection with the newest key, be it plain or sealed with another.

        Return whether there was something to do. When this returns, no file holds what was there
        before; whoever ends it in the middle leaves the collection as it was, or sealed. Raises
        BadSettings without a key, SealedCollection without that of before, CollectionFull.
        """

        def act() -> bool:
            return self._rewriting.sealed(self._tables.latest(name), name)

        return self._change(name, act)

    def close(self, timeout_s: float | None = None) -> None:
        """Finish what was asked for, or as much of it as there is time for."""
        self._writer.close(timeout_s)

    def _change(self, name: str, act: Callable[[], T]) -> T:
        """Return what `act` gives, alone; not while the collection is half dropped."""

        def checked() -> T:
            self._tending.check_whole(name)
            return act()

        return awaited(self._writer.change(name, checked))

    def _expect(self, name: str, model: str) -> None:
        check_model(name, self._tables.get(name).schema, model)

    def _commit(self, name: str, adding: Sequence[Adding]) -> None:
        self._tending.check_whole(name)
        self._changing.add(name, adding)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Write while nobody else does, once it is finished what others began."""
        with self._lock():
            self._tending.finish()
            yield

    def _some(self, selection: Selection) -> str:
        where = condition(selection)
        if not where:
            raise BadOption("Expected which faces are meant, got nothing that tells them apart.")
        return where

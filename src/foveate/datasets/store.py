"""What is noted of datasets on this machine: one SQLite file, for any number of processes."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.datasets import rows
from foveate.datasets.anew import AnewBooks
from foveate.datasets.dataset import PROGRESS, Dataset, Event, State
from foveate.datasets.progress import whole
from foveate.datasets.tables import EVENTS, LATER, TABLES, WEBHOOKS
from foveate.errors import DatasetConflict, UnknownDataset
from foveate.jobs.job import dumped

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.datasets.identity import Identity
    from foveate.jobs.due import Outcome

FILE: Final = "datasets.sqlite3"
LOST: Final = "datasets that are there are noted anew, counts, events and webhooks are lost"


class Due(NamedTuple):
    """A webhook that is to be told of the end of a dataset now."""

    dataset: Dataset
    key: str
    url: str
    tries: int


class Tally(NamedTuple):
    """So many datasets, and their bytes."""

    many: int = 0
    bytes: int = 0


class Store:
    """The datasets that this machine knows of. Thread-safe, blocks, and raises DatasetsUnusable."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._books = AnewBooks(folder / FILE, TABLES, LOST, LATER)
        self._clock = clock

    @property
    def exists(self) -> bool:
        """Return whether anything was ever asked for."""
        return self._books.exists

    def now(self) -> float:
        """Return the time by which all is noted."""
        return self._clock()

    def ask(
        self, identity: Identity, looked: float, *, heard: bool = False
    ) -> tuple[Dataset, bool]:
        """Return the dataset, which was not there, and whether nobody was asked to make it before.

        One that failed, or is there no more, is made again: not one that is ready since it was
        `looked` for. It is `heard` of where nobody asked this server to make it.
        """
        with self._books.writing(durable=True) as books:
            now = self._clock()
            rows.insert(books, identity, now)
            found = self._same(books, identity)
            books.execute("UPDATE datasets SET used = ? WHERE number = ?", (now, found.number))
            came = found.state is State.READY and (found.finished or 0.0) >= looked
            fresh = not came and (found.has_ended or not self._is_told_of(books, found))
            if fresh:
                books.execute(
                    "UPDATE datasets SET state = 'queued', started = NULL, finished = NULL, "
                    "error = '', message = '', log = '', progress = '{}' WHERE number = ?",
                    (found.number,),
                )
                self._note(books, found.number, State.QUEUED, {})
            if fresh or not heard:
                books.execute(
                    "UPDATE datasets SET heard = ? WHERE number = ?",
                    ("1" if heard else "", found.number),
                )
            return self._of(books, found.id), fresh

    def adopt(self, identity: Identity, told: Mapping[str, Any]) -> Dataset:
        """Note a dataset that is there already, as another server said it."""
        with self._books.writing(durable=True) as books:
            rows.insert(books, identity, self._clock())
            found = self._same(books, identity)
            if found.state is not State.READY:
                self._make_ready(books, found, told)
            return self._of(books, found.id)

    def begin(self, dataset: Dataset) -> None:
        """Note that it is being made, here or by another server."""
        with self._books.writing() as books:
            books.execute(
                "UPDATE datasets SET state = 'running', started = ?, "
                "progress = JSON_REMOVE(progress, '$.waits') WHERE number = ? "
                "AND state = 'queued'",
                (self._clock(), dataset.number),
            )

    def rest(self, dataset: Dataset, waits: str) -> None:
        """Note that nobody makes it for now, and what it waits for, unless it has ended already."""
        with self._books.writing() as books:
            found = self._of(books, dataset.id)
            if found.state is State.RUNNING:
                told = {name: each for name, each in found.progress.items() if name != "eta_s"}
                told["waits"] = waits
                books.execute(
                    "UPDATE datasets SET state = 'queued', progress = ? WHERE number = ?",
                    (dumped(told), found.number),
                )
                self._note(books, found.number, PROGRESS, told)

    def progress(self, dataset: Dataset, data: Mapping[str, Any]) -> None:
        """Note how far it is, unless it has ended already."""
        with self._books.writing() as books:
            books.execute(
                "UPDATE datasets SET progress = ? WHERE number = ? "
                "AND state IN ('queued', 'running')",
                (dumped(data), dataset.number),
            )
            if books.execute("SELECT changes()").fetchone()[0]:
                self._note(books, dataset.number, PROGRESS, data)

    def ready(self, dataset: Dataset, told: Mapping[str, Any]) -> None:
        """Note that it is there: `told` has its `bytes` and `samples`."""
        with self._books.writing(durable=True) as books:
            found = self._of(books, dataset.id)
            if found.state is not State.READY:
                self._make_ready(books, found, told)

    def fail(self, dataset: Dataset, error: str, message: str, log: str = "") -> None:
        """Note that it cannot be made, and why, unless it has ended already."""
        with self._books.writing(durable=True) as books:
            books.execute(
                "UPDATE datasets SET state = 'failed', finished = ?, error = ?, message = ?, "
                "log = ?, progress = JSON_REMOVE(progress, '$.waits') WHERE number = ? "
                "AND state IN ('queued', 'running')",
                (self._clock(), error, message, log, dataset.number),
            )
            if books.execute("SELECT changes()").fetchone()[0]:
                data = {"error": error, "message": message, "log": log}
                self._end(books, dataset.number, State.FAILED, data)

    def touch(self, dataset: Dataset, *, downloads: int = 0) -> None:
        """Note that somebody uses it."""
        with self._books.writing() as books:
            books.execute(
                "UPDATE datasets SET used = ?, downloads = downloads + ? WHERE number = ?",
                (self._clock(), downloads, dataset.number),
            )

    def used_at(self, dataset: Dataset, at: float) -> None:
        """Note when somebody used it, where that is later than what is known."""
        with self._books.writing() as books:
            books.execute(
                "UPDATE datasets SET used = MAX(used, ?) WHERE number = ?", (at, dataset.number)
            )

    def pin(self, dataset: Dataset, *, pinned: bool) -> None:
        """Note whether it is to be kept whatever there is room for."""
        with self._books.writing(durable=True) as books:
            books.execute(
                "UPDATE datasets SET pinned = ? WHERE number = ?", (int(pinned), dataset.number)
            )

    def delete(self, dataset: Dataset) -> None:
        """Forget it, unless it was asked for again, or made, since it was as `dataset` says."""
        with self._books.writing(durable=True) as books:
            same = "SELECT 1 FROM datasets WHERE number = ? AND finished IS ?"
            if books.execute(same, (dataset.number, dataset.finished)).fetchone() is None:
                return
            WEBHOOKS.forget(books, "?", dataset.number)
            EVENTS.forget(books, "?", dataset.number)
            books.execute("DELETE FROM datasets WHERE number = ?", (dataset.number,))

    def of(self, dataset_id: str) -> Dataset:
        """Return a dataset. Raises UnknownDataset."""
        with self._books.reading() as books:
            return self._of(books, dataset_id)

    def find(self, dataset_id: str) -> Dataset | None:
        """Return a dataset, or None where this machine knows none of that id."""
        with suppress(UnknownDataset):
            return self.of(dataset_id) if self.exists else None
        return None

    def page(
        self, *, state: str = "", search: str = "", limit: int, after: str = ""
    ) -> list[Dataset]:
        """Return datasets, the newest first: in a state, with a text in their id.

        `after` is the last one that is known, by its id or its number. Raises UnknownDataset for
        an id that there is not.
        """
        chosen: dict[str, str | float] = {"1 = ?": 1}
        if state:
            chosen["state = ?"] = state
        if search:
            chosen["INSTR(id, ?)"] = search.lower()
        if after:
            chosen["number < ?"] = rows.number_of(after) or self.of(after).number
        where = f"{' AND '.join(chosen)} ORDER BY number DESC LIMIT ?"
        return self._all(where, *chosen.values(), limit)

    def waiting(self, limit: int, after: int = 0) -> list[Dataset]:
        """Return those that are not there yet, those that wait the longest first.

        They are of numbers above `after`; a limit of -1 is none.
        """
        where = "state IN ('queued', 'running') AND number > ? ORDER BY number LIMIT ?"
        return self._all(where, after, limit)

    def by_use(self) -> list[Dataset]:
        """Return those that have ended, those that nobody asked for the longest first."""
        return self._all("state IN ('ready', 'failed') ORDER BY used, number LIMIT ?", -1)

    def tally(self) -> dict[str, Tally]:
        """Return how many there are in each state, and how many bytes these have."""
        with self._books.reading() as books:
            found = books.execute(
                "SELECT state, COUNT(*), SUM(bytes) FROM datasets GROUP BY state"
            ).fetchall()
        return {state: Tally(count, size) for state, count, size in found}

    def events(self, dataset_id: str, after: int = 0) -> tuple[list[Event], bool]:
        """Return what happened to it after that event, and whether it has ended.

        How it ended is told to whoever has heard of more elsewhere, too.
        """
        with self._books.reading() as books:
            dataset = self._of(books, dataset_id)
            events = EVENTS.after(books, dataset.number, after)
            if dataset.has_ended and not events:
                last = EVENTS.after(books, dataset.number, 0)[-1:]
                events = [each for each in last if each.number < after]
            return events, dataset.has_ended

    def call(self, dataset: Dataset, key: str, url: str) -> None:
        """Let that address be told of the end of it: at once, where it has ended."""
        with self._books.writing(durable=True) as books:
            due = self._clock() if self._of(books, dataset.id).has_ended else None
            books.execute(
                "INSERT INTO webhooks (dataset, key, url, next_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET state = 'waiting', tries = 0, "
                "next_at = excluded.next_at",
                (dataset.number, key, url, due),
            )

    def untold(self, lease_s: float) -> Due | None:
        """Return a webhook that is to be told now: nobody else is given it meanwhile.

        That is for as long as the lease is, unless what came of it is noted before.
        """
        with self._books.writing(durable=True) as books:
            taken = WEBHOOKS.take(books, self._clock(), lease_s)
            if taken is None:
                return None
            (number, key, url), tries = taken
            return Due(rows.one(books, "number = ?", number), key, url, tries)

    def tried(self, due: Due, came: Outcome) -> None:
        """Note what came of telling."""
        keys = (due.dataset.number, due.key, due.url)
        with self._books.writing(durable=True) as books:
            WEBHOOKS.tried(books, keys, due.tries, came, self._clock())

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()

    def _same(self, books: sqlite3.Connection, identity: Identity) -> Dataset:
        """Return the dataset of that id. Raises DatasetConflict for another one called so."""
        found = self._of(books, identity.id)
        if found.digest != identity.digest:
            raise DatasetConflict(f"Another dataset is called {identity.id}: change the seed.")
        return found

    def _is_told_of(self, books: sqlite3.Connection, dataset: Dataset) -> bool:
        found = books.execute("SELECT 1 FROM events WHERE dataset = ? LIMIT 1", (dataset.number,))
        return found.fetchone() is not None

    def _make_ready(
        self, books: sqlite3.Connection, found: Dataset, told: Mapping[str, Any]
    ) -> None:
        data = {"bytes": told["bytes"], "samples": told["samples"]}
        books.execute(
            "UPDATE datasets SET state = 'ready', finished = ?1, used = ?1, bytes = ?2, "
            "samples = ?3, error = '', message = '', log = '', progress = ?4 WHERE number = ?5",
            (self._clock(), *data.values(), dumped(whole(found.progress)), found.number),
        )
        self._end(books, found.number, State.READY, data)

    def _end(
        self, books: sqlite3.Connection, number: int, name: str, data: Mapping[str, Any]
    ) -> None:
        self._note(books, number, name, data)
        WEBHOOKS.end(books, number, self._clock())

    def _note(
        self, books: sqlite3.Connection, number: int, name: str, data: Mapping[str, Any]
    ) -> None:
        EVENTS.note(books, number, name, data, self._clock())

    def _all(self, where: str, *values: object) -> list[Dataset]:
        with self._books.reading() as books:
            return rows.many(books, where, *values)

    def _of(self, books: sqlite3.Connection, dataset_id: str) -> Dataset:
        return rows.one(books, "id = ?", dataset_id)

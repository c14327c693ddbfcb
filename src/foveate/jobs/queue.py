"""The queue of jobs: one SQLite file, in which an acknowledged job stays whoever is killed.

Any number of processes on one machine may put jobs in and read of them.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.errors import JobConflict, QuotaSpent, UnknownJob
from foveate.jobs.books import Books
from foveate.jobs.job import PROGRESS, Event, Job, State, Told, dumped
from foveate.jobs.tables import COLUMNS, NEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from foveate.jobs.asked import Asked

FILE: Final = "jobs.sqlite3"
ID_BYTES: Final = 10
DAY_S: Final = 24 * 3600


class Quota(NamedTuple):
    """What one key may have."""

    jobs: int
    """Those that wait or run."""
    pictures_per_day: int
    """0 is no limit."""


class Queue:
    """The queue of a folder. Thread-safe; its methods block, and raise QueueUnusable."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._books = Books(folder / FILE)
        self._clock = clock

    @property
    def exists(self) -> bool:
        """Return whether there ever was a job."""
        return self._books.exists

    def put(self, key: str, asked: Asked, quota: Quota) -> tuple[Job, bool]:
        """Put a job in, and return it, and whether it is a new one.

        With an idempotency key that was there with the same words it is the one of then. Raises
        JobConflict, QuotaSpent.
        """
        with self._books.writing(durable=True) as books:
            if asked.idempotency and (before := self._same(books, key, asked)):
                return before, False
            self._check(books, key, quota)
            made, now = secrets.token_hex(ID_BYTES), self._clock()
            try:
                (number,) = books.execute(
                    "INSERT INTO jobs (id, key, state, description, out, idempotency, asked, "
                    "created) VALUES (?, ?, 'queued', ?, ?, ?, ?, ?) RETURNING number",
                    (
                        *(made, key, dumped(asked.description), asked.out or made),
                        *(asked.idempotency or None, asked.digest, now),
                    ),
                ).fetchone()
            except sqlite3.IntegrityError as why:
                wanted = "Expected an `out` that no other job of this key has"
                sentence = f"{wanted}, got {asked.out}."
                raise JobConflict(sentence, public=sentence) from why
            if asked.webhook:
                books.execute(
                    "INSERT INTO webhooks (job, url) VALUES (?, ?)", (number, asked.webhook)
                )
            self._note(books, number, State.QUEUED, {})
            return self._job(books, "number = ?", number), True

    def _same(self, books: sqlite3.Connection, key: str, asked: Asked) -> Job | None:
        found = books.execute(
            "SELECT number, asked FROM jobs WHERE key = ? AND idempotency = ?",
            (key, asked.idempotency),
        ).fetchone()
        if found is None:
            return None
        if found[1] != asked.digest:
            sentence = "Expected a new `Idempotency-Key`, got that of a job that asks otherwise."
            raise JobConflict(sentence, public=sentence)
        return self._job(books, "number = ?", found[0])

    def _check(self, books: sqlite3.Connection, key: str, quota: Quota) -> None:
        """Raise QuotaSpent where a key has as much as it may."""
        (live,) = books.execute(
            "SELECT COUNT(*) FROM jobs WHERE key = ? AND state IN ('queued', 'running')", (key,)
        ).fetchone()
        if live >= quota.jobs:
            raise QuotaSpent(60.0)
        if quota.pictures_per_day and self._used(books, key) >= quota.pictures_per_day:
            sentence = f"Expected at most {quota.pictures_per_day} pictures a day, got as many."
            raise QuotaSpent(self._tomorrow() - self._clock(), sentence)

    def _used(self, books: sqlite3.Connection, key: str) -> int:
        day = int(self._clock() // DAY_S)
        found = books.execute("SELECT pictures FROM used WHERE key = ? AND day = ?", (key, day))
        return int((found.fetchone() or (0,))[0])

    def _tomorrow(self) -> float:
        return (self._clock() // DAY_S + 1) * DAY_S

    def take(self) -> Job | None:
        """Return the next job, which runs from now on; None where none may.

        Keys take turns: whoever had one begun the longest ago comes first.
        """
        now = self._clock()
        with self._books.writing(durable=True) as books:
            found = books.execute(NEXT, (now,)).fetchone()
            if found is None:
                return None
            books.execute(
                "UPDATE jobs SET state = 'running', started = ? WHERE number = ?", (now, *found)
            )
            self._note(books, found[0], State.RUNNING, {})
            return self._job(books, "number = ?", found[0])

    def progress(
        self, job: Job, data: Mapping[str, Any], at: float, worked: int, quota: Quota
    ) -> bool:
        """Note how far a job is, and return whether its key may go on today.

        `worked` is how many pictures were worked on since the last time.
        """
        with self._books.writing() as books:
            text = dumped(data)
            books.execute("UPDATE jobs SET progress = ? WHERE number = ?", (text, job.number))
            self._note(books, job.number, PROGRESS, data, at)
            if worked:
                books.execute(
                    "INSERT INTO used VALUES (?, ?, ?) ON CONFLICT (key, day) "
                    "DO UPDATE SET pictures = pictures + excluded.pictures",
                    (job.key, int(self._clock() // DAY_S), worked),
                )
            most = quota.pictures_per_day
            return not most or self._used(books, job.key) < most

    def end(self, job: Job, state: State, data: Mapping[str, Any]) -> Job:
        """Note how a job ended, and what `data` says of it; then its webhook is due."""
        why = data.get("error", {})
        with self._books.writing(durable=True) as books:
            now = self._clock()
            books.execute(
                "UPDATE jobs SET state = ?, finished = ?, error = ?, message = ? WHERE number = ?",
                (state, now, why.get("error", ""), why.get("message", ""), job.number),
            )
            self._note(books, job.number, state, data)
            books.execute("UPDATE webhooks SET next_at = ? WHERE job = ?", (now, job.number))
            return self._job(books, "number = ?", job.number)

    def put_back(self, job: Job, *, tomorrow: bool = False) -> None:
        """Let a job that ran wait again, as the first of its key, or until tomorrow."""
        until = self._tomorrow() if tomorrow else 0.0
        with self._books.writing(durable=True) as books:
            self._requeue(books, job.number, until)

    def resume(self) -> int:
        """Let all jobs wait that ran when their server ended; return how many there were."""
        with self._books.writing(durable=True) as books:
            found = books.execute("SELECT number FROM jobs WHERE state = 'running'").fetchall()
            for (number,) in found:
                self._requeue(books, number, 0.0)
            books.execute("DELETE FROM used WHERE day < ?", (int(self._clock() // DAY_S),))
            return len(found)

    def _requeue(self, books: sqlite3.Connection, number: int, until: float) -> None:
        books.execute(
            "UPDATE jobs SET state = 'queued', waits_until = ? WHERE number = ?", (until, number)
        )
        self._note(books, number, State.QUEUED, {})

    def cancel(self, job: Job) -> Job:
        """Let a job that waits be cancelled, and one that runs be stopped; else leave it."""
        with self._books.writing(durable=True) as books:
            now = self._job(books, "number = ?", job.number)
            if now.state is State.RUNNING:
                books.execute("UPDATE jobs SET stopping = 1 WHERE number = ?", (job.number,))
                return self._job(books, "number = ?", job.number)
        return self.end(now, State.CANCELLED, {}) if now.state is State.QUEUED else now

    def delete(self, job: Job) -> None:
        """Forget a job that has ended. Raises JobConflict for another."""
        with self._books.writing(durable=True) as books:
            if not self._job(books, "number = ?", job.number).has_ended:
                sentence = "Expected a job that has ended, got one that has not: cancel it first."
                raise JobConflict(sentence, public=sentence)
            for table, column in (("webhooks", "job"), ("events", "job"), ("jobs", "number")):
                books.execute(f"DELETE FROM {table} WHERE {column} = ?", (job.number,))  # noqa: S608

    def of(self, job_id: str, key: str = "") -> Job:
        """Return a job, of that key where one is named. Raises UnknownJob."""
        with self._books.reading() as books:
            found = self._job(books, "id = ?", job_id)
        if key not in {"", found.key}:
            raise UnknownJob
        return found

    def page(self, key: str, state: str, limit: int, after: str = "") -> list[Job]:
        """Return jobs, the newest first: of a key and in a state where these are named.

        `after` is the last one that is known. Raises UnknownJob for one that there is not.
        """
        wanted = {"key": key, "jobs.state": state}
        chosen = {f"{name} = ?": value for name, value in wanted.items() if value}
        if after:
            chosen["number < ?"] = str(self.of(after, key).number)
        where = " AND ".join(chosen) or "1"
        with self._books.reading() as books:
            found = books.execute(
                f"{COLUMNS} WHERE {where} ORDER BY number DESC LIMIT ?", (*chosen.values(), limit)
            ).fetchall()
        return [_job(row) for row in found]

    def events(self, job_id: str, after: int = 0) -> tuple[list[Event], bool]:
        """Return what happened to a job after that event, and whether it has ended."""
        with self._books.reading() as books:
            job = self._job(books, "id = ?", job_id)
            found = books.execute(
                "SELECT number, at, name, data FROM events WHERE job = ? AND number > ? "
                "ORDER BY number",
                (job.number, after),
            ).fetchall()
        told = [Event(number, at, name, json.loads(data)) for number, at, name, data in found]
        return told, job.has_ended

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        with self._books.reading() as books:
            return dict(books.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())

    def old(self, before: float) -> list[Job]:
        """Return jobs that ended before that time, some of them."""
        with self._books.reading() as books:
            rows = books.execute(f"{COLUMNS} WHERE finished < ? LIMIT 100", (before,)).fetchall()
        return [each for each in map(_job, rows) if each.has_ended]

    def untold(self, waits: Callable[[int], float]) -> Job | None:
        """Return a job of whose end somebody is to be told now; it is due again later.

        `waits` says in how many seconds, of how often it was tried.
        """
        now = self._clock()
        with self._books.writing(durable=True) as books:
            found = books.execute(
                "SELECT job, tries FROM webhooks WHERE state = 'waiting' AND next_at <= ? "
                "ORDER BY next_at LIMIT 1",
                (now,),
            ).fetchone()
            if found is None:
                return None
            number, tries = found
            books.execute(
                "UPDATE webhooks SET tries = tries + 1, next_at = ? WHERE job = ?",
                (now + waits(tries), number),
            )
            return self._job(books, "number = ?", number)

    def tried(self, job: Job, state: str, error: str) -> None:
        """Note what came of telling."""
        with self._books.writing(durable=True) as books:
            books.execute(
                "UPDATE webhooks SET state = ?, error = ? WHERE job = ?", (state, error, job.number)
            )

    def close(self) -> None:
        """Let go of the file."""
        self._books.close()

    def _note(
        self,
        books: sqlite3.Connection,
        number: int,
        name: str,
        data: Mapping[str, Any],
        at: float | None = None,
    ) -> None:
        """Write an event: of progress there is one, the last."""
        last = "SELECT COALESCE(MAX(number), 0) FROM events WHERE job = ?"
        (before,) = books.execute(last, (number,)).fetchone()
        if name == PROGRESS:
            books.execute("DELETE FROM events WHERE job = ? AND name = ?", (number, PROGRESS))
        when = self._clock() if at is None else at
        row = (number, before + 1, when, name, dumped(data))
        books.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)

    def _job(self, books: sqlite3.Connection, where: str, value: object) -> Job:
        found = books.execute(f"{COLUMNS} WHERE {where}", (value,)).fetchone()
        if found is None:
            raise UnknownJob
        return _job(found)


def _job(row: tuple[Any, ...]) -> Job:
    """Return the job of a row of `COLUMNS`."""
    number, id_, key, state, said, out, created, started, finished, *rest = row
    stopping, progress, error, message, *told = rest
    return Job(
        number=number,
        id=id_,
        key=key,
        state=State(state),
        description=json.loads(said),
        out=out,
        created=created,
        started=started,
        finished=finished,
        stopping=bool(stopping),
        progress=json.loads(progress),
        error=error,
        message=message,
        webhook=Told(*told) if told[0] is not None else None,
    )

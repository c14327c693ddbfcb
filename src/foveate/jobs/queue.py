"""The queue of jobs: one SQLite file, in which an acknowledged job stays whoever is killed.

Any number of processes on one machine may put jobs in and read of them.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import JobConflict, UnknownJob
from foveate.jobs.belonging import Belonging
from foveate.jobs.books import Books
from foveate.jobs.due import between
from foveate.jobs.job import NOT_WRITTEN, PROGRESS, Event, Job, State, dumped, waits
from foveate.jobs.leftovers import Leftovers
from foveate.jobs.quotas import Quotas
from foveate.jobs.tables import COLUMNS, EVENTS, NEXT, TURN, WEBHOOKS, job_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from foveate.jobs.asked import JobAsked
    from foveate.jobs.due import Outcome
    from foveate.jobs.quotas import Quota

FILE: Final = "jobs.sqlite3"
ID_BYTES: Final = 10
MOST_RESTS: Final = 2880
"""Of half a minute each: a day."""


class Queue:
    """The queue of a folder. Thread-safe; its methods block, and raise QueueUnusable."""

    def __init__(
        self, folder: Path, clock: Callable[[], float] = time.time, *, origin: str = ""
    ) -> None:
        self._books = Books(folder / FILE)
        self._clock = clock
        self.belonging = Belonging(self._books, origin)
        """Which pictures its jobs are about."""
        self.quotas = Quotas(self._books, clock)
        """What keys have had of what they may."""
        self.leftovers = Leftovers(self._books, clock)
        """What is left of jobs that were deleted."""

    @property
    def exists(self) -> bool:
        """Return whether there ever was a job."""
        return self._books.exists

    def put(self, key: str, asked: JobAsked, quota: Quota) -> tuple[Job, bool]:
        """Put a job in, and return it, and whether it is a new one.

        With an idempotency key that was there with the same words it is the one of then. Raises
        JobConflict, QuotaSpent.
        """
        with self._books.writing(durable=True) as books:
            if asked.idempotency and (before := self._same(books, key, asked)):
                return before, False
            self.belonging.note(books)
            self.quotas.check(books, key, quota)
            self._check_free(books, key, asked.out)
            made, now = secrets.token_hex(ID_BYTES), self._clock()
            (number,) = books.execute(
                "INSERT INTO jobs (id, key, state, description, out, idempotency, asked, "
                "created) VALUES (?, ?, 'queued', ?, ?, ?, ?, ?) RETURNING number",
                (
                    *(made, key, dumped(asked.description), asked.out or made),
                    *(asked.idempotency or None, asked.digest, now),
                ),
            ).fetchone()
            if asked.webhook:
                books.execute(
                    "INSERT INTO webhooks (job, url) VALUES (?, ?)", (number, asked.webhook)
                )
            self._note(books, number, State.QUEUED, {})
            return self._job(books, "number = ?", number), True

    def same(self, key: str, asked: JobAsked) -> Job | None:
        """Return the job that was asked for with this idempotency key. Raises JobConflict."""
        if not asked.idempotency or not self.exists:
            return None
        with self._books.reading() as books:
            return self._same(books, key, asked)

    def _same(self, books: sqlite3.Connection, key: str, asked: JobAsked) -> Job | None:
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

    def _check_free(self, books: sqlite3.Connection, key: str, out: str) -> None:
        """Raise JobConflict where a job has that folder, or one that was deleted still has it."""
        for table in ("jobs", "leftovers"):
            held = f"SELECT 1 FROM {table} WHERE key = ? AND out = ?"  # noqa: S608
            if books.execute(held, (key, out)).fetchone():
                sentence = f"Expected an `out` that no other job of this key has, got {out}."
                raise JobConflict(sentence, public=sentence)

    def take(self, quota: Quota) -> Job | None:
        """Return the next job, which runs from now on; None where none may.

        Keys take turns: whose last one is the longest ago comes first, whatever the clock says. Who
        has spent the pictures of a day has his next turn tomorrow.
        """
        now = self._clock()
        with self._books.writing(durable=True) as books:
            found = books.execute(NEXT, (self.quotas.today, quota.most, *between(now))).fetchone()
            if found is None:
                return None
            books.execute(
                "UPDATE jobs SET state = 'running', started = ? WHERE number = ?", (now, *found)
            )
            self._note(books, found[0], State.RUNNING, {})
            job = self._job(books, "number = ?", found[0])
            # Not of its jobs: a key that deletes what ended would go before everybody.
            books.execute(TURN, (job.key,))
            return job

    def begins(self, job: Job, place: str) -> None:
        """Note where the results of a job are, before there is one."""
        with self._books.writing(durable=True) as books:
            books.execute("UPDATE jobs SET place = ? WHERE number = ?", (place, job.number))

    def progress(
        self, job: Job, data: Mapping[str, Any], at: float, worked: int, quota: Quota
    ) -> bool:
        """Note how far a job is, and return whether it goes on: whether its key may today.

        `worked` is how many pictures were worked on since the last time.
        """
        with self._books.writing() as books:
            text = dumped(data)
            said = "UPDATE jobs SET progress = ? WHERE number = ? AND state = 'running'"
            if not books.execute(said, (text, job.number)).rowcount:
                return False
            self._note(books, job.number, PROGRESS, data, at)
            if worked:
                self.quotas.use(books, job.key, worked)
                self._forget_rests(books, job.number)
            return not self.quotas.is_spent(books, job.key, quota)

    def end(self, job: Job, state: State, data: Mapping[str, Any], worked: int = 0) -> Job:
        """Note how a job ended, and what `data` says of it; then its webhook is due.

        `worked` is how many pictures were worked on since the last progress. Raises UnknownJob.
        """
        with self._books.writing(durable=True) as books:
            if worked:
                self.quotas.use(books, job.key, worked)
            return self._end(books, job.number, state, data)

    def _end(
        self, books: sqlite3.Connection, number: int, state: State, data: Mapping[str, Any]
    ) -> Job:
        why, now = data.get("error", {}), self._clock()
        # Who has no sums to tell leaves those that are known.
        sums = {word: value for word, value in data.items() if word != "error"}
        books.execute(
            "UPDATE jobs SET state = ?, finished = ?, error = ?, message = ?, "
            "progress = COALESCE(?, progress) WHERE number = ?",
            (
                *(state, now, why.get("error", ""), why.get("message", "")),
                *(dumped(sums) if sums else None, number),
            ),
        )
        self._note(books, number, state, data)
        WEBHOOKS.end(books, number, now)
        self._forget_rests(books, number)
        return self._job(books, "number = ?", number)

    def running(self) -> dict[str, bool]:
        """Return the ids of the jobs that run, each with whether it is to stop."""
        with self._books.reading() as books:
            found = books.execute("SELECT id, stopping FROM jobs WHERE state = 'running'")
            return {job_id: bool(stopping) for job_id, stopping in found}

    def put_back(self, job_ids: Collection[str], quota: Quota) -> None:
        """Let jobs that ran wait again, each as the first of its key; who is to stop has ended."""
        back = "UPDATE jobs SET state = 'queued' WHERE number = ?"
        ran = "SELECT number, key, stopping FROM jobs WHERE id = ? AND state = 'running'"
        with self._books.writing(durable=True) as books:
            for job_id in job_ids:
                for number, key, stopping in books.execute(ran, (job_id,)).fetchall():
                    if stopping:
                        self._end(books, number, State.CANCELLED, {})
                        continue
                    books.execute(back, (number,))
                    spent = self.quotas.is_spent(books, key, quota)
                    why = waits(self.quotas.tomorrow) if spent else {}
                    self._note(books, number, State.QUEUED, why)

    def rest(self, job: Job, for_s: float) -> bool:
        """Let a job that ran wait, behind the others of its key, as there was no room for it.

        Return whether it does: not one that is to stop, or that rested `MOST_RESTS` times while
        nothing of it could be done.
        """
        until = self._clock() + for_s
        with self._books.writing(durable=True) as books:
            (tries,) = books.execute(
                "INSERT INTO rests VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET "
                "tries = tries + 1, until = excluded.until RETURNING tries",
                (job.number, until),
            ).fetchone()
            back = "UPDATE jobs SET state = 'queued' WHERE number = ? AND state = 'running'"
            waiting = tries <= MOST_RESTS and books.execute(
                f"{back} AND NOT stopping", (job.number,)
            )
            if not (waiting and waiting.rowcount):
                return False
            self._note(books, job.number, State.QUEUED, waits(until, NOT_WRITTEN))
            return True

    def _forget_rests(self, books: sqlite3.Connection, number: int) -> None:
        books.execute("DELETE FROM rests WHERE job = ?", (number,))

    def cancel(self, job: Job) -> Job:
        """Let a job that waits be cancelled, and one that runs be stopped; else leave it."""
        with self._books.writing(durable=True) as books:
            now = self._job(books, "number = ?", job.number)
            if now.state is State.RUNNING:
                books.execute("UPDATE jobs SET stopping = 1 WHERE number = ?", (job.number,))
                return self._job(books, "number = ?", job.number)
            if now.state is State.QUEUED:
                return self._end(books, job.number, State.CANCELLED, {})
            return now

    def delete(self, job: Job) -> None:
        """Forget a job that has ended. Raises JobConflict for another, UnknownJob for none."""
        with self._books.writing(durable=True) as books:
            if not self._job(books, "number = ?", job.number).has_ended:
                sentence = "Expected a job that has ended, got one that has not: cancel it first."
                raise JobConflict(sentence, public=sentence)
            self.leftovers.leave(books, "number = ?", job.number)

    def expire(self, before: float) -> None:
        """Forget all jobs that ended before that time."""
        with self._books.writing(durable=True) as books:
            self.leftovers.leave(books, "finished < ?", before)

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
        return [job_of(row) for row in found]

    def events(self, job_id: str, after: int = 0) -> tuple[list[Event], bool]:
        """Return what happened to a job after that event, and whether it has ended."""
        with self._books.reading() as books:
            job = self._job(books, "id = ?", job_id)
            return EVENTS.after(books, job.number, after), job.has_ended

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are in each state."""
        with self._books.reading() as books:
            return dict(books.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())

    def untold(self, lease_s: float) -> Job | None:
        """Return a job of whose end somebody is to be told now: nobody else is given it meanwhile.

        That is for as long as the lease is, unless what came of it is noted before.
        """
        with self._books.writing(durable=True) as books:
            taken = WEBHOOKS.take(books, self._clock(), lease_s)
            return taken and self._job(books, "number = ?", taken[0][0])

    def tried(self, job: Job, came: Outcome) -> None:
        """Note what came of telling, as it was to be told."""
        assert job.webhook is not None  # noqa: S101 - it is the webhook that was due
        with self._books.writing(durable=True) as books:
            WEBHOOKS.tried(books, (job.number,), job.webhook.tries, came, self._clock())

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
        """Write an event."""
        EVENTS.note(books, number, name, data, self._clock() if at is None else at)

    def _job(self, books: sqlite3.Connection, where: str, value: object) -> Job:
        found = books.execute(f"{COLUMNS} WHERE {where}", (value,)).fetchone()
        if found is None:
            raise UnknownJob
        return job_of(found)

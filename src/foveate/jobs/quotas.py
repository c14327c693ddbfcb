"""What a key may have: so many jobs at a time, and so many pictures a day (UTC)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.errors import QuotaSpent
from foveate.jobs.job import State

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from foveate.jobs.books import Books
    from foveate.jobs.job import Job

DAY_S: Final = 24 * 3600
KEPT_DAYS: Final = 40
"""For how long it is known what was used of a day."""
LATER_S: Final = 60.0
"""After how long one of many jobs may have ended."""


class Quota(NamedTuple):
    """What one key may have."""

    jobs: int
    """Those that wait or run."""
    pictures_per_day: int
    """0 is no limit."""

    @property
    def most(self) -> float:
        """Return how many pictures of a day are the last."""
        return self.pictures_per_day or math.inf


class Quotas:
    """What the keys of a queue have had of that. Thread-safe; what reads by itself blocks."""

    def __init__(self, books: Books, clock: Callable[[], float]) -> None:
        self._books = books
        self._clock = clock

    @property
    def today(self) -> int:
        """Return the number of this day."""
        return int(self._clock() // DAY_S)

    @property
    def tomorrow(self) -> float:
        """Return when the next day begins."""
        return float((self.today + 1) * DAY_S)

    def check(self, books: sqlite3.Connection, key: str, quota: Quota) -> None:
        """Raise QuotaSpent where a key has as much as it may."""
        (live,) = books.execute(
            "SELECT COUNT(*) FROM jobs WHERE key = ? AND state IN ('queued', 'running')", (key,)
        ).fetchone()
        if live >= quota.jobs:
            raise QuotaSpent(LATER_S)
        if self.is_spent(books, key, quota):
            sentence = f"Expected at most {quota.pictures_per_day} pictures a day, got as many."
            raise QuotaSpent(self.tomorrow - self._clock(), sentence)

    def is_spent(self, books: sqlite3.Connection, key: str, quota: Quota) -> bool:
        """Return whether a key has worked on the pictures of this day."""
        used = "SELECT pictures FROM used WHERE key = ? AND day = ?"
        found = books.execute(used, (key, self.today)).fetchone()
        return (found or (0,))[0] >= quota.most

    def use(self, books: sqlite3.Connection, key: str, pictures: int) -> None:
        """Note that a key worked on pictures."""
        # A clock that is ahead for a while, and set right, gives nobody another day's pictures.
        kept = self.today - KEPT_DAYS
        books.execute("DELETE FROM used WHERE key = ? AND day < ?", (key, kept))
        books.execute(
            "INSERT INTO used VALUES (?, ?, ?) ON CONFLICT (key, day) "
            "DO UPDATE SET pictures = pictures + excluded.pictures",
            (key, self.today, pictures),
        )

    def waiting(self, jobs: list[Job], quota: Quota) -> list[Job]:
        """Return jobs, each with until when it waits where its key has spent this day."""
        if quota.most == math.inf or not any(job.state is State.QUEUED for job in jobs):
            return jobs
        spent = "SELECT key FROM used WHERE day = ? AND pictures >= ?"
        with self._books.reading() as books:
            keys = {key for (key,) in books.execute(spent, (self.today, quota.most))}
        until = dict.fromkeys(keys, self.tomorrow)
        return [
            replace(job, waits_until=until.get(job.key)) if job.state is State.QUEUED else job
            for job in jobs
        ]

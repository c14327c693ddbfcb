"""The ledger on disk: what was charged to whom in each minute, and of what was told.

One SQLite file. Any number of processes on one machine may write to it; what one has written stays
when it is killed.
"""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.backoff import wait_s
from foveate.errors import LedgerUnusable
from foveate.ledger.amounts import COLUMNS, WHOLE, Amounts, Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

log = logging.getLogger("foveate.ledger")
FILE: Final = "costs.sqlite3"
IN_MEMORY: Final = ":memory:"
MINUTE_S: Final = 60
HOUR_MINUTES: Final = 60
DAY_MINUTES: Final = 24 * 60
BY_MINUTE_DAYS: Final = 7
"""After so many, an hour is one."""
BUSY_S: Final = 5.0
NO_LIMIT: Final = -1
"""Of rows, as SQLite has it."""
SUMS: Final = ", ".join(f"{name} REAL NOT NULL" for name in COLUMNS)
TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS charges (
    minute INTEGER, key TEXT, route TEXT, class TEXT, {SUMS},
    PRIMARY KEY (minute, key, route, class)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alerts (
    period TEXT, level REAL, text TEXT NOT NULL, told INTEGER NOT NULL,
    tries INTEGER NOT NULL, next_at REAL NOT NULL,
    PRIMARY KEY (period, level)
) WITHOUT ROWID;
"""
PLACES: Final = ", ".join("?" * (4 + len(COLUMNS)))
ADDED: Final = ", ".join(f"{name} = {name} + excluded.{name}" for name in COLUMNS)
CHARGE: Final = (
    f"INSERT INTO charges VALUES ({PLACES}) "  # noqa: S608 - names of our own
    f"ON CONFLICT (minute, key, route, class) DO UPDATE SET {ADDED}"
)
BY: Final = {
    "key": "CASE route WHEN 'shared' THEN route ELSE key END",
    "route": "route",
    "class": "CASE route WHEN 'shared' THEN route ELSE class END",
    "minute": "minute",
    "hour": "minute / 60 * 60",
    "day": "minute / 1440 * 1440",
}
"""What sums may be for each of."""


class Alert(NamedTuple):
    """What somebody has to be told."""

    period: str
    level: float
    text: str
    tries: int


class Books:
    """The ledger's file, opened when it is first needed. Its methods block."""

    def __init__(self, folder: Path | str) -> None:
        """Take a folder, or `:memory:`."""
        self._file = folder if folder == IN_MEMORY else Path(folder) / FILE
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        """Of the file that is open."""
        self.closed = False
        """For good: a thread that is late must not open the file again."""

    @property
    def exists(self) -> bool:
        """Return whether anything was ever written."""
        return self._open is not None or (isinstance(self._file, Path) and self._file.exists())

    def add(self, minute: int, news: Mapping[Name, Amounts]) -> None:
        """Add what was charged in a minute, all of it or nothing. Raises LedgerUnusable.

        What can be no row is left out, and told of: it must not hold up the others for good.
        """
        rows = [
            (minute, *name, *(getattr(amounts, column) for column in COLUMNS))
            for name, amounts in news.items()
        ]
        with self._transaction() as books:
            for row in rows:
                _charge(books, row)

    def sums(
        self, since: int, until: int, by: Sequence[str] = (), *, most: int = NO_LIMIT
    ) -> list[tuple[tuple[str | int, ...], Amounts]]:
        """Return what was charged from a minute to before another, for each of those words of `BY`.

        These are the first `most` rows. Raises LedgerUnusable.
        """
        chosen = [BY[word] for word in by]
        sums = [f"TOTAL({name})" for name in COLUMNS]
        grouped = f" GROUP BY {', '.join(chosen)} ORDER BY {', '.join(chosen)}" if chosen else ""
        text = f"SELECT {', '.join(chosen + sums)} FROM charges"  # noqa: S608 - words of our own
        with self._transaction("BEGIN") as books:
            where = f"{text} WHERE minute >= ? AND minute < ?{grouped} LIMIT ?"
            rows = books.execute(where, (since, until, most)).fetchall()
        try:
            return [(tuple(row[: len(by)]), _amounts(row[len(by) :])) for row in rows]
        except ValueError as why:
            raise LedgerUnusable(f"The ledger {self._file} cannot be used: {why}") from why

    def tidy(self, minute: int, keep_days: int) -> None:
        """Make hours of old minutes, and forget what is too old. Raises LedgerUnusable.

        A clock may be wrong, and what is forgotten does not come back: how old something is counts
        from the last charge that is a day old at least, and one day more.
        """
        before = (minute - BY_MINUTE_DAYS * DAY_MINUTES) // HOUR_MINUTES * HOUR_MINUTES
        sums = ", ".join(f"TOTAL({name})" for name in COLUMNS)
        old = "FROM charges WHERE minute < ? AND minute % 60 != 0"
        hours = (
            f"INSERT INTO charges SELECT minute / 60 * 60 AS hour, key, route, class, {sums} "
            f"{old} GROUP BY hour, key, route, class "
            f"ON CONFLICT (minute, key, route, class) DO UPDATE SET {ADDED}"
        )
        with self._transaction() as books:
            books.execute(hours, (before,))
            books.execute(f"DELETE {old}", (before,))
            last = "SELECT MAX(minute) FROM charges WHERE minute <= ?"
            ((proven,),) = books.execute(last, (minute - DAY_MINUTES,))
            now = minute if proven is None else min(minute, proven + DAY_MINUTES)
            oldest = now - keep_days * DAY_MINUTES
            books.execute("DELETE FROM charges WHERE minute < ?", (oldest,))
            books.execute("DELETE FROM alerts WHERE period < ?", (_day(oldest * MINUTE_S)[:7],))

    def alert(self, period: str, level: float, text: str, *, told: bool = False) -> bool:
        """Note that somebody is to be told, or need not be; return whether nobody did before."""
        with self._transaction() as books:
            done = books.execute(
                "INSERT OR IGNORE INTO alerts VALUES (?, ?, ?, ?, 0, 0)",
                (period, level, text, told),
            )
            return done.rowcount > 0

    def untold(self, now: float, first_wait_s: float, most_wait_s: float) -> Alert | None:
        """Return what is to be told now, if anything is; it is due again later, until `told`.

        Each wait is twice the one before. Of a day or month that is over nobody is told any more.
        """
        with self._transaction() as books:
            row = books.execute(
                "SELECT period, level, text, tries FROM alerts "
                "WHERE NOT told AND next_at <= ? AND period IN (?, ?)",
                (now, _day(now), _day(now)[:7]),
            ).fetchone()
            if row is None:
                return None
            alert = Alert(*row)
            books.execute(
                "UPDATE alerts SET tries = tries + 1, next_at = ? WHERE period = ? AND level = ?",
                (
                    now + wait_s(alert.tries, first_wait_s, most_wait_s),
                    alert.period,
                    alert.level,
                ),
            )
            return alert

    def told(self, alert: Alert) -> None:
        """Note that it was told."""
        with self._transaction() as books:
            which = (alert.period, alert.level)
            books.execute("UPDATE alerts SET told = 1 WHERE period = ? AND level = ?", which)

    def close(self) -> None:
        """Let go of the file, for good."""
        with self._lock:
            self.closed = True
            if self._open is not None:
                self._open.close()
                self._open = None

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
        # Who writes begins at once: two who read first and write then would wait for each other.
        with self._lock:
            if self.closed:
                raise LedgerUnusable(f"The ledger {self._file} is closed")
            try:
                self._open = self._still_there() or self._connect()
                with self._open:
                    self._open.execute(begin)
                    yield self._open
            except (sqlite3.Error, OSError) as why:
                raise LedgerUnusable(f"The ledger {self._file} cannot be used: {why}") from why

    def _still_there(self) -> sqlite3.Connection | None:
        """Return what is open, unless its file was deleted: nobody would read what goes there."""
        if self._open is not None and self._inode != _inode(self._file):
            log.warning("The ledger %s was deleted while in use, and is begun anew.", self._file)
            self._open.close()
            self._open = None
        return self._open

    def _connect(self) -> sqlite3.Connection:
        if isinstance(self._file, Path):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        books = sqlite3.connect(
            self._file, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        # Whoever is killed has written what was committed; only a power cut may take the last.
        try:
            books.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {TABLES}")
            _add_columns(books)
        except BaseException:
            books.close()
            raise
        self._inode = _inode(self._file)
        return books


def _charge(books: sqlite3.Connection, row: Sequence[Any]) -> None:
    try:
        if not all(map(math.isfinite, row[-len(COLUMNS) :])):
            raise ValueError("expected numbers that are finite")  # noqa: TRY301 - as the others
        books.execute(CHARGE, row)
    except (sqlite3.IntegrityError, sqlite3.DataError, ArithmeticError, ValueError) as why:
        log.warning("A charge of %r cannot be written, and is left out: %s.", row[:4], why)


def _inode(file: Path | str) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name; None where there is none."""
    try:
        found = Path(file).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _add_columns(books: sqlite3.Connection) -> None:
    """Give books of an older release the columns that came since, each at the end."""
    with books:
        books.execute("BEGIN IMMEDIATE")
        there = {row[1] for row in books.execute("PRAGMA table_info(charges)")}
        for name in (name for name in COLUMNS if name not in there):
            books.execute(f"ALTER TABLE charges ADD COLUMN {name} REAL NOT NULL DEFAULT 0")


def _day(seconds: float) -> str:
    """Return which day (UTC) that is, as in ISO 8601: it begins with its month."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def _amounts(row: Sequence[float]) -> Amounts:
    if not all(map(math.isfinite, row)):
        raise ValueError(f"expected sums that are finite, got {row}")
    named = zip(COLUMNS, row, strict=True)
    return Amounts(**{n: round(value) if n in WHOLE else value for n, value in named})  # type: ignore[arg-type]


def minute_of(seconds: float | None = None) -> int:
    """Return which minute since 1970 that second is in, or now."""
    return int(time.time() if seconds is None else seconds) // MINUTE_S

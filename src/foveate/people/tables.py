"""The tables of a LanceDB folder: one for each collection, opened once, read again when stale."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from foveate.deadline import current
from foveate.enrolled import checked_name
from foveate.errors import Unavailable, UnknownCollection
from foveate.people.folder import make
from foveate.people.lance import lancedb
from foveate.people.schema import model_of, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.people.sealing import Mark

R = TypeVar("R")
SUFFIX: Final = ".faces"
UNREACHED: Final = "The face index cannot be reached:"
PAUSES_S: Final = (0.0, 0.01, 0.02, 0.04, 0.08)
"""Between attempts to read what another process erases from."""


def patient(name: str, act: Callable[[], R], between: Callable[[], object] = lambda: None) -> R:
    """Return what `act` reads of that collection, at the first attempt that gives something.

    Another process may have erased what the version that we know is made of, or the table itself,
    for which LanceDB has RuntimeError, OSError or ValueError; and then once more, while the new
    version is read. Raises Unavailable, TimedOut, ClientDisconnected, and what else `act` raises.
    """
    for pause in PAUSES_S:
        try:
            return act()
        except (RuntimeError, OSError, ValueError):
            between()
            current().check()
            time.sleep(pause)
    try:
        return act()
    except (RuntimeError, OSError, ValueError) as why:
        raise Unavailable(f"The collection {name} cannot be read: {why}") from why


class Tables:
    """Opens, makes and drops tables. Thread-safe."""

    def __init__(
        self,
        place: str,
        *,
        staleness_s: float,
        cache_bytes: int,
        options: Mapping[str, str] | None = None,
    ) -> None:
        """Take a folder or an s3:// address; nothing is opened yet."""
        self._place = place
        self._folder = None if "://" in place else Path(place)
        self._staleness = timedelta(seconds=staleness_s)
        self._cache_bytes = cache_bytes
        self._options = dict(options or {})
        self._open: dict[str, Any] = {}
        self._lock = Lock()
        self._connection: Any = None

    def names(self) -> list[str]:
        """Return the names of all collections."""
        if not self._is_there():
            return []
        found = self.database().list_tables(limit=100_000).tables
        return sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX))

    def get(self, name: str) -> Any:  # noqa: ANN401 - LanceDB is an extra
        """Return a table. Raises UnknownCollection, Unavailable, BadInstallation."""
        return self.read(name, lambda table: table)

    def _opened(self, name: str) -> Any:  # noqa: ANN401
        table = self._open.get(checked_name(name))
        if table is None:
            table = self.found(name + SUFFIX) if self._is_there() else None
            if table is None:
                raise UnknownCollection(f"There is no collection {name}.")
            model_of(table.schema)
            self._open[name] = table
        return table

    def found(self, table: str) -> Any:  # noqa: ANN401
        """Return a table as it is at this moment; None where it is certain that there is none.

        Raises Unavailable, and RuntimeError or OSError where another process changes it just now.
        """
        try:
            return self.database().open_table(table)
        except ValueError as why:
            # LanceDB has one class for a table that is missing and for what keeps it from looking.
            if str(why).startswith(f"Table '{table}' was not found"):
                return None
            raise Unavailable(f"{UNREACHED} {why}") from why

    def _is_there(self) -> bool:
        """Return whether there is a folder, or a bucket, to look into. Raises BadInstallation."""
        lancedb()
        return self._folder is None or self._folder.exists()

    def read(self, name: str, act: Callable[[Any], R]) -> R:
        """Return what `act` reads of a table.

        It is opened anew where that fails. Raises UnknownCollection, Unavailable, and what `act`
        raises.
        """
        return patient(name, lambda: act(self._opened(name)), lambda: self.forget(name))

    def latest(self, name: str) -> Any:  # noqa: ANN401
        """Return a table as it is at this moment, to be changed. Raises UnknownCollection."""

        def act(table: Any) -> Any:  # noqa: ANN401
            table.checkout_latest()
            return table

        return self.read(name, act)

    def make(self, name: str, model: str, mark: Mark | None = None) -> None:
        """Make an empty table for that model, sealed so. Raises Unavailable where there is one."""
        try:
            self._made(name, schema(model, mark, uuid4().hex), None, mode="create")
        except ValueError as why:
            raise Unavailable(f"The collection {name} cannot be made: {why}") from why

    def make_anew(self, name: str, model: str, mark: Mark | None, rows: Any) -> Any:  # noqa: ANN401
        """Return a table for that model, sealed so, in the place of the one that there is.

        `rows` are a reader of batches. It is there with all of them, or not at all.
        """
        return self._made(name, schema(model, mark, uuid4().hex), rows, mode="overwrite")

    def _made(self, name: str, columns: Any, rows: Any, *, mode: str) -> Any:  # noqa: ANN401
        self.forget(name)
        self._open[checked_name(name)] = table = self.database().create_table(
            name + SUFFIX, rows, schema=columns, mode=mode
        )
        return table

    def drop(self, name: str) -> None:
        """Remove a table and all its files."""
        self.forget(name)
        self.database().drop_table(checked_name(name) + SUFFIX, ignore_missing=True)

    def forget(self, name: str) -> None:
        """Open it anew next time."""
        self._open.pop(name, None)

    def database(self) -> Any:  # noqa: ANN401
        """Return the connection, opened once; the folder is made.

        Raises BadInstallation, Unavailable.
        """
        with self._lock:
            if self._connection is None:
                library = lancedb()
                few = self._cache_bytes // 4  # of metadata; a million faces fill the rest
                if self._folder:
                    make(self._folder)  # before LanceDB does, for everybody to read
                try:
                    self._connection = library.connect(
                        self._place,
                        read_consistency_interval=self._staleness,
                        storage_options=self._options or None,
                        session=library.Session(self._cache_bytes - few, few),
                    )
                except ValueError as why:
                    raise Unavailable(f"{UNREACHED} {why}") from why
            return self._connection

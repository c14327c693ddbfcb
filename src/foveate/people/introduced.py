"""Subjects who were introduced by name alone: they may have faces later, or never.

A table beside the faces of their collection, so that they lie where those lie and are committed as
those are. It is small, and every change writes it whole: what was erased is in no file of it. A
mark tells of a change that ended in the middle, so that it is finished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.people.care import forget_versions
from foveate.people.lance import arrow
from foveate.people.tables import patient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.people.leftovers import Leftovers
    from foveate.people.tables import Tables

SUFFIX: Final = ".subjects"


class Introduced:
    """Those of all collections: names, and when each was introduced, in seconds since 1970."""

    def __init__(self, tables: Tables, leftovers: Leftovers) -> None:
        """Take the tables of the index. Whoever changes something holds its lock."""
        self._tables, self._leftovers = tables, leftovers

    def all(self, collection: str) -> dict[str, float]:
        """Return them as they are at this moment. Raises Unavailable."""
        return patient(collection, lambda: self._read(collection))

    def add(self, collection: str, subject: str, added: float) -> None:
        """Introduce somebody."""
        self._write(collection, {subject: added} | self.all(collection))

    def rename(self, collection: str, subject: str, into: str) -> None:
        """Call somebody otherwise, if he was introduced."""
        known = self.all(collection)
        if subject in known:
            added = known.pop(subject)
            self._write(collection, {into: added} | known)

    def remove(self, collection: str, subject: str) -> None:
        """Forget somebody for good, if he was introduced."""
        known = self.all(collection)
        if known.pop(subject, None) is not None:
            self._write(collection, known)

    def drop(self, collection: str) -> None:
        """Forget all of a collection."""
        self._tables.database().drop_table(collection + SUFFIX, ignore_missing=True)

    def scrub(self, collection: str) -> None:
        """Remove what the table no longer needs from its files, if there is one."""
        table = self._tables.found(collection + SUFFIX)
        if table is not None:
            forget_versions(table)

    def _read(self, collection: str) -> dict[str, float]:
        table = self._tables.found(collection + SUFFIX)
        if table is None:
            return {}
        return {row["subject"]: row["added"] for row in table.to_arrow().to_pylist()}

    def _write(self, collection: str, known: Mapping[str, float]) -> None:
        pa = arrow()
        columns = pa.schema([("subject", pa.string()), ("added", pa.float64())])
        rows: dict[str, Any] = {"subject": list(known), "added": list(known.values())}
        made = pa.table(rows, schema=columns)
        with self._leftovers.until_done(collection):
            table = self._tables.database().create_table(
                collection + SUFFIX, made, mode="overwrite"
            )
            forget_versions(table)

"""A collection written anew as a whole: under another seal, or with the vectors of another model.

The new table is there at once or not at all, and then the files before it go.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.errors import BadSettings, FoveateError, SealedCollection
from foveate.people import care, read
from foveate.people.lance import arrow
from foveate.people.schema import mark_of, model_of, schema
from foveate.people.sealed_rows import close_rows, open_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.people.leftovers import Leftovers
    from foveate.people.opened import Sealing
    from foveate.people.sealing import Seal
    from foveate.people.spool import Spool
    from foveate.people.tables import Tables


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Writes tables anew. To be called by the one who writes."""

    tables: Tables
    sealing: Sealing
    leftovers: Leftovers

    def with_rows(self, table: Any, name: str, model: str, rows: Spool) -> None:  # noqa: ANN401
        """Put rows of another model in the place of a table's, sealed if those are.

        Raises SealedCollection without a key, CollectionFull.
        """
        mark = mark_of(table.schema)
        seal = self.sealing.keys.new(model) if mark else None
        if mark and seal is None:
            raise SealedCollection(name, mark.key, ())
        if seal:
            self.sealing.check_room(name, len(rows))
        self._write(name, model, seal, rows)

    def sealed(self, table: Any, name: str) -> bool:  # noqa: ANN401
        """Seal a table with the newest key; return whether it was not so.

        Raises BadSettings without a key, SealedCollection without that of before, SealBroken,
        CollectionFull.
        """
        mark, model = mark_of(table.schema), model_of(table.schema)
        seal = self.sealing.keys.new(model)
        if seal is None:
            raise BadSettings(
                "Expected a key to seal with, got none. Set FOVEATE_PEOPLE__KEY_FILE or "
                "FOVEATE_PEOPLE__KEY_COMMAND."
            )
        if mark and mark.key == seal.mark.key:
            return False
        self.sealing.check_room(name, table.count_rows())
        before = self.sealing.of(name, table)
        batches = read.query(table, "", read.everything(before)).to_batches(read.BATCH)
        self._write(name, model, seal, (open_rows(batch, before) for batch in batches))
        return True

    def _write(self, name: str, model: str, seal: Seal | None, rows: Iterable[Any]) -> None:
        mark = seal.mark if seal else None
        columns = schema(model, mark)
        failed: list[FoveateError] = []

        def batches() -> Iterator[Any]:
            try:
                for each in rows:
                    yield from close_rows(each, seal, model).cast(columns).to_batches()
            except FoveateError as why:
                failed.append(why)
                raise

        reader = arrow().RecordBatchReader.from_batches(columns, batches())
        with self.leftovers.until_done(name), _as_told(failed):
            care.forget_versions(self.tables.make_anew(name, model, mark, reader))


@contextmanager
def _as_told(failed: Sequence[FoveateError]) -> Iterator[None]:
    """Raise the error of ours that LanceDB made one of its own of."""
    try:
        yield
    except RuntimeError:
        if failed:
            raise failed[0] from None
        raise

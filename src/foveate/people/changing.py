"""What comes to tables and goes from them: faces added, named and erased, each change by itself."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.enrolled import Selection
from foveate.errors import BadOption, StillInFiles, SubjectTaken, UnknownSubject
from foveate.people import naming, read
from foveate.people.adding import fail_names, new_rows
from foveate.people.lance import arrow
from foveate.people.schema import check_model, metadata_text, model_of, patched, tags_of
from foveate.people.sealed_rows import close_rows
from foveate.people.where import condition, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from foveate.people.adding import Adding
    from foveate.people.introduced import Introduced
    from foveate.people.leftovers import Leftovers
    from foveate.people.opened import Sealing
    from foveate.people.tables import Tables
    from foveate.people.tending import Tending


@dataclass(frozen=True, slots=True)
class Changing:
    """Changes rows of tables. To be called by the one who writes."""

    tables: Tables
    sealing: Sealing
    leftovers: Leftovers
    introduced: Introduced
    tending: Tending
    is_known: Callable[[str, str], bool]
    """Whether a collection has such a subject, with faces or without."""

    def add(self, name: str, adding: Sequence[Adding]) -> None:
        """Add the rows of several that are not there yet, and let each know what came of it.

        Where faces cannot be named, only those hear of it who wait for that.
        """
        table = self.tables.latest(name)
        model, seal = model_of(table.schema), self.sealing.of(name, table)
        before = table.count_rows() if seal else 0

        def check(rows: Any, others: int) -> None:  # noqa: ANN401
            check_model(name, table.schema, model_of(rows.schema))
            if seal and len(rows):
                self.sealing.check_room(name, before + others + len(rows))

        new = new_rows(table, adding, check)
        if new:
            rows = close_rows(arrow().concat_tables(new), seal, model)
            with self.tending.written(name):
                table.add(rows)
        if named := [face for each in adding for face in each.named]:
            try:
                with self.tending.written(name):
                    naming.assign_each(table, named)
            except (RuntimeError, OSError) as why:
                fail_names(adding, why)

    def introduce(self, name: str, subject: str) -> None:
        """Keep a subject that has no face yet. Raises SubjectTaken."""
        self.tables.latest(name)
        if self.is_known(name, subject):
            raise SubjectTaken(f"There is a subject {subject} already.")
        self.introduced.add(name, subject, time.time())

    def rename(self, name: str, subject: str, into: str, *, merge: bool) -> int:
        """Call a subject otherwise, and return how many faces that are.

        Raises UnknownSubject; and, unless it is to `merge`, BadOption where that name is taken.
        """
        table = self.tables.latest(name)
        if not merge and self.is_known(name, into):
            raise BadOption(f"Expected a new name, got {into}, who is enrolled. Merge the two.")
        self._check_known(name, subject)
        with self._nothing_left(name, table):
            # Faces first: where they fail, by a full disk say, all is as it was.
            with self.tending.written(name):
                faces = naming.assign(table, [_of(subject)], into)
            self.introduced.rename(name, subject, into)
        return faces

    def assign(self, name: str, wheres: Sequence[str], subject: str, *, force: bool) -> int:
        """Give the faces that one of the conditions means to a subject; return how many they were.

        Raises BadOption where some are another's, unless it is to `force`.
        """
        table = self.tables.latest(name)
        taken = naming.taken(table, wheres, subject, force=force)
        rid = self._nothing_left(name, table) if taken else nullcontext()
        with rid, self.tending.written(name):
            return naming.assign(table, wheres, subject)

    def describe(self, name: str, face: str, change: Mapping[str, Any]) -> bool:
        """Change the metadata of a face, as `patched` does; return whether there is that face.

        Raises BadOption for what would be too much.
        """
        table, where = self.tables.latest(name), read.among([face])
        found = read.scan(table, where, ["metadata"])["metadata"].to_pylist()
        if not found:
            return False
        after = patched(json.loads(found[0]), change)
        said = {"metadata": quoted(metadata_text(after)), "tags": listed(tags_of(after))}
        with self._nothing_left(name, table), self.tending.written(name):
            table.update(where=where, values_sql=said)
        return True

    def erase(
        self, name: str, where: str, forget: Callable[[set[str]], None], subject: str = ""
    ) -> int:
        """Remove the faces that are meant, and a subject that was introduced; return how many.

        `forget` is given the digests of the pictures that they came from, before they go.
        """
        table = self.tables.latest(name)
        gone = int(table.count_rows(where))
        if gone:
            forget(read.digests(table, where))
        if gone or subject:
            with self._nothing_left(name, table):
                if subject:
                    self.introduced.remove(name, subject)
                if gone:
                    table.delete(where)
        return gone

    def erase_subject(self, name: str, subject: str, forget: Callable[[set[str]], None]) -> int:
        """Remove a subject with all its faces, and return how many. Raises UnknownSubject."""
        self.tables.latest(name)
        self._check_known(name, subject)
        return self.erase(name, _of(subject), forget, subject)

    @contextmanager
    def _nothing_left(self, name: str, table: Any) -> Iterator[None]:  # noqa: ANN401
        """Leave nothing in any file that the rows of a table said before, and say no longer.

        Should that end in the middle, whoever writes next finishes it. Raises StillInFiles.
        """
        with self.leftovers.until_done(name):
            yield
            try:
                self.sealing.caught_up(name, table)
                self.tending.scrub(name, table)
            except (RuntimeError, OSError) as why:
                raise StillInFiles(str(why)) from why

    def _check_known(self, name: str, subject: str) -> None:
        if not self.is_known(name, subject):
            raise UnknownSubject(f"There is no subject {subject}.")


def _of(subject: str) -> str:
    return condition(Selection(subjects=(subject,)))

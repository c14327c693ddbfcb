"""Rows on their way into a table, and which of them are there already when their turn comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.errors import FoveateError
from foveate.people import read
from foveate.people.lance import arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Shown = set[tuple[str, str]]


@dataclass(slots=True)
class Adding:
    """The rows that one caller adds, and what came of it once that is done."""

    rows: Any
    once: bool = False
    """Whether nothing is added where the same pictures were enrolled, as the same subjects."""
    by_id: bool = False
    """Whether a row is left out where there is one of its id."""
    added: int = 0
    failed: FoveateError | None = None
    """Why nothing was added of this one alone."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shown(self) -> Shown:
        """Return the digest of each picture, with who is on it."""
        columns = (self.rows[name].to_pylist() for name in ("digest", "subject"))
        return set(zip(*columns, strict=True))

    @property
    def ids(self) -> list[str]:
        """Return the id of each row."""
        return list(self.rows["id"].to_pylist())

    def result(self) -> int:
        """Return how many rows were added. Raises why none was, where that is so."""
        if self.failed:
            raise self.failed
        return self.added


class _There:
    """What a table has of what is to be added, and what is added by the way."""

    def __init__(self, table: Any, adding: Sequence[Adding]) -> None:  # noqa: ANN401
        digests = {digest for each in adding if each.once for digest, _ in each.shown}
        ids = {face for each in adding if each.by_id for face in each.ids}
        self._shown = read.shown(table, digests) if digests else None
        self._ids = set(read.ids(table, read.among(sorted(ids)))) if ids else None

    def new_of(self, each: Adding) -> Any:  # noqa: ANN401
        """Return those rows that are not there."""
        if each.once and self._shown and any(_is_there(*pair, self._shown) for pair in each.shown):
            return each.rows.slice(0, 0)
        if each.by_id and self._ids:
            return each.rows.filter(arrow().array([face not in self._ids for face in each.ids]))
        return each.rows

    def note(self, each: Adding) -> None:
        """Take what is added into account."""
        if self._shown is not None:
            self._shown |= each.shown
        if self._ids is not None:
            self._ids.update(each.ids)


def new_rows(
    table: Any,  # noqa: ANN401
    adding: Sequence[Adding],
    check: Callable[[Any, int], None],
) -> list[Any]:
    """Return the rows that a table does not have, and let each addition know what came of it.

    `check` is given some rows, and how many others are added, and raises for what cannot be: such
    an addition fails alone.
    """
    there, new, count = _There(table, adding), [], 0
    for each in adding:
        rows = there.new_of(each)
        try:
            check(rows, count)
        except FoveateError as why:
            each.failed = why
            continue
        there.note(each)
        each.added = len(rows)
        count += len(rows)
        new.append(rows)
    return new if count else []


def _is_there(digest: str, subject: str, known: Shown) -> bool:
    """Return whether a picture was enrolled as that subject; as anybody where nobody is named."""
    if subject:
        return (digest, subject) in known
    return any(digest == other for other, _ in known)

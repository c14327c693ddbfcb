"""Rows on their way into a table, and which of them are there already when their turn comes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from foveate.errors import FoveateError, IndexNotWritten
from foveate.geometry.box import Box
from foveate.people import read
from foveate.people.lance import arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Shown:
    """A face in a picture, as far as it is told from others of that picture."""

    id: str
    subject: str
    digest: str
    box: Box

    def is_there(self, other: Shown) -> bool:
        """Return whether nothing is to be done where the other face is enrolled.

        That is the same face, of the same subject or, where nobody is named, of anybody.
        """
        return self._is_same(other) and self.subject in {"", other.subject}

    def names(self, other: Shown) -> bool:
        """Return whether the other one is the same face, of nobody so far, and this has a name."""
        return bool(self.subject) and not other.subject and self._is_same(other)

    def _is_same(self, other: Shown) -> bool:
        return self.digest == other.digest and self.box.same_place(other.box)


@dataclass(slots=True)
class Adding:
    """The rows that one caller adds, and what came of it once that is done."""

    rows: Any
    once: bool = False
    """Whether faces that are there already, by picture and place, stay out or are named there."""
    by_id: bool = False
    """Whether a row is left out where there is one of its id."""
    added: list[str] = field(default_factory=list)
    """The ids of the rows that were added."""
    named: Sequence[Shown] = ()
    """Faces that were there without a name, each with the one that it was given."""
    failed: FoveateError | None = None
    """Why this one alone was not done, or not as a whole."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ids(self) -> list[str]:
        """Return the id of each row."""
        return list(self.rows["id"].to_pylist())

    def result(self) -> list[str]:
        """Return the ids of what was added or named. Raises why it was not done, if so."""
        if self.failed:
            raise self.failed
        return [*self.added, *(each.id for each in self.named)]


class _There:
    """What a table has of what is to be added, and what is added by the way."""

    def __init__(self, table: Any, adding: Sequence[Adding]) -> None:  # noqa: ANN401
        digests = {one.digest for each in adding if each.once for one in _shown(each.rows)}
        ids = {face for each in adding if each.by_id for face in each.ids}
        self._shown: dict[str, dict[str, Shown]] = {digest: {} for digest in digests}
        if digests:
            self._keep(_shown(read.of_pictures(table, digests)))
        self._ids = set(read.ids(table, read.among(sorted(ids)))) if ids else None

    def new_of(self, each: Adding) -> tuple[Any, Sequence[Shown]]:
        """Return those rows that are not there, and the faces that are and get a name by others."""
        if each.once:
            pairs = [(one, self._met(one)) for one in _shown(each.rows)]
            new = each.rows.filter(arrow().array([there is None for _, there in pairs]))
            named = [(one, there) for one, there in pairs if there and one.names(there)]
            return new, [replace(there, subject=one.subject) for one, there in named]
        if each.by_id and self._ids:
            new = [face not in self._ids for face in each.ids]
            return each.rows.filter(arrow().array(new)), ()
        return each.rows, ()

    def note(self, rows: Any, named: Sequence[Shown]) -> None:  # noqa: ANN401
        """Take what is added and named into account."""
        if self._shown:
            self._keep([*_shown(rows), *named])
        if self._ids is not None:
            self._ids.update(rows["id"].to_pylist())

    def _met(self, one: Shown) -> Shown | None:
        """Return the enrolled face that it is, first one that needs no name; None for a new one."""
        known = self._shown[one.digest].values()
        return next(filter(one.is_there, known), None) or next(filter(one.names, known), None)

    def _keep(self, shown: Iterable[Shown]) -> None:
        for one in shown:
            if one.digest in self._shown:
                self._shown[one.digest][one.id] = one


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
        rows, named = there.new_of(each)
        try:
            check(rows, count)
        except FoveateError as why:
            each.failed = why
            continue
        there.note(rows, named)
        each.named = named
        each.added = list(rows["id"].to_pylist())
        count += len(rows)
        new.append(rows)
    return new if count else []


def fail_names(adding: Sequence[Adding], why: Exception) -> None:
    """Let those know who wait for faces to be named, by themselves or by others at once."""
    for each in adding:
        if each.named or (each.once and not each.added):
            each.failed = each.failed or IndexNotWritten(str(why))


def _shown(rows: Any) -> list[Shown]:  # noqa: ANN401
    columns = (rows[name].to_pylist() for name in ("id", "subject", "digest", "box"))
    return [
        Shown(face, subject, digest, Box(*box))
        for face, subject, digest, box in zip(*columns, strict=True)
    ]

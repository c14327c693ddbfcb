"""Rows on their way into a table, and which of them are there already when their turn comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foveate.people import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    Shown = set[tuple[str, str]]


@dataclass(slots=True)
class Adding:
    """The rows that one caller adds."""

    rows: Any
    once: bool = False
    """Whether nothing is added where the same pictures were enrolled, as the same subjects."""
    there: bool = False
    """Whether that was so; known when the change is done."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shown(self) -> Shown:
        """Return the digest of each picture, with who is on it."""
        columns = (self.rows[name].to_pylist() for name in ("digest", "subject"))
        return set(zip(*columns, strict=True))


def new_rows(table: Any, adding: Sequence[Adding]) -> list[Any]:  # noqa: ANN401
    """Return the rows that a table does not have, and say of the others that they are there."""
    careful = [each for each in adding if each.once]
    digests = {digest for each in careful for digest, _ in each.shown}
    known = read.shown(table, digests) if digests else set()
    new = []
    for each in adding:
        shown = each.shown if digests else set()
        each.there = each.once and any(_is_there(*pair, known) for pair in shown)
        if not each.there:
            known |= shown
            new.append(each.rows)
    return new


def _is_there(digest: str, subject: str, known: Shown) -> bool:
    """Return whether a picture was enrolled as that subject; as anybody where nobody is named."""
    if subject:
        return (digest, subject) in known
    return any(digest == other for other, _ in known)

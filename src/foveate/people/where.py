"""A selection of faces in the words of the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.enrolled import composed
from foveate.errors import BadOption
from foveate.people.schema import checked_text, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from foveate.enrolled import Selection

MOST: Final = 10_000
"""Names or ids in one selection: beyond it, a condition takes longer to read than to apply."""
_SCALARS: Final = (str, int, float, bool, type(None))


def quoted(text: str) -> str:
    """Return a text as SQL writes it, whatever is in it. Raises BadOption for what is no UTF-8.

    >>> quoted("O'Hara")
    "'O''Hara'"
    """
    return "'" + checked_text(text, "what is looked for").replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Return a list of texts as SQL writes it; none of them is empty.

    >>> listed([])
    "array_remove([''], '')"
    """
    # With one at least: LanceDB finds no type for a list of none.
    return f"array_remove([{', '.join(map(quoted, ('', *texts)))}], '')"


def condition(selection: Selection) -> str:
    """Return the condition, or nothing where everything is meant. Raises BadOption."""
    return " AND ".join(f"({part})" for part in _parts(selection))


def in_parts(selection: Selection) -> list[Selection]:
    """Return selections that together mean the same, each of as many ids as one may have."""
    starts = range(0, len(selection.ids), MOST)
    parts = [replace(selection, ids=selection.ids[start : start + MOST]) for start in starts]
    return parts or [selection]


def _parts(selection: Selection) -> Iterator[str]:
    for column, values in (
        ("id", selection.ids),
        ("subject", tuple(map(composed, selection.subjects))),
        ("digest", selection.digests),
    ):
        if values:
            yield _one_of(column, values)
    if selection.id_begins:
        yield f"starts_with(id, {quoted(selection.id_begins)})"
    if selection.named is not None:
        yield "subject <> ''" if selection.named else "subject = ''"
    yield from _tags(selection)
    if selection.least_quality > 0:
        yield f"quality >= {float(selection.least_quality)!r}"
    if selection.added_before is not None:
        yield f"added < {float(selection.added_before)!r}"
    if selection.after is not None:
        added, face = repr(float(selection.after[0])), quoted(selection.after[1])
        yield f"added > {added} OR added = {added} AND id > {face}"


def _tags(selection: Selection) -> Iterator[str]:
    for key, value in selection.metadata.items():
        if not isinstance(value, _SCALARS):
            got = type(value).__name__
            raise BadOption(f"metadata.{key}: expected a text, a number or a boolean, got {got}.")
        yield f"array_has(tags, {quoted(tag(key, value))})"


def _one_of(column: str, values: Sequence[str]) -> str:
    if len(values) > MOST:
        raise BadOption(f"Expected up to {MOST} values to select by, got {len(values)}.")
    return f"{column} IN ({', '.join(map(quoted, values))})"

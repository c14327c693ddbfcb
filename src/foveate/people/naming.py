"""Whose faces are: given to a subject, unless they are another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.errors import BadOption, UnknownSubject
from foveate.people import read
from foveate.people.where import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence


def assign(table: Any, wheres: Sequence[str], subject: str) -> int:  # noqa: ANN401 - LanceDB
    """Give the faces that one of the conditions means to a subject; return how many they were."""
    done = [table.update(where=where, values={"subject": subject}) for where in wheres]
    return sum(int(each.rows_updated) for each in done)


def check_free(table: Any, where: str, subject: str) -> None:  # noqa: ANN401
    """Do nothing unless some of the faces that are meant are another's. Raises BadOption."""
    others = f"({where}) AND subject <> '' AND subject <> {quoted(subject)}"
    for row in read.query(table, others, ["id", "subject"]).limit(1).to_list():
        raise BadOption(
            f"Expected a face without a name, got {row['id']} of {row['subject']}. Force it "
            "(--force, or force=true) to take it from there, or merge the two subjects."
        )


def of_somebody(subject: str, count: int, *, introduced: bool) -> int:
    """Return how many faces a subject has. Raises UnknownSubject for one who is not known."""
    if not count and not introduced:
        raise UnknownSubject(f"There is no subject {subject}.")
    return count

"""Whose faces are: given to a subject, unless they are another's."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from foveate.errors import BadOption
from foveate.people import read
from foveate.people.where import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.people.adding import Shown


def assign(table: Any, wheres: Sequence[str], subject: str) -> int:  # noqa: ANN401 - LanceDB
    """Give the faces that one of the conditions means to a subject; return how many they were."""
    done = [table.update(where=where, values={"subject": subject}) for where in wheres]
    return sum(int(each.rows_updated) for each in done)


def assign_each(table: Any, named: Sequence[Shown]) -> None:  # noqa: ANN401
    """Give each of these faces to the subject that it has here."""
    subject = attrgetter("subject")
    for who, faces in groupby(sorted(named, key=subject), subject):
        assign(table, [read.among([face.id for face in faces])], who)


def taken(table: Any, wheres: Sequence[str], subject: str, *, force: bool) -> bool:  # noqa: ANN401
    """Return whether some of the faces that are meant are another's.

    Raises BadOption where that is so, unless it is to `force`.
    """
    for where in wheres:
        others = f"({where}) AND subject <> '' AND subject <> {quoted(subject)}"
        for row in read.query(table, others, ["id", "subject"]).limit(1).to_list():
            if not force:
                raise BadOption(
                    f"Expected a face without a name, got {row['id']} of {row['subject']}. Force "
                    "it (--force, or force=true) to take it from there, or merge the two subjects."
                )
            return True
    return False

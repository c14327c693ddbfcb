"""`foveate people erase`: somebody, some faces, what is old, or all of it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_words import Collection, people
from foveate.enrolled import Selection, seconds
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence


def erase(
    subject: Annotated[str, typer.Argument(help="Whose faces to erase.", metavar="[SUBJECT]")] = "",
    *,
    face: Annotated[
        list[str] | None, typer.Option("--face", help="Erase this face, by its id; several times.")
    ] = None,
    older_than: Annotated[
        str,
        typer.Option(help="Erase all faces that were enrolled longer ago: 1095d, 12h, 30m or 45s."),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="Erase the whole collection.")
    ] = False,
    collection: Collection = "people",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many faces that would be.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a subject, faces or a collection for good: no file of the index holds them after."""
    if sum(map(bool, (subject, face, older_than, everything))) != 1:
        raise BadOption(
            "Expected one of a subject, --face, --older-than and --everything, got none or several."
        )
    index = people(collection)
    chosen = _meant(subject, face or (), older_than)
    if dry_run:
        typer.echo(f"{index.count(chosen)} faces would be erased.")
        return
    what = f"{printable(subject)} of {collection}" if subject else f"faces of {collection}"
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Erase {what} for good?", abort=True)
    if everything:
        count = index.drop()
    elif chosen.added_before is not None:
        count = index.erase_before(chosen.added_before)
    else:
        count = index.erase(subject) if subject else index.erase_faces(chosen.ids)
    typer.echo(f"{count} faces are erased.")


def _meant(subject: str, faces: Sequence[str], older_than: str) -> Selection:
    """Return which faces are to be erased; all where nothing is said. Raises BadOption."""
    return Selection(
        ids=tuple(faces),
        subjects=(subject,) if subject else (),
        added_before=time.time() - seconds(older_than) if older_than else None,
    )

"""`foveate people erase`: somebody, some faces, what is old, or all of it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_groups import whole_ids
from foveate.cli.people_tables import faces_are, faces_of
from foveate.cli.people_words import Collection, people
from foveate.enrolled import Selection, seconds
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.finder import People


def erase(
    subject: Annotated[
        str | None,
        typer.Argument(
            help='Whose faces to erase; "" are those that nobody has named.', metavar="[SUBJECT]"
        ),
    ] = None,
    *,
    face: Annotated[
        list[str] | None,
        typer.Option("--face", help="Erase this face, by its id or how it begins; several times."),
    ] = None,
    older_than: Annotated[
        str,
        typer.Option(help="Erase all faces that were enrolled longer ago: 1095d, 2w, 12h or 30m."),
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
    if sum((subject is not None, bool(face), bool(older_than), everything)) != 1:
        raise BadOption(
            "Expected one of a subject, --face, --older-than and --everything, got none or several."
        )
    index = people(collection)
    chosen = _meant(index, subject, face or (), older_than)
    if dry_run:
        if subject:
            index.verbs.check_subject(collection, subject)
        typer.echo(f"{faces_of(index.count(chosen), collection)} would be erased.")
        return
    if not yes:
        _ask(_what(subject, face or (), older_than), collection)
    if everything:
        count = index.drop()
    elif chosen.added_before is not None:
        count = index.erase_before(chosen.added_before)
    else:
        count = index.erase(subject) if subject else index.erase_selected(chosen)
    typer.echo(f"{faces_are(count, collection)} erased.")


def _ask(what: str, collection: str) -> None:
    """Return where somebody says yes. Raises BadOption where nobody can be asked."""
    if not sys.stdin.isatty():
        raise BadOption("Expected --yes: there is no terminal to ask at.")
    typer.confirm(f"Erase {what} of {collection} for good?", abort=True)


def _what(subject: str | None, faces: Sequence[str], older_than: str) -> str:
    if subject:
        return printable(subject)
    if subject is not None:
        return "all faces without a name"
    if faces:
        return faces_of(len(faces))
    return f"all faces older than {printable(older_than)}" if older_than else "all faces"


def _meant(index: People, subject: str | None, faces: Sequence[str], older_than: str) -> Selection:
    """Return which faces are to be erased; all where nothing is said. Raises BadOption."""
    return Selection(
        ids=tuple(whole_ids(index, faces)),
        subjects=(subject,) if subject else (),
        named=False if subject == "" else None,
        added_before=time.time() - seconds(older_than) if older_than else None,
    )

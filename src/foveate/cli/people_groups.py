"""`foveate people clusters`, `name` and `duplicates`: faces that belong together."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foveate.cli.complaints import printable
from foveate.cli.people_tables import faces_are, group_table, pair_table, print_table, say
from foveate.cli.people_words import Collection, Subject, from_pairs, people
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.finder import People

Sheet = Annotated[
    Path | None,
    typer.Option(
        help="Write the groups on one contact sheet as PNG, a row each, from the crops that are "
        "kept or the pictures that are still there; - is standard output."
    ),
]


def clusters(
    collection: Collection = "people", sheet: Sheet = None, as_json: AsJson = False
) -> None:
    """Group the faces that nobody has named by who they look like."""
    from foveate.cli.people_sheet import write_sheet

    index = people(collection)
    groups = index.groups()
    if sheet is not None and groups:
        write_sheet(index, groups, sheet)
        if str(sheet) == "-":
            return
    if not groups and not as_json:
        typer.echo("No unnamed faces belong together.")
        return
    told = {"clusters": [group.to_json() for group in groups]}
    print_table(told, group_table(groups), as_json=as_json)
    if sys.stdout.isatty() and not as_json:
        typer.echo("Name one by any of its faces: foveate people name FACE SUBJECT")


def name_(
    face: Annotated[
        str,
        typer.Argument(help="The id of any face of a cluster, or its first 8 digits or more."),
    ],
    subject: Subject,
    collection: Collection = "people",
    alone: Annotated[bool, typer.Option("--alone", help="Name this face only.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Take the face from whoever has it already.")
    ] = False,
) -> None:
    """Say who a cluster is: all unnamed faces that belong to this one get the name."""
    index = people(collection)
    (whole,) = whole_ids(index, [face])
    count = index.name([whole] if alone else index.cluster_of(whole), subject, force=force)
    typer.echo(f"{faces_are(count)} {printable(subject)} now.")


def describe(
    face: Annotated[str, typer.Argument(help="The id of a face, or how it begins.")],
    meta: Annotated[
        list[str],
        typer.Option("--meta", help="NAME=VALUE to change; NAME=null takes it away; repeat it."),
    ],
    collection: Collection = "people",
    as_json: AsJson = False,
) -> None:
    """Change the metadata that is kept with a face; what is not named stays."""
    from foveate.service.found import enrolled_to_json

    index = people(collection)
    (whole,) = whole_ids(index, [face])
    made = index.describe(whole, from_pairs(meta))
    said = f"{made.id}: {json.dumps(made.metadata, ensure_ascii=False)}"
    say(enrolled_to_json(made), printable(said), as_json=as_json)


def duplicates(collection: Collection = "people", as_json: AsJson = False) -> None:
    """List pairs of faces that come from the same picture."""
    pairs = people(collection).duplicates()
    if not pairs and not as_json:
        typer.echo("No two faces come from one picture.")
        return
    print_table({"pairs": [pair.to_json() for pair in pairs]}, pair_table(pairs), as_json=as_json)


def whole_ids(index: People, begins: Iterable[str]) -> list[str]:
    """Return the ids of faces that are said by how they begin. Raises BadOption, UnknownFace."""
    return [index.verbs.whole_id(index.collection, each) for each in begins]

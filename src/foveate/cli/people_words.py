"""The options that the commands of `foveate people` share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.finder import People

T = TypeVar("T")
Subject = Annotated[str, typer.Argument(help="The name of a subject.", metavar="SUBJECT")]
Collection = Annotated[str, typer.Option("--collection", "-c", help="The collection of people.")]
Confidence = Annotated[
    float | None,
    typer.Option(
        help="How likely, 0 to 1, it must be that no stranger would look as alike; 0 shows all.",
        min=0,
        max=1,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Enrol poor faces too.")]
Meta = Annotated[
    list[str] | None,
    typer.Option("--meta", help="NAME=VALUE to keep with each face; several times."),
]
AT_MOST = Annotated[int, typer.Option("--limit", help="At most so many.", min=1, max=10_000)]


def people(collection: str) -> People:
    """Return the face index that the settings describe."""
    from foveate.finder import People as Opened

    return Opened(collection)


def collections_there() -> list[str]:
    """Return the names of the collections that there are."""
    return [each.name for each in people("people").collections()]


def page_of(found: Sequence[T], limit: int, offset: int) -> list[T]:
    """Return the first `limit` of what was asked for with one more, and say where it goes on."""
    if len(found) > limit:
        typer.echo(f"There are more: --offset {offset + limit}, or a larger --limit.", err=True)
    return list(found[:limit])


def from_pairs(pairs: list[str] | None) -> dict[str, Any]:
    """Return NAME=VALUE as metadata; values that are JSON are read as such. Raises BadOption.

    >>> from_pairs(["team=red", "door=3", "code=NaN"])
    {'team': 'red', 'door': 3, 'code': 'NaN'}
    """
    found: dict[str, Any] = {}
    for pair in pairs or ():
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise BadOption(f"Expected NAME=VALUE, got {pair}.")
        try:
            found[name] = json.loads(text, parse_constant=str)
        except ValueError:
            found[name] = text
    return found

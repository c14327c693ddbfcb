"""Many pictures, one after the other: how far it is, and what went wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from foveate.cli.complaints import aside, complain, printable
from foveate.errors import MET_AGAIN, BadOption, FoveateError, SourceTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.storage.source import Source

T = TypeVar("T")

STANDARD: Final = "-"
"""Standard input as a source, standard output as a destination."""
Pictures = Annotated[
    list[str],
    typer.Argument(
        help="Picture files or http(s) addresses; - is standard input.", metavar="PICTURE"
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print JSON for programs; of several pictures, one a line.")
]


def each(names: Sequence[str], act: Callable[[str], T]) -> Iterator[tuple[str, T]]:
    """Yield each name with what `act` makes of it.

    The error of a single picture is raised. Of several, each that fails is a line on standard
    error, and the end is typer.Exit with 1. Raises BadOption for standard input asked for twice.
    """
    if names.count(STANDARD) > 1:
        raise BadOption("Expected - for standard input once, got it twice.")
    if len(names) == 1:
        yield names[0], act(names[0])
        return
    failed = False
    for name in _shown(names):
        try:
            made = act(name)
        except MET_AGAIN:
            raise
        except (FoveateError, OSError) as why:
            complain(why, about=name)
            failed = True
        else:
            yield name, made
    if failed:
        raise typer.Exit(1)


def _shown(names: Sequence[str]) -> Iterator[str]:
    """Yield the names under a bar that shows how far it is, where somebody sees it."""
    console = aside()
    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        # What is printed below the bar goes above it; what goes to a file stays there.
        redirect_stdout=sys.stdout.isatty(),
    ) as progress:
        task = progress.add_task("", total=len(names))
        for name in names:
            progress.update(task, description=printable(name))
            yield name
            progress.advance(task)


def read_picture(name: str) -> Source:
    """Return a picture by its name, or what standard input holds. Raises FoveateError."""
    from foveate.library import read

    if name != STANDARD and Path(name).is_dir():
        raise BadOption(
            f"Expected a picture, got the folder {name}. Name those in it: {name.rstrip('/')}/*"
        )
    return read(_standard_input() if name == STANDARD else name)


def _standard_input() -> bytes:
    from foveate.background import default_app

    if sys.stdin.isatty():
        raise BadOption(
            "Expected a picture on standard input, got a terminal. Pipe one in (< photo.jpg), or "
            "name a file."
        )
    most = default_app().settings.limits.max_bytes
    data = sys.stdin.buffer.read(most + 1)
    if len(data) > most:
        raise SourceTooLarge(f"Expected up to {most} bytes on standard input, got more.")
    return data


def stem_of(name: str) -> str:
    """Return what files that are made of a picture are named after.

    >>> stem_of("in/a b.jpg"), stem_of("https://b.com/x/c%20d.jpg?v=1.5"), stem_of("-")
    ('a b', 'c d', 'stdin')
    """
    if name == STANDARD:
        return "stdin"
    path = unquote(urlsplit(name).path) if "://" in name else name
    return Path(path).stem or "picture"


def print_json(
    told: dict[str, Any], name: str, names: Sequence[str], *, aside: bool = False
) -> None:
    """Print what is told of a picture: one of several with its name, on one line.

    `aside` is on standard error, where standard output has the picture itself.
    """
    if len(names) == 1:
        typer.echo(json.dumps(told, indent=2), err=aside)
    else:
        typer.echo(json.dumps({"source": name, **told}))

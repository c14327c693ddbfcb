"""`foveate duplicates`, `like` and `search`: what is in a folder of pictures."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from foveate.cli.complaints import complain, printable
from foveate.cli.several import read_picture
from foveate.vision.repeats import NEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.album import Album, Like

Folder = Annotated[
    Path, typer.Argument(help="A folder; its folders are looked through as well.", metavar="FOLDER")
]
Limit = Annotated[int, typer.Option(min=1, help="How many pictures at most.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
NO_TAGS = (
    "Nothing was found: no picture has such a tag. Tags tell what a picture is of, not all that "
    "is in it; foveate analyse --parts objects looks for single things, such as cars."
)
"""What is said where a search finds nothing."""


def duplicates(
    folder: Folder,
    threshold: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="How alike pictures are that count as the same: a cosine."
        ),
    ] = NEAR,
    as_json: AsJson = False,
) -> None:
    """Say which pictures of a folder are nearly the same: resized, compressed, cropped copies.

    Of each group the first has the most pixels. What was seen once is kept, so that a second run,
    or one after an interruption, takes a moment.
    """
    with _opened(folder) as album:
        found = album.duplicates(threshold)
        if as_json:
            from foveate.album import told

            typer.echo(json.dumps({"groups": [told(group) for group in found]}, indent=2))
        else:
            for group in found:
                _list(group)
                typer.echo("")
            typer.echo(_summary(found))


def like(
    picture: Annotated[
        str, typer.Argument(help="A picture file, an http(s) address or - for standard input.")
    ],
    folder: Folder,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """Say which pictures of a folder are most like another one."""
    source = read_picture(picture)
    with _opened(folder) as album:
        _print(album.like(source, limit), as_json=as_json)


def search(
    words: Annotated[str, typer.Argument(help="What is on the pictures, in a few words.")],
    folder: Folder,
    limit: Limit = 10,
    as_json: AsJson = False,
) -> None:
    """Find the pictures of a folder that show something: "a dog at the beach".

    In English by the words of tags; in any words and a hundred languages where the extra `see` of
    foveate is installed. Tags know no people, so that nobody can be searched for.
    """
    with _opened(folder) as album:
        _print(album.search(words, limit), as_json=as_json, nothing=NO_TAGS)


@contextmanager
def _opened(folder: Path) -> Iterator[Album]:
    """Give the pictures of a folder under a bar; each that fails is a line on standard error.

    If one does, the end is typer.Exit with 1.
    """
    from foveate.album import Album

    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)

        def progress(picture: Path) -> None:
            bar.update(task, advance=1, description=printable(picture.name))

        album = Album(folder, progress=progress)
        bar.update(task, total=len(album.pictures))
        yield album
    for unread in album.unread:
        complain(unread.error, about=str(unread.picture))
    if album.unread:
        raise typer.Exit(1)


def _print(found: Sequence[Like], *, as_json: bool, nothing: str = "Nothing was found.") -> None:
    if as_json:
        from foveate.album import told

        typer.echo(json.dumps({"pictures": told(found)}, indent=2))
    else:
        _list(found)
        if not found:
            typer.echo(nothing)


def _list(found: Sequence[Like]) -> None:
    for each in found:
        typer.echo(f"{each.score:.3f}  {printable(str(each.picture))}")


def _summary(found: Sequence[Sequence[Like]]) -> str:
    if not found:
        return "No picture is nearly the same as another one."
    again = sum(map(len, found)) - len(found)
    pictures = "picture is" if again == 1 else "pictures are"
    groups = "1 group" if len(found) == 1 else f"{len(found)} groups"
    return f"{again} {pictures} nearly the same as a larger one, in {groups}."

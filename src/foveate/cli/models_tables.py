"""What is known of cards and their sets, as rows for programs and tables for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.models.supply.card import ModelCard
    from foveate.models.supply.sizes import Sizes
    from foveate.models.supply.weights import FileState
    from foveate.settings import Models

Row = dict[str, Any]


def rows_of(cards: Iterable[ModelCard], settings: Models) -> list[Row]:
    """Return what is known of cards, and of their files, each of which is read through."""
    from foveate.models.supply.weights import verify

    return [row_of(card, settings, verify(card, settings)) for card in cards]


def row_of(card: ModelCard, settings: Models, state: FileState) -> Row:
    """Return what is known of a card, and of its file on this machine."""
    from foveate.models.supply.recipes import fingerprint
    from foveate.models.supply.sets import set_of
    from foveate.models.supply.weights import FileState, allowed, where

    path = where(card, settings)
    return {
        "name": card.name,
        "set": set_of(card),
        "task": card.task.value,
        "licence": card.licence,
        "upstream": card.upstream,
        "acknowledge": card.acknowledge,
        "allowed": allowed(card, settings),
        # Of one that was cut off it is what it takes once it is whole.
        "bytes": path.stat().st_size if state is FileState.OK else card.bytes_on_disk,
        "state": state.value,
        "fingerprint": fingerprint(card),
        "path": str(path),
        "sources": list(card.artefact.sources),
        "build": list(card.build),
        "input": card.input,
        "output": card.output,
    }


def set_rows(cards: Sequence[ModelCard], rows: Iterable[Row]) -> list[Row]:
    """Return what is known of each set that has cards: what of it is here, and what is not."""
    from foveate.models.supply.sets import SETS, set_of
    from foveate.models.supply.sizes import sizes_of

    known = {row["name"]: row for row in rows}
    told = []
    for name, each in SETS.items():
        every = [card for card in cards if set_of(card) == name]
        members = [card for card in every if known[card.name]["allowed"]]
        if not members:
            continue
        lacking = [card for card in members if known[card.name]["state"] != "ok"]
        told.append(
            {
                "name": name,
                "about": each.about,
                "models": [card.name for card in members],
                "missing": [card.name for card in lacking],
                "unacknowledged": [card.name for card in every if card not in members],
                "download_bytes": sizes_of(lacking).download,
                "bytes": sum(known[card.name]["bytes"] for card in members),
            }
        )
    return told


def in_mb(size: int) -> str:
    """Return bytes as people read them.

    >>> in_mb(90_210_194)
    '90.2 MB'
    """
    return f"{size / 1e6:.1f} MB"


def to_fetch(sizes: Sizes, settings: Models) -> str:
    """Return a sentence on what is about to be fetched; empty where nobody knows."""
    if not sizes.download or (settings.offline and not settings.bundle):
        return ""
    download = "" if settings.bundle else f"{in_mb(sizes.download)} to download, "
    return f"To fetch: {download}{in_mb(sizes.disk)} on the disk."


def say(rows: list[Row], *, as_json: bool, **more: Any) -> None:  # noqa: ANN401
    """Print the rows as a table with their sum, or as JSON with `more` beside them."""
    if as_json:
        typer.echo(json.dumps({"models": rows, **more}, indent=2))
        return
    table = Table("name", "set", "task", "licence", "size", "state", box=None)
    for row in rows:
        size = in_mb(row["bytes"])
        table.add_row(row["name"], row["set"], row["task"], _licence(row), size, row["state"])
    Console().print(table)
    here = [row["bytes"] for row in rows if row["state"] == "ok"]
    size, rest = sum(here), sum(row["bytes"] for row in rows) - sum(here)
    typer.echo(
        f"{len(here)} of {len(rows)} are here, {in_mb(size)}; the others take {in_mb(rest)}."
        if rest
        else f"All {len(rows)} are here, {in_mb(size)}."
    )


def say_sets(sets: Iterable[Row]) -> None:
    """Print what `foveate models pull SET` would fetch of each set."""
    table = Table("set", "here", "to download", "on disk", "for", box=None)
    for row in sets:
        count = len(row["models"])
        table.add_row(
            row["name"],
            f"{count - len(row['missing'])} of {count}",
            in_mb(row["download_bytes"]) if row["missing"] else "nothing",
            in_mb(row["bytes"]),
            row["about"] + _not_among(row["unacknowledged"]),
        )
    Console().print(table)


def _not_among(names: Sequence[str]) -> str:
    if not names:
        return ""
    whose = "whose licence is" if len(names) == 1 else "whose licences are"
    return f"; without {', '.join(names)}, {whose} not acknowledged"


def _licence(row: Row) -> str:
    if not row["acknowledge"]:
        return str(row["licence"])
    return f"{row['licence']}, {'' if row['allowed'] else 'not '}acknowledged"

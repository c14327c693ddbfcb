"""Datasets as rows of a file: in, and out. Each function is part of a transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from foveate.datasets.dataset import Dataset, State
from foveate.datasets.tables import COLUMNS
from foveate.errors import UnknownDataset

if TYPE_CHECKING:
    import sqlite3

    from foveate.datasets.identity import Identity

LONGEST: Final = 18
"""Digits of a number that SQLite takes."""


def insert(books: sqlite3.Connection, identity: Identity, now: float) -> None:
    """Note that there is such a dataset, unless that is known."""
    books.execute(
        "INSERT OR IGNORE INTO datasets (id, digest, name, handler, version, pin, config, raw, "
        "state, created, used) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)",
        (
            *(identity.id, identity.digest, identity.name, identity.handler),
            *(identity.version, identity.pin, identity.config.decode(), identity.raw_digest),
            *(now, now),
        ),
    )


def many(books: sqlite3.Connection, where: str, *values: object) -> list[Dataset]:
    """Return all datasets of which that is so."""
    return [_dataset(row) for row in books.execute(f"{COLUMNS} WHERE {where}", values)]


def one(books: sqlite3.Connection, where: str, value: object) -> Dataset:
    """Return the dataset of which that is so. Raises UnknownDataset."""
    found = many(books, where, value)
    if not found:
        raise UnknownDataset
    return found[0]


def number_of(text: str) -> int:
    """Return the number that a text is; 0 for an id, in which there is always more."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else 0


def _dataset(row: tuple[Any, ...]) -> Dataset:
    """Return the dataset of a row of `COLUMNS`."""
    told = dict(zip(_WRITTEN, row, strict=True))
    told |= {name: json.loads(told[name]) for name in ("config", "progress")}
    told |= {name: bool(told[name]) for name in ("pinned", "heard")}
    return Dataset(**{**told, "state": State(told["state"])})


_WRITTEN: Final = tuple(
    name.strip()
    for name in COLUMNS.removeprefix("SELECT ").removesuffix(" FROM datasets").split(",")
)

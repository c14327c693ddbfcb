"""What the manifest says when it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from foveate.batches.made import Output, Status


class Before(NamedTuple):
    """What an earlier run, or an earlier part of this one, says of a row."""

    asked: bytes
    version: str
    status: Status
    number: int
    run: int
    worked: int
    """In which run it was worked on."""
    error: str
    outputs: list[Output]


class Equal(NamedTuple):
    """What was made of an equal picture."""

    width: int | None
    height: int | None
    outputs: tuple[Output, ...]
    known: str


class Rival(NamedTuple):
    """Another row that has a name."""

    id: bytes
    number: int
    run: int
    """In which it was met last."""
    worked: int
    """In which it was done."""
    source: str
    name: str
    digest: bytes
    live: int
    """Whether it is what the row was done with last."""


class Wish(NamedTuple):
    """A name that a row asked for, and that somebody else had."""

    rendition: int
    name: str
    digest: bytes


class Record(NamedTuple):
    """What became of a row, to be written for others."""

    number: int
    source: str
    status: Status
    digest: str
    bytes: int
    width: int | None
    height: int | None
    error: str
    message: str
    known: str
    outputs: list[Output]

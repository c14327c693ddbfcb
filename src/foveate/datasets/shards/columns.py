"""Columns as Parquet has them, plain and not compressed: the same bytes on any machine.

Source: https://parquet.apache.org/docs/file-format/. Libraries sign what they write with their
version, and choose encodings by it; these few shapes are written by hand instead. As others have
it, anything may be null.
"""

from __future__ import annotations

import struct as packing
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.datasets.shards.example import varint
from foveate.datasets.shards.thrift import (
    BINARY,
    I32,
    STRUCT,
    binary,
    i32,
    i64,
    inner,
    many,
    struct,
    text,
    zigzag,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAGIC: Final = b"PAR1"
OPTIONAL: Final = 1
REPEATED: Final = 2
PLAIN: Final = 0
RLE: Final = 3
UTF8: Final = 0
LISTED: Final = 3
"""As `ConvertedType` has it."""
DATA_PAGE: Final = 0
VERSION: Final = 1
WRITER: Final = "foveate"
INT32: Final = 1
INT64: Final = 2
DOUBLE: Final = 5
BYTE_ARRAY: Final = 6
PACKED: Final = {INT32: "i", INT64: "q", DOUBLE: "d"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is in a column at its bottom: a number, a text or bytes."""

    kind: int
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Any number of one thing."""

    item: Node


@dataclass(frozen=True, slots=True)
class Group:
    """Several things by name."""

    fields: dict[str, Node]


Node = Leaf | Listed | Group


class Column(NamedTuple):
    """One leaf of a schema: what it is, where it is, and what each name on the way may be."""

    leaf: Leaf
    path: tuple[str, ...]
    steps: tuple[int, ...]
    """OPTIONAL or REPEATED."""


def columns(node: Node) -> Iterator[Column]:
    """Yield the columns of a schema."""
    if isinstance(node, Leaf):
        yield Column(node, (), ())
    elif isinstance(node, Listed):
        for leaf, path, steps in columns(node.item):
            yield Column(leaf, ("list", "element", *path), (REPEATED, OPTIONAL, *steps))
    else:
        for name, field in node.fields.items():
            for leaf, path, steps in columns(field):
                yield Column(leaf, (name, *path), (OPTIONAL, *steps))


def elements(name: str, node: Node) -> Iterator[bytes]:
    """Yield what the footer says of a schema: each of its nodes, from the top."""
    if isinstance(node, Leaf):
        said = [i32(6, UTF8)] if node.is_text else []
        yield struct(i32(1, node.kind), i32(3, OPTIONAL), text(4, name), *said)
    elif isinstance(node, Listed):
        yield struct(i32(3, OPTIONAL), text(4, name), i32(5, 1), i32(6, LISTED))
        yield struct(i32(3, REPEATED), text(4, "list"), i32(5, 1))
        yield from elements("element", node.item)
    else:
        yield struct(i32(3, OPTIONAL), text(4, name), i32(5, len(node.fields)))
        for inside, field in node.fields.items():
            yield from elements(inside, field)


def page(column: Column, values: Sequence[Any]) -> tuple[bytes, int]:
    """Return a column's values of some rows as a page with its header, and how many there are."""
    shredded = [each for value in values for each in _shredded(value, column.steps)]
    lists, most = column.steps.count(REPEATED), len(column.steps)
    data = _levels(level for level, _, _ in shredded) if lists else b""
    data += _levels(level for _, level, _ in shredded)
    data += _plain(column.leaf.kind, [value for _, level, value in shredded if level == most])
    about = struct(i32(1, len(shredded)), i32(2, PLAIN), i32(3, RLE), i32(4, RLE))
    head = struct(i32(1, DATA_PAGE), i32(2, len(data)), i32(3, len(data)), inner(5, about))
    return head + data, len(shredded)


def _shredded(
    value: Any,  # noqa: ANN401 - a value, or lists of them
    steps: Sequence[int],
    goes_on: int = 0,
    before: tuple[int, int] = (0, 0),
) -> Iterator[tuple[int, int, Any]]:
    """Yield each value, which list it goes on, and how many of the steps to it there are.

    `before` are the steps and the lists that were gone through.
    """
    level, lists = before
    if level == len(steps):
        yield goes_on, level, value
    elif steps[level] == OPTIONAL and value is not None:
        yield from _shredded(value, steps, goes_on, (level + 1, lists))
    elif not value:
        yield goes_on, level, None
    else:
        for at, each in enumerate(value):
            inner_list = (level + 1, lists + 1)
            yield from _shredded(each, steps, lists + 1 if at else goes_on, inner_list)


def _levels(levels: Iterable[int]) -> bytes:
    """Return levels as runs, each of a byte that is repeated."""
    runs = (varint(len(list(run)) << 1) + bytes([level]) for level, run in groupby(levels))
    data = b"".join(runs)
    return packing.pack("<I", len(data)) + data


def _plain(kind: int, values: Sequence[Any]) -> bytes:
    if kind in PACKED:
        return packing.pack(f"<{len(values)}{PACKED[kind]}", *values)
    return b"".join(piece for each in values for piece in (packing.pack("<I", len(each)), each))


def chunk(column: Column, at: int, size: int, count: int) -> bytes:
    """Return what the footer says of a column in a group of rows."""
    about = struct(
        i32(1, column.leaf.kind),
        many(2, I32, [zigzag(PLAIN), zigzag(RLE)]),
        many(3, BINARY, [binary(name.encode()) for name in column.path]),
        i32(4, 0),
        i64(5, count),
        i64(6, size),
        i64(7, size),
        i64(9, at),
    )
    return struct(i64(2, at), inner(3, about))


def row_group(chunks: Sequence[bytes], size: int, rows: int) -> bytes:
    """Return what the footer says of a group of rows."""
    return struct(many(1, STRUCT, chunks), i64(2, size), i64(3, rows))


def footer(schema: Group, groups: Sequence[bytes], rows: int, about: dict[str, str]) -> bytes:
    """Return the end of a file."""
    said = [struct(text(1, name), text(2, value)) for name, value in sorted(about.items())]
    data = struct(
        i32(1, VERSION),
        many(2, STRUCT, list(elements("schema", schema))),
        i64(3, rows),
        many(4, STRUCT, groups),
        many(5, STRUCT, said),
        text(6, WRITER),
    )
    return data + packing.pack("<I", len(data)) + MAGIC

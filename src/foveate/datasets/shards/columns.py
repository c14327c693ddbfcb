"""Columns as Parquet has them, plain and not compressed: the same bytes on any machine.

Source: https://parquet.apache.org/docs/file-format/. Libraries sign what they write with their
version, and choose encodings by it; these few shapes are written by hand instead. Nothing is null:
a list may be empty.
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
REQUIRED: Final = 0
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
    """One leaf of a schema: where it is, what it is, and in how many lists it lies."""

    path: tuple[str, ...]
    leaf: Leaf
    depth: int


def columns(node: Node, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[Column]:
    """Yield the columns of a schema."""
    if isinstance(node, Leaf):
        yield Column(path, node, depth)
    elif isinstance(node, Listed):
        yield from columns(node.item, (*path, "list", "element"), depth + 1)
    else:
        for name, field in node.fields.items():
            yield from columns(field, (*path, name), depth)


def elements(name: str, node: Node) -> Iterator[bytes]:
    """Yield what the footer says of a schema: each of its nodes, from the top."""
    if isinstance(node, Leaf):
        said = [i32(6, UTF8)] if node.is_text else []
        yield struct(i32(1, node.kind), i32(3, REQUIRED), text(4, name), *said)
    elif isinstance(node, Listed):
        yield struct(i32(3, REQUIRED), text(4, name), i32(5, 1), i32(6, LISTED))
        yield struct(i32(3, REPEATED), text(4, "list"), i32(5, 1))
        yield from elements("element", node.item)
    else:
        yield struct(i32(3, REQUIRED), text(4, name), i32(5, len(node.fields)))
        for inside, field in node.fields.items():
            yield from elements(inside, field)


def page(column: Column, values: Sequence[Any]) -> tuple[bytes, int]:
    """Return a column's values of some rows as a page with its header, and how many there are."""
    shredded = [each for value in values for each in _shredded(value, column.depth)]
    data = b""
    if column.depth:
        data += _levels([level for level, _, _ in shredded], column.depth)
        data += _levels([level for _, level, _ in shredded], column.depth)
    there = [value for _, defined, value in shredded if defined == column.depth]
    data += _plain(column.leaf.kind, there)
    count = len(shredded)
    about = struct(i32(1, count), i32(2, PLAIN), i32(3, RLE), i32(4, RLE))
    head = struct(i32(1, DATA_PAGE), i32(2, len(data)), i32(3, len(data)), inner(5, about))
    return head + data, count


def _shredded(
    value: Any,  # noqa: ANN401 - a value, or lists of them
    depth: int,
    level: int = 0,
    repeated: int = 0,
) -> Iterator[tuple[int, int, Any]]:
    """Yield each value, the list that it goes on, and how many lists around it have something."""
    if level == depth:
        yield repeated, level, value
        return
    if not value:
        yield repeated, level, None
    for at, each in enumerate(value):
        yield from _shredded(each, depth, level + 1, level + 1 if at else repeated)


def _levels(levels: Iterable[int], most: int) -> bytes:
    """Return levels as runs. None needs more than a byte."""
    width = (most.bit_length() + 7) // 8
    data = b"".join(
        varint(len(list(run)) << 1) + level.to_bytes(width, "little")
        for level, run in groupby(levels)
    )
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

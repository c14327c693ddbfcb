"""Structs as Parquet has them: Thrift's compact protocol, as far as Parquet needs it to be written.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.datasets.shards.example import varint

if TYPE_CHECKING:
    from collections.abc import Sequence

I32: Final = 5
I64: Final = 6
BINARY: Final = 8
LIST: Final = 9
STRUCT: Final = 12
STOP: Final = b"\0"
FEW: Final = 15
"""From so many items on, a list says its length apart."""

Field = tuple[int, int, bytes]
"""Its number, its type and its value."""


def struct(*fields: Field) -> bytes:
    """Return fields, in the order of their numbers, as a struct."""
    data, last = b"", 0
    for number, kind, value in fields:
        data += bytes([(number - last) << 4 | kind]) + value
        last = number
    return data + STOP


def i32(number: int, value: int) -> Field:
    """Return a field that is a whole number of 32 bits; enumerations are such."""
    return number, I32, zigzag(value)


def i64(number: int, value: int) -> Field:
    """Return a field that is a whole number of 64 bits."""
    return number, I64, zigzag(value)


def text(number: int, value: str) -> Field:
    """Return a field that is a text."""
    return number, BINARY, binary(value.encode())


def inner(number: int, value: bytes) -> Field:
    """Return a field that is a struct."""
    return number, STRUCT, value


def many(number: int, kind: int, values: Sequence[bytes]) -> Field:
    """Return a field that is a list of values of one type."""
    count = len(values)
    head = bytes([count << 4 | kind]) if count < FEW else bytes([FEW << 4 | kind]) + varint(count)
    return number, LIST, head + b"".join(values)


def zigzag(value: int) -> bytes:
    """Return a whole number so that small ones are short, whatever their sign.

    >>> zigzag(-1).hex(), zigzag(1).hex()
    ('01', '02')
    """
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def binary(data: bytes) -> bytes:
    """Return bytes with their length before them."""
    return varint(len(data)) + data

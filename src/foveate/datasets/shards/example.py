"""`tf.train.Example` as bytes: the wire format of protobuf, for its few messages alone.

Source: tensorflow/core/example/feature.proto; https://protobuf.dev/programming-guides/encoding/.
An Example has Features (1), a map (1) of names (1) to a Feature (2): a list (1) of bytes, of
32-bit floats or of whole numbers.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, TypeAlias

from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Values: TypeAlias = Sequence[bytes] | Sequence[float] | Sequence[int]

BYTES: Final = 1
FLOATS: Final = 2
INTS: Final = 3
DELIMITED: Final = 2
"""How it is said that a length and so many bytes follow."""
SIXTY_FOUR_BITS: Final = (1 << 64) - 1
SEVEN: Final = 0x7F
MOST_SHIFT: Final = 63


def example(features: Mapping[str, tuple[int, Values]]) -> bytes:
    """Return features, each BYTES, FLOATS or INTS and its values, as the bytes of an Example."""
    entries = (
        _field(1, _field(1, name.encode()) + _field(2, _feature(kind, values)))
        for name, (kind, values) in sorted(features.items())
    )
    return _field(1, b"".join(entries))


def _feature(kind: int, values: Values) -> bytes:
    if kind == BYTES:
        return _field(kind, b"".join(_field(1, bytes(each)) for each in values))  # type: ignore[arg-type]
    packed = (
        struct.pack(f"<{len(values)}f", *values)
        if kind == FLOATS
        else b"".join(varint(int(each) & SIXTY_FOUR_BITS) for each in values)
    )
    return _field(kind, _field(1, packed) if values else b"")


def _field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | DELIMITED) + varint(len(data)) + data


def varint(number: int) -> bytes:
    """Return a whole number from 0 on, seven bits a byte, the lowest first.

    >>> varint(300).hex()
    'ac02'
    """
    data = bytearray()
    while number > SEVEN:
        data.append(number & SEVEN | SEVEN + 1)
        number >>= 7
    data.append(number)
    return bytes(data)


def byte_features(data: bytes) -> dict[str, list[bytes]]:
    """Return what features of bytes an Example has. Raises BadOption for what is none."""
    found: dict[str, list[bytes]] = {}
    for features in _fields(memoryview(data), 1):
        for entry in _fields(features, 1):
            name = b"".join(_fields(entry, 1)).decode(errors="replace")
            for feature in _fields(entry, 2):
                lists = list(_fields(feature, BYTES))
                if lists:
                    found[name] = [bytes(each) for one in lists for each in _fields(one, 1)]
    return found


def _fields(data: memoryview, wanted: int) -> Iterator[memoryview]:
    """Yield the fields of that number in a message whose fields all have lengths."""
    at = 0
    while at < len(data):
        head, at = _varint_at(data, at)
        length, at = _varint_at(data, at)
        if head & 7 != DELIMITED or at + length > len(data):
            raise BadOption("Expected a tf.train.Example, got what is none.")
        if head >> 3 == wanted:
            yield data[at : at + length]
        at += length


def _varint_at(data: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    for position in range(at, len(data)):
        number |= (data[position] & SEVEN) << shift
        if data[position] <= SEVEN:
            return number, position + 1
        shift += 7
        if shift > MOST_SHIFT:
            break
    raise BadOption("Expected a tf.train.Example, got one that is cut off.")

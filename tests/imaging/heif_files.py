"""HEIF files put together box by box around the coded pixels of one small HEIC."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imaging_pictures import HEIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALPHA = b"urn:mpeg:hevc:2015:auxid:1"


def box(kind: bytes, *body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, body)), kind) + b"".join(body)


def full(kind: bytes, *body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *body)


def number(value: int, *, wide: bool) -> bytes:
    return value.to_bytes(4 if wide else 2, "big")


def cut(kind: bytes, data: bytes = HEIC) -> bytes:
    """Return the box of that kind in a file."""
    at = data.index(kind) - 4
    return data[at : at + int.from_bytes(data[at : at + 4], "big")]


HVCC = cut(b"hvcC")
CODED = cut(b"mdat")[8:208]
"""64x64 pixels; `HEIC` crops them to 64x48."""


def ispe(width: int = 64, height: int = 64) -> bytes:
    return full(b"ispe", struct.pack(">II", width, height))


def irot(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def imir(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def clap(width: tuple[int, int], height: tuple[int, int], *offsets: int) -> bytes:
    return box(b"clap", struct.pack(">IIIIiIiI", *width, *height, *(offsets or (0, 1, 0, 1))))


def aux(kind: bytes) -> bytes:
    return full(b"auxC", kind, b"\0")


def grid(columns: int, rows: int, width: int, height: int) -> bytes:
    return struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)


@dataclass(frozen=True)
class Item:
    kind: bytes = b"hvc1"
    properties: tuple[bytes, ...] = (HVCC, ispe())
    data: bytes = CODED
    hidden: bool = False


def heif(
    items: Mapping[int, Item],
    references: Sequence[tuple[bytes, int, Sequence[int]]] = (),
    *,
    primary: int = 1,
    wide: bool = False,
    brands: bytes = b"heic" + bytes(4) + b"mif1heic",
) -> bytes:
    """Return a file; `wide` takes the longer form of every number in it."""
    start = box(b"ftyp", brands)
    offset = len(start) + len(_meta(items, references, primary, 0, wide=wide)) + 8
    meta = _meta(items, references, primary, offset, wide=wide)
    return start + meta + box(b"mdat", *(item.data for item in items.values()))


def _meta(
    items: Mapping[int, Item],
    references: Sequence[tuple[bytes, int, Sequence[int]]],
    primary: int,
    offset: int,
    *,
    wide: bool,
) -> bytes:
    return full(
        b"meta",
        full(b"hdlr", bytes(4), b"pict", bytes(13)),
        full(b"pitm", number(primary, wide=wide), version=int(wide)),
        _iloc(items, offset),
        _iinf(items, wide=wide),
        _iprp(items, wide=wide),
        _iref(references, wide=wide) if references else b"",
    )


def _iloc(items: Mapping[int, Item], offset: int) -> bytes:
    rows = []
    for at, item in items.items():
        rows.append(struct.pack(">IHHHII", at, 0, 0, 1, offset, len(item.data)))
        offset += len(item.data)
    return full(b"iloc", b"\x44\0", struct.pack(">I", len(rows)), *rows, version=2)


def _iinf(items: Mapping[int, Item], *, wide: bool) -> bytes:
    rows = [
        full(
            b"infe",
            number(at, wide=wide) + bytes(2) + item.kind + b"\0",
            version=3 if wide else 2,
            flags=int(item.hidden),
        )
        for at, item in items.items()
    ]
    return full(b"iinf", number(len(rows), wide=wide), *rows, version=int(wide))


def _iprp(items: Mapping[int, Item], *, wide: bool) -> bytes:
    everything = [one for item in items.values() for one in item.properties]
    rows, place = [], 1
    for at, item in items.items():
        places = range(place, place + len(item.properties))
        place += len(item.properties)
        essential = 0x8000 if wide else 0x80
        said = b"".join((essential | p).to_bytes(2 if wide else 1, "big") for p in places)
        rows.append(number(at, wide=wide) + bytes([len(places)]) + said)
    ipma = full(b"ipma", struct.pack(">I", len(rows)), *rows, version=int(wide), flags=int(wide))
    return box(b"iprp", box(b"ipco", *everything), ipma)


def _iref(references: Sequence[tuple[bytes, int, Sequence[int]]], *, wide: bool) -> bytes:
    rows = [
        box(
            kind,
            number(at, wide=wide),
            number(len(to), wide=False),
            *(number(item, wide=wide) for item in to),
        )
        for kind, at, to in references
    ]
    return full(b"iref", *rows, version=int(wide))

"""What a HEIF file says of its items (ISO/IEC 23008-12): pictures, their tiles, alpha and the like.

All is in the box `meta`: `pitm` names the primary item, `iinf` says what each is, `iref` how they
belong together, and `iprp` has their properties. Of what occurs twice the first counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.errors import BrokenImage
from foveate.imaging.isobmff import Fields, boxes, first_of_each, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.imaging.isobmff import IsoBox

T = TypeVar("T")

_SAYS_KIND, _WIDE = 2, 3
"""From which version on `infe` says what an item is, and has four bytes for its number."""
_ANY_VERSION: Final = 255
_MOST_IPMA: Final = 4
"""One for each width of what it says."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item."""

    kind: bytes
    hidden: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """An item that refers to others, and why."""

    kind: bytes
    item: int
    to: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """All items of a file, each known by its number."""

    primary: int
    all: dict[int, Item]
    properties: tuple[IsoBox, ...]
    owned: dict[int, tuple[int, ...]]
    """Places of an item's properties among all, counted from 1, in the order they apply."""
    references: tuple[Reference, ...]

    def properties_of(self, item: int) -> list[IsoBox]:
        """Return the properties of an item."""
        last = len(self.properties)
        return [self.properties[at - 1] for at in self.owned.get(item, ()) if 0 < at <= last]


def read_items(data: bytes) -> Items:
    """Return the items of a file. Raises BrokenImage."""
    meta = _meta(data)
    iprp = _inside(meta, b"iprp")
    owners = [box.body for box in boxes(iprp) if box.kind == b"ipma"]
    if len(owners) > _MOST_IPMA:
        raise BrokenImage(f"Expected at most {_MOST_IPMA} boxes b'ipma', got {len(owners)}.")
    return Items(
        primary=_primary(_inside(meta, b"pitm")),
        all=_by_item(_listed(_inside(meta, b"iinf"))),
        properties=tuple(boxes(_inside(first_of_each(iprp), b"ipco"))),
        owned=_by_item(chain.from_iterable(map(_owned, owners))),
        references=tuple(_references(meta[b"iref"])) if b"iref" in meta else (),
    )


def _by_item(rows: Iterable[tuple[int, T]]) -> dict[int, T]:
    found: dict[int, T] = {}
    for item, value in rows:
        found.setdefault(item, value)
    return found


def _meta(data: bytes) -> dict[bytes, memoryview]:
    for box in boxes(memoryview(data)):
        if box.kind == b"meta":
            fields = Fields(box.body)
            fields.version(0)
            return first_of_each(fields.rest())
    raise BrokenImage("Expected a box b'meta' in a HEIC, got none.")


def _inside(found: dict[bytes, memoryview], kind: bytes) -> memoryview:
    if kind not in found:
        raise BrokenImage(f"Expected a box {kind!r} in a HEIC, got none.")
    return found[kind]


def _primary(pitm: memoryview) -> int:
    fields = Fields(pitm)
    version, _ = fields.version(1)
    return fields.number(4 if version else 2)


def _listed(iinf: memoryview) -> Iterator[tuple[int, Item]]:
    fields = table(iinf)
    version, _ = fields.version(_ANY_VERSION)  # cameras wrote 2, which is none
    count = fields.number(4 if version else 2)
    for box in islice(boxes(fields.rest()), count):
        if box.kind == b"infe":
            yield _item(Fields(box.body))


def _item(infe: Fields) -> tuple[int, Item]:
    version, flags = infe.version(_WIDE)
    item = infe.number(4 if version == _WIDE else 2)
    infe.take(2)
    kind = bytes(infe.take(4)) if version >= _SAYS_KIND else b""
    return item, Item(kind, hidden=bool(flags & 1))


def _owned(ipma: memoryview) -> Iterator[tuple[int, tuple[int, ...]]]:
    fields = table(ipma)
    version, flags = fields.version(1)
    width = 2 if flags & 1 else 1
    essential = 0x80 << 8 * (width - 1)
    for _ in range(fields.count(4)):
        if not fields.left:  # as much as libheif lets pass
            return
        item = fields.number(4 if version else 2)
        places = fields.numbers(width, fields.number(1))
        yield item, tuple(at & ~essential for at in places)


def _references(iref: memoryview) -> Iterator[Reference]:
    fields = table(iref)
    version, _ = fields.version(1)
    width = 4 if version else 2
    for box in boxes(fields.rest()):
        inner = Fields(box.body)
        item = inner.number(width)
        yield Reference(box.kind, item, inner.numbers(width, inner.count(2)))

"""Size and alpha of a HEIC from its boxes alone: what pi-heif says of it, without pi-heif."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.geometry.box import Size
from foveate.imaging.heif_items import read_items
from foveate.imaging.isobmff import Fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging.heif_items import Items, Reference
    from foveate.imaging.isobmff import IsoBox

_PICTURES: Final = frozenset(
    {b"hvc1", b"grid", b"iovl", b"iden", b"av01", b"avc1", b"vvc1", b"jpeg", b"j2k1", b"mski"}
)
"""Items that libheif takes for pictures, whether or not it has a decoder for them."""
_ALPHA: Final = frozenset(
    {
        b"urn:mpeg:hevc:2015:auxid:1",
        b"urn:mpeg:avc:2015:auxid:1",
        b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    }
)
_AUX_KIND: Final = 64
"""Bytes of a kind of auxiliary picture that are looked at."""
_BESIDE: Final = frozenset({b"thmb", b"auxl"})
"""How a picture refers to another one that it only goes with."""
_LARGEST: Final = 0x7FFFFFFF
_EXACT: Final = 0x10000
"""Fractions of larger numbers lose bits in libheif, so they lose them here."""


def read_header(data: bytes) -> tuple[Size, bool]:
    """Return the size of the picture, upright, and whether there is alpha.

    Raises BrokenImage. That there is a size does not say that there are pixels.
    """
    items = read_items(data)
    shown = _shown(items)
    return _size(items.properties_of(shown)), _has_alpha(items, shown)


def _shown(items: Items) -> int:
    """Return the item that pi-heif decodes.

    It is the primary one, or, where that only goes with another, the first that goes with none.
    """
    beside = {r.item for r in items.references if r.kind in _BESIDE and _is_on(items, r)}
    alone = [item for item in sorted(items.all) if _is_seen(items, item) and item not in beside]
    if items.primary not in items.all or not alone:
        raise BrokenImage(f"Expected a picture as item {items.primary} of a HEIC, got none.")
    return items.primary if items.primary in alone else alone[0]


def _is_picture(items: Items, item: int) -> bool:
    return item in items.all and items.all[item].kind in _PICTURES


def _is_seen(items: Items, item: int) -> bool:
    return _is_picture(items, item) and not items.all[item].hidden


def _is_on(items: Items, reference: Reference) -> bool:
    return any(_is_picture(items, item) for item in reference.to)


def _has_alpha(items: Items, shown: int) -> bool:
    """Return whether a picture, or a tile of it, has another one that says how opaque it is."""
    parts = {shown, *_tiles(items, shown)}
    aux = (r for r in items.references if r.kind == b"auxl" and not parts.isdisjoint(r.to))
    return any(_is_alpha(items, r.item) for r in aux)


def _tiles(items: Items, shown: int) -> tuple[int, ...]:
    if items.all[shown].kind != b"grid":
        return ()
    return next((r.to for r in items.references if (r.kind, r.item) == (b"dimg", shown)), ())


def _is_alpha(items: Items, item: int) -> bool:
    kinds = (aux_kind(box.body) for box in items.properties_of(item) if box.kind == b"auxC")
    return _is_picture(items, item) and next(kinds, b"") in _ALPHA


def aux_kind(auxc: memoryview) -> bytes:
    """Return what the box `auxC` says an auxiliary picture is for. Raises BrokenImage."""
    fields = Fields(auxc)
    fields.version(0)
    # The last byte ends it, whatever it is: so libheif reads it.
    return bytes(fields.rest()[:-1][:_AUX_KIND]).partition(b"\0")[0]


def _size(properties: list[IsoBox]) -> Size:
    size = Size(0, 0)
    # The coded size comes first wherever it stands, and the last one counts.
    for box in sorted(properties, key=lambda box: box.kind != b"ispe"):
        if change := _CHANGES.get(box.kind):
            size = change(size, Fields(box.body))
    return size


def _coded(_: Size, ispe: Fields) -> Size:
    ispe.version(0)
    return Size(*ispe.numbers(4, 2))


def _cropped(_: Size, clap: Fields) -> Size:
    numbers = clap.numbers(4, 8)
    width, height, *offsets = zip(numbers[::2], numbers[1::2], strict=True)
    below = [number for _, number in (width, height, *offsets)]
    if min(below) < 1 or max(*below, width[0], height[0]) > _LARGEST:
        raise BrokenImage(f"Expected fractions in the crop of a HEIC, got {numbers}.")
    return Size(_rounded(*width), _rounded(*height))


def _rounded(above: int, below: int) -> int:
    """Return a fraction as the whole number that libheif rounds it to."""
    while below > 1 and above > _EXACT:
        above, below = above // 2, below // 2
    return (above + below // 2) // below


def _turned(size: Size, irot: Fields) -> Size:
    return size.swapped() if irot.number(1) & 1 else size


_CHANGES: Final[dict[bytes, Callable[[Size, Fields], Size]]] = {
    b"ispe": _coded,
    b"clap": _cropped,
    b"irot": _turned,
}

"""What a file says of its colours beside a profile: chunks of PNG, `colr` of AVIF and HEIC."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from foveate.errors import BrokenImage
from foveate.imaging.heif_items import read_items
from foveate.imaging.isobmff import Fields
from foveate.imaging.png_chunks import chunks
from foveate.imaging.signal import BT709, Curve, Signal, coded, spanned
from foveate.values import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging.heif_items import Items

MAX_CHUNKS: Final = 1_000
"""Chunks of a PNG that are looked at; these stand in front."""
_BEFORE, _BEHIND = 8, 4
"""Bytes around the data of a chunk: length and kind, and a checksum."""
_WANTED: Final = frozenset({b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"})

_SCREEN: Final = 2.2
"""The exponent that gAMA is measured against. Source: PNG (third edition), 13.13."""
_ALIKE: Final = 0.05
"""Gammas nearer to each other than this look the same; libpng says so too."""
_GAMMAS: Final = (0.1, 10.0)
"""Of anything beyond nothing is left to be seen, so it is a mistake."""


def signalled(data: bytes, kind: ImageFormat) -> Signal | None:
    """Return what the file says of its colours; None where a profile counts, or where it cannot.

    What contradicts itself counts as nothing said, which is sRGB.
    """
    read = _READERS.get(kind)
    return read(data) if read else None


def _png(data: bytes) -> Signal | None:
    said = _said(data)
    if len(code := said.get(b"cICP", b"")) == 4:  # noqa: PLR2004
        return coded(code[0], code[1], full_range=bool(code[3]))
    if b"iCCP" in said or b"sRGB" in said:
        return None
    curve, exponent = _gamma(said.get(b"gAMA", b""))
    if curve is Curve.POWER and b"cHRM" not in said:
        # Programs that never thought of colours write a gamma of 1, all of PngSuite among them;
        # those that do compute light say of which primaries.
        curve = Curve.SRGB
    return Signal(_chromaticities(said.get(b"cHRM", b"")), curve, exponent)


def _said(data: bytes) -> dict[bytes, bytes]:
    """Return what the chunks in front of the pixels say of colours, the first of each kind."""
    found: dict[bytes, bytes] = {}
    for kind, at, end in islice(chunks(data), MAX_CHUNKS):
        if kind == b"IDAT":
            break
        if kind in _WANTED:
            found.setdefault(kind, data[at + _BEFORE : end - _BEHIND])
    return found


def _gamma(chunk: bytes) -> tuple[Curve, float]:
    gamma = int.from_bytes(chunk, "big") / 100_000
    least, most = _GAMMAS
    if len(chunk) != 4 or not least <= gamma <= most:  # noqa: PLR2004
        return Curve.SRGB, 1.0
    if abs(gamma - 1) < _ALIKE:
        return Curve.POWER, 1.0  # numbers that count light, as programs that compute it write them
    exponent = 1 / (gamma * _SCREEN)
    return (Curve.SRGB, 1.0) if abs(exponent - 1) < _ALIKE else (Curve.GAMMA, exponent)


def _chromaticities(chunk: bytes) -> tuple[float, ...]:
    """Return the primaries of a cHRM chunk, where white stands first; sRGB's where it is absurd."""
    if len(chunk) != 32:  # noqa: PLR2004
        return BT709
    said = [int.from_bytes(chunk[at : at + 4], "big") / 100_000 for at in range(0, 32, 4)]
    primaries = (*said[2:], *said[:2])
    return primaries if spanned(primaries) else BT709


def _heif(data: bytes) -> Signal | None:
    try:
        items = read_items(data)
        said = [bytes(box) for item in _shown(items) for box in _colours(items, item)]
        nclx = next((colr for colr in said if colr[:4] == b"nclx"), b"")
        if not nclx or any(colr[:4] in {b"prof", b"rICC"} for colr in said):
            return None
        fields = Fields(memoryview(nclx)[4:])
        return coded(fields.number(2), fields.number(2))
    except BrokenImage:
        return None


def _shown(items: Items) -> tuple[int, ...]:
    """Return the primary item, and the first of the tiles that it is made of."""
    tiles = (r.to for r in items.references if (r.kind, r.item) == (b"dimg", items.primary))
    return items.primary, *next(tiles, ())[:1]


def _colours(items: Items, item: int) -> list[memoryview]:
    return [box.body for box in items.properties_of(item) if box.kind == b"colr"]


_READERS: Final[dict[ImageFormat, Callable[[bytes], Signal | None]]] = {
    ImageFormat.PNG: _png,
    ImageFormat.AVIF: _heif,
    ImageFormat.HEIC: _heif,
}

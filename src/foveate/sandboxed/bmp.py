"""Windows and OS/2 bitmaps, all of them but those that wrap another format.

Sources: Microsoft's documents of BITMAPINFOHEADER to BITMAPV5HEADER; for OS/2, the Encyclopedia
of Graphics File Formats.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foveate.sandboxed.answer import check, say, say_pixels
from foveate.sandboxed.levels import by_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILE_HEADER: Final = 14
_CORE: Final = 12
"""Bytes of the header that has 16-bit sides, and palettes of three bytes a colour."""
_INFO: Final = 40
_RGB, _RLE8, _RLE4, _BITFIELDS, _ALPHA_BITFIELDS = 0, 1, 2, 3, 6
_HUFFMAN_OR_RLE24: Final = {3, 4}
_OS2_SIZES: Final = {16, 64}
_DEEP: Final = 8
"""Bits a pixel beyond which there is no palette."""
_USUAL: Final = {
    16: (0x7C00, 0x03E0, 0x001F, 0),
    24: (0xFF0000, 0xFF00, 0xFF, 0),
    32: (0xFF0000, 0xFF00, 0xFF, 0),
}
"""Masks of red, green, blue and alpha where none are given."""


class Bitmap(NamedTuple):
    """What the headers say."""

    width: int
    height: int
    bits: int
    compression: int
    top_down: bool
    masks: tuple[int, ...]
    palette: NDArray[np.uint8]
    """(colours, 3) RGB."""
    start: int
    """Where the pixels begin."""

    @property
    def alpha(self) -> bool:
        """Return whether pixels say how opaque they are."""
        return bool(self.masks and self.masks[3])


def probe(data: bytes, _: str) -> None:
    """Answer with what the header says."""
    head = read_header(with_file_header(data))
    say({"width": head.width, "height": head.height, "alpha": head.alpha})


def decode(data: bytes, _: str, width: str, height: str, __: str) -> None:
    """Answer with the picture of that size."""
    data, size = with_file_header(data), (int(width), int(height))
    head = read_header(data)
    check((head.width, head.height), size)
    pixels = _coloured(head, _values(head, data))
    pixels = pixels if head.top_down else pixels[::-1]
    mode = "RGBA" if head.alpha else "RGB"
    say_pixels(size, mode, [np.ascontiguousarray(pixels).data.cast("B")])


def with_file_header(data: bytes) -> bytes:
    """Return a bitmap that lay in memory as one that lies in a file: it does not say where."""
    return data if data.startswith(b"BM") else b"BM".ljust(_FILE_HEADER, b"\0") + data


def read_header(data: bytes) -> Bitmap:
    """Return what the headers say. Raises ValueError and struct.error."""
    (start,) = struct.unpack_from("<I", data, 10)
    (size,) = struct.unpack_from("<I", data, _FILE_HEADER)
    if size == _CORE:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression, used = _RGB, 0
    else:
        width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
        (compression,) = struct.unpack_from("<I", data, 30) if size > 16 else (_RGB,)  # noqa: PLR2004
        (used,) = struct.unpack_from("<I", data, 46) if size >= _INFO else (0,)
    _check_kind(width, bits, compression, size)
    masks, behind = _masks(data, size, bits, compression)
    entry, colours = 3 if size == _CORE else 4, _colours(bits, used)
    return Bitmap(
        width=width,
        height=abs(height),
        bits=bits,
        compression=compression,
        top_down=height < 0,
        masks=masks,
        palette=_palette(data, behind, entry, colours),
        start=start or behind + entry * colours,
    )


def _check_kind(width: int, bits: int, compression: int, size: int) -> None:
    wraps = compression in _HUFFMAN_OR_RLE24 and size in _OS2_SIZES
    known = {_RGB, _RLE8, _RLE4, _BITFIELDS, _ALPHA_BITFIELDS}
    if width < 0 or bits not in {1, 2, 4, 8, 16, 24, 32} or compression not in known or wraps:
        raise ValueError(f"Expected a bitmap, got {bits} bits, {width} px, kind {compression}.")


def _colours(bits: int, used: int) -> int:
    return min(used or 1 << bits, 1 << bits) if bits <= _DEEP else 0


def _masks(data: bytes, size: int, bits: int, compression: int) -> tuple[tuple[int, ...], int]:
    """Return the masks of red, green, blue and alpha, none with a palette, and what is behind."""
    behind = _FILE_HEADER + size
    if bits <= _DEEP:
        return (), behind
    if compression not in {_BITFIELDS, _ALPHA_BITFIELDS}:
        return _USUAL[bits], behind
    given = 4 if compression == _ALPHA_BITFIELDS or size > 52 else 3  # noqa: PLR2004 - V2 has three
    masks = struct.unpack_from(f"<{given}I", data, _FILE_HEADER + _INFO)
    # Those of an old header follow it, those of newer ones are part of it.
    return (*masks, 0)[:4], behind if size > _INFO else behind + 4 * given


def _palette(data: bytes, at: int, width: int, colours: int) -> NDArray[np.uint8]:
    rows = data[at : at + width * colours]
    rows = rows[: len(rows) // width * width]
    return np.frombuffer(rows, np.uint8).reshape(-1, width)[:, 2::-1]


def _values(head: Bitmap, data: bytes) -> NDArray[Any]:
    """Return (height, width) numbers as they are stored, from the first stored row on."""
    if head.compression in {_RLE4, _RLE8}:
        return _run_lengths(head, data)
    stride = (head.width * head.bits + 31) // 32 * 4
    raw = np.frombuffer(data, np.uint8, stride * head.height, head.start)
    rows = raw.reshape(head.height, stride)
    if head.bits < _DEEP:
        return _unpacked(rows, head.bits)[:, : head.width]
    if head.bits == 24:  # noqa: PLR2004 - three bytes are no number of numpy's
        wide = np.zeros((head.height, head.width, 4), np.uint8)
        wide[..., :3] = rows[:, : head.width * 3].reshape(head.height, head.width, 3)
        return wide.view("<u4")[..., 0]
    return rows.view(f"<u{head.bits // 8}")[:, : head.width]


def _unpacked(rows: NDArray[np.uint8], bits: int) -> NDArray[Any]:
    """Return the numbers that share a byte, the first in its highest bits."""
    shifts = np.arange(8 - bits, -1, -bits, dtype=np.uint8)
    parts: NDArray[Any] = rows[..., np.newaxis] >> shifts & ((1 << bits) - 1)
    return parts.reshape(len(rows), -1)


def _coloured(head: Bitmap, values: NDArray[Any]) -> NDArray[Any]:
    if not head.masks:
        table = np.zeros((256, 3), np.uint8)
        table[: len(head.palette)] = head.palette
        coloured: NDArray[np.uint8] = table[values]
        return coloured
    bands = [_band(values, mask) for mask in head.masks[: 4 if head.alpha else 3]]
    if head.alpha and not bands[3].any():
        bands[3] = np.full_like(bands[3], 255)  # nobody saves what cannot be seen: it was left out
    return np.dstack(bands)


def _band(values: NDArray[Any], mask: int) -> NDArray[Any]:
    """Return what a mask lets through, stretched to 0..255."""
    if not mask:
        return np.zeros(values.shape, np.uint8)
    shift = (mask & -mask).bit_length() - 1
    most = mask >> shift

    def stretched(rows: NDArray[Any]) -> NDArray[Any]:
        part = (rows & np.array(mask, rows.dtype)) >> np.array(shift, rows.dtype)
        levels: NDArray[Any] = (part.astype(np.uint64) * 255 + most // 2) // most
        return levels

    return by_rows(stretched, values, np.uint8)


def _run_lengths(head: Bitmap, data: bytes) -> NDArray[np.uint8]:
    """Return the numbers that runs and leaps describe; what is leapt over is colour 0."""
    out = np.zeros((head.height, head.width), np.uint8)
    at, x, y = head.start, 0, 0
    while at + 1 < len(data) and y < head.height:
        count, code = data[at], data[at + 1]
        at += 2
        if count:
            x = _put(out, x, y, _repeated(code, count, head.bits))
        elif code == _END_OF_ROW:
            x, y = 0, y + 1
        elif code == _END:
            break
        elif code == _LEAP:
            x, y = x + data[at], y + data[at + 1]
            at += 2
        else:
            packed = data[at : at + (code * head.bits + 7) // 8]
            row = np.frombuffer(packed, np.uint8)[np.newaxis]
            literal = row if head.bits == _DEEP else _unpacked(row, head.bits)
            x = _put(out, x, y, literal[0, :code])
            at += (len(packed) + 1) // 2 * 2
    return out


_END_OF_ROW, _END, _LEAP = 0, 1, 2


def _repeated(code: int, count: int, bits: int) -> NDArray[Any]:
    if bits == _DEEP:
        return np.full(count, code, np.uint8)
    return np.tile(np.array([code >> 4, code & 15], np.uint8), (count + 1) // 2)[:count]


def _put(out: NDArray[np.uint8], x: int, y: int, values: NDArray[Any]) -> int:
    room = out[y, x : x + len(values)]
    room[:] = values[: len(room)]
    return x + len(values)

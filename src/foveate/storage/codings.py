"""Content codings: what an origin compressed without being asked to (RFC 9110 8.4)."""

from __future__ import annotations

import asyncio
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Final

from foveate.errors import SourceFailed, SourceTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Decoder = Callable[[bytes], Iterator[bytes]]

SLICE: Final = 256 * 1024
"""Bytes that are decoded before the limit is looked at again."""
MAX_CODINGS: Final = 3
"""More of them, each made larger by the next, are an attack."""
ZSTD_WINDOW: Final = 8 * 1024 * 1024
"""What RFC 9659 lets a decoder be asked to hold."""
ZSTD_BITE: Final = 256
"""Bytes that are decoded at once, as the library bounds only what goes in. A block is made of 4
bytes or more and says 128 KiB at most (RFC 8878 3.1.1.2), so these say 8 MiB."""
GZIP: Final = zlib.MAX_WBITS | 16


UNPACKERS: Final = ThreadPoolExecutor(2, thread_name_prefix="unpack")
"""Their own threads: what takes long to unpack must not hold up those that read files."""


class Broken(Exception):
    """The bytes are not what the coding promises."""


def decode(data: bytes, content_encoding: str, max_bytes: int) -> bytes:
    """Return the body without its codings, the last applied first, each at most `max_bytes` long.

    It takes time in proportion to `max_bytes` at worst, so it belongs into a thread. Raises
    SourceTooLarge, and SourceFailed for codings that are not known or data that are broken.
    """
    for name in reversed(_names(content_encoding)):
        body = BytesIO()  # Grows in place, where pieces that are joined are in memory twice.
        try:
            for piece in DECODERS[name](data):
                body.write(piece)
                if body.tell() > max_bytes:
                    raise SourceTooLarge(f"Expected at most {max_bytes} bytes of {name}, got more.")
        except Broken as why:
            sentence = f"The origin sent {name} that is broken or breaks off."
            raise SourceFailed(f"{sentence} {why}", public=sentence) from why
        data = body.getvalue()
    return data


async def unpacked(data: bytes, content_encoding: str, max_bytes: int) -> bytes:
    """Return what `decode` returns, from a thread where there is something to do."""
    if not content_encoding:
        return data
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(UNPACKERS, decode, data, content_encoding, max_bytes)


def _names(content_encoding: str) -> list[str]:
    """Return the codings in the order in which they were applied."""
    words = (word.strip().lower() for word in content_encoding.split(","))
    names = [word for word in words if word not in {"", "identity"}]
    if len(names) > MAX_CODINGS or not DECODERS.keys() >= set(names):
        known = ", ".join(sorted(DECODERS))
        detail = f"Expected at most {MAX_CODINGS} content codings out of {known}, got"
        said = content_encoding[:80].encode("ascii", "replace").decode()
        raise SourceFailed(f"{detail} {said!r}.", public=f"{detail} {said!r} from the origin.")
    return names


def _inflated(data: bytes, window: int) -> Iterator[bytes]:
    """Yield what zlib makes of one stream after the other, as gzip allows (RFC 1952 2.2)."""
    try:
        while data:
            stream = zlib.decompressobj(window)
            while data and not stream.eof:
                yield stream.decompress(data, SLICE)
                data = stream.unconsumed_tail
            yield from _rest(stream)
            # Some pad with zeros what they wrote.
            data = stream.unused_data.lstrip(b"\0") if window == GZIP else b""
    except zlib.error as why:
        raise Broken(str(why)) from why


def _rest(stream: zlib._Decompress) -> Iterator[bytes]:
    """Yield what a stream holds back when all data are in it."""
    while not stream.eof:
        piece = stream.decompress(stream.unconsumed_tail, SLICE)
        if not piece:
            raise Broken("the stream has no end")
        yield piece


def _gzip(data: bytes) -> Iterator[bytes]:
    return _inflated(data, GZIP)


def _deflate(data: bytes) -> Iterator[bytes]:
    """Yield what is in a zlib stream, or in the bare one that some send for it (RFC 9110 8.4.1)."""
    framed = len(data) > 1 and data[0] & 15 == zlib.DEFLATED and (data[0] << 8 | data[1]) % 31 == 0
    return _inflated(data, zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)


def _brotli(data: bytes) -> Iterator[bytes]:
    import brotli  # noqa: PLC0415 - few origins send it

    stream = brotli.Decompressor()
    try:
        while not stream.is_finished():
            piece = stream.process(data, output_buffer_limit=SLICE)
            if not piece and not data:
                raise Broken("the stream has no end")
            data = b""
            yield piece
    except brotli.error as why:
        raise Broken(str(why)) from why


def _zstd(data: bytes) -> Iterator[bytes]:
    """Yield what is in one frame after the other (RFC 8878 3)."""
    import zstandard  # noqa: PLC0415 - few origins send it

    zstd = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)
    try:
        while data:
            stream, taken = zstd.decompressobj(), 0
            while not stream.eof:
                if taken >= len(data):
                    raise Broken("the frame has no end")
                yield stream.decompress(data[taken : taken + ZSTD_BITE])
                taken += ZSTD_BITE
            data = stream.unused_data + data[taken:]
    except zstandard.ZstdError as why:
        raise Broken(str(why)) from why


DECODERS: Final[dict[str, Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

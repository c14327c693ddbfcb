"""Content codings: what an origin compressed without being asked to (RFC 9110 8.4)."""

from __future__ import annotations

import asyncio
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Final

from foveate.errors import SourceFailed, SourceTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    Decoder = Callable[[bytes], Iterator[bytes]]
    Unpacking = Generator[bytes, None, int]
    Stream = Callable[[memoryview, int], Unpacking]

SLICE: Final = 256 * 1024
"""Bytes that are decoded before the limit is looked at again."""
BITE: Final = 16 * 1024
"""Bytes that are given to a decoder at once, as it copies what it leaves of them."""
MAX_STREAMS: Final = 4096
"""More of them in a row are an attack: tools that cut a body into streams take 64 KiB for one."""
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

    It takes time in proportion to `max_bytes` and the data, so it belongs into a thread. Raises
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


def _each(data: bytes, stream: Stream) -> Iterator[bytes]:
    """Yield what is in streams of which one begins where the last one ended."""
    view, at, streams = memoryview(data), 0, 0
    while at < len(view):
        if streams == MAX_STREAMS:
            raise Broken(f"Expected at most {MAX_STREAMS} streams in a row.")
        at = yield from stream(view, at)
        streams += 1


def _inflated(view: memoryview, at: int, window: int) -> Unpacking:
    """Yield what zlib makes of the stream at `at`, and return where it ends."""
    stream = zlib.decompressobj(window)
    try:
        while not stream.eof:
            bite = view[at : at + BITE]
            piece = stream.decompress(bite, SLICE)
            # At the end both may hold what is behind it.
            left = stream.unused_data if stream.eof else stream.unconsumed_tail
            at += len(bite) - len(left)
            if not (bite or piece or stream.eof):
                raise Broken("the stream has no end")
            yield piece
    except zlib.error as why:
        raise Broken(str(why)) from why
    return at


def _gzip(data: bytes) -> Iterator[bytes]:
    """Yield what is in one member after the other (RFC 1952 2.2)."""
    return _each(data, _member)


def _member(view: memoryview, at: int) -> Unpacking:
    at = yield from _inflated(view, at, GZIP)
    while bite := bytes(view[at : at + BITE]):
        # Some pad with zeros what they wrote.
        rest = len(bite.lstrip(b"\0"))
        at += len(bite) - rest
        if rest:
            break
    return at


def _deflate(data: bytes) -> Iterator[bytes]:
    """Yield what is in a zlib stream, or in the bare one that some send for it (RFC 9110 8.4.1)."""
    framed = len(data) > 1 and data[0] & 15 == zlib.DEFLATED and (data[0] << 8 | data[1]) % 31 == 0
    return _inflated(memoryview(data), 0, zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)


def _brotli(data: bytes) -> Iterator[bytes]:
    import brotli  # noqa: PLC0415 - few origins send it

    stream, view, at = brotli.Decompressor(), memoryview(data), 0
    try:
        while not stream.is_finished():
            bite = view[at : at + BITE] if stream.can_accept_more_data() else b""
            at += len(bite)
            piece = stream.process(bite, output_buffer_limit=SLICE)
            if not (bite or piece or stream.is_finished()):
                raise Broken("the stream has no end")
            yield piece
    except brotli.error as why:
        raise Broken(str(why)) from why


def _zstd(data: bytes) -> Iterator[bytes]:
    """Yield what is in one frame after the other (RFC 8878 3)."""
    import zstandard  # noqa: PLC0415 - few origins send it

    zstd = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW)

    def frame(view: memoryview, at: int) -> Unpacking:
        stream = zstd.decompressobj()
        while not stream.eof:
            bite = view[at : at + ZSTD_BITE]
            if not bite:
                raise Broken("the frame has no end")
            yield stream.decompress(bite)
            at += len(bite) - len(stream.unused_data)
        return at

    try:
        yield from _each(data, frame)
    except zstandard.ZstdError as why:
        raise Broken(str(why)) from why


DECODERS: Final[dict[str, Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}

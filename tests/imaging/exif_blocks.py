"""EXIF that would keep a library busy for minutes, and the files it comes in."""

from __future__ import annotations

import struct
import zlib

from imaging_pictures import files


def circle(entries: int, orientation: int = 6) -> bytes:
    """Return a block that says how it lies and then points to its own directory many times."""
    upright = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    rows = upright + struct.pack("<HHII", 0x8769, 4, 1, 8) * entries
    return b"II*\0\x08\0\0\0" + struct.pack("<H", entries + 1) + rows + struct.pack("<I", 8)


def in_jpeg(block: bytes, before: bytes = b"") -> bytes:
    jpeg = files()["jpeg"]
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block
    return jpeg[:2] + before + segment + jpeg[2:]


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def in_png(*chunks: bytes) -> bytes:
    png = files()["png"]
    return png[:33] + b"".join(chunks) + png[33:]


def riff(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of WebP."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def in_webp(*chunks: bytes) -> bytes:
    picture = files()["webp"][12:]
    canvas = struct.pack("<I", 63)[:3] + struct.pack("<I", 47)[:3]
    extended = riff(b"VP8X", b"\x08\0\0\0" + canvas)
    if picture.startswith(b"VP8X"):
        picture = picture[18:]
    return riff(b"RIFF", b"WEBP" + extended + picture + b"".join(chunks))


def in_avif(block: bytes) -> bytes:
    """Return an AVIF that says where its EXIF is, with this one there."""
    avif = files()["avif"]
    at = avif.rfind(b"II*\0")
    return avif[:at] + block + avif[at + len(block) :]

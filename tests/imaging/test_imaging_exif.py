from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.imaging.exif import MAX_BLOCK, PREFIX, copyright_alone, into_jpeg, upright

ARTIST, COPYRIGHT, ORIENTATION, MAKE, GPS = 0x013B, 0x8298, 0x0112, 0x010F, 0x8825
THUMBNAIL = b"\xff\xd8THUMB\xff\xd9"


def block(order: str, texts: dict[int, bytes], orientation: int = 6, *, tail: bytes = b"") -> bytes:
    """Return EXIF with these texts, an orientation, and a thumbnail in a second directory."""
    count = len(texts) + 1
    behind = 8 + 2 + count * 12 + 4
    rows = {ORIENTATION: struct.pack(order + "HIHH", 3, 1, orientation, 0)}
    values = b""
    for tag, text in texts.items():
        place = (
            text.ljust(4, b"\0")
            if len(text) <= 4
            else struct.pack(order + "I", behind + len(values))
        )
        rows[tag] = struct.pack(order + "HI", 2, len(text)) + place
        values += text if len(text) > 4 else b""
    table = b"".join(struct.pack(order + "H", tag) + row for tag, row in sorted(rows.items()))
    second = behind + len(values)
    start = second + 2 + 2 * 12 + 4
    thumbnail = struct.pack(order + "H", 2)
    thumbnail += struct.pack(order + "HHII", 0x0201, 4, 1, start)
    thumbnail += struct.pack(order + "HHII", 0x0202, 4, 1, len(THUMBNAIL)) + bytes(4)
    magic = b"II*\0" if order == "<" else b"MM\0*"
    head = magic + struct.pack(order + "IH", 8, count) + table + struct.pack(order + "I", second)
    return PREFIX + head + values + thumbnail + THUMBNAIL + tail


@pytest.mark.parametrize("order", "<>")
def test_artist_and_copyright_survive_alone_and_letter_by_letter(order: str) -> None:
    texts = {MAKE: b"Camera\0", ARTIST: "Jürgen (J.)\0".encode(), COPYRIGHT: b"\xc2\xa9A\0"}
    kept = copyright_alone(block(order, texts))
    assert "Jürgen (J.)".encode() in kept
    assert b"\xc2\xa9A\0" in kept
    assert b"Camera" not in kept
    assert b"THUMB" not in kept
    assert copyright_alone(kept) == kept


@pytest.mark.parametrize("texts", [{}, {MAKE: b"Camera\0"}, {ARTIST: b"  \0"}])
def test_nothing_is_written_where_nobody_is_named(texts: dict[int, bytes]) -> None:
    assert copyright_alone(block("<", texts)) == b""


@pytest.mark.parametrize("tail", [b"", b"maker note"])
@pytest.mark.parametrize("order", "<>")
def test_keeping_all_turns_the_orientation_and_drops_the_thumbnail(order: str, tail: bytes) -> None:
    whole = block(order, {MAKE: b"Camera\0"}, orientation=6, tail=tail)
    kept = upright(whole)
    assert b"Camera" in kept
    assert b"THUMB" not in kept
    assert kept.endswith(tail)
    assert struct.pack(order + "HHIH", ORIENTATION, 3, 1, 1) in kept
    assert upright(kept) == kept


@pytest.mark.parametrize(
    "junk", [b"", b"junk", PREFIX, PREFIX + b"II*\0", b"MM\0*\xff\xff\xff\xff"]
)
def test_a_block_without_sense_counts_as_none(junk: bytes) -> None:
    assert copyright_alone(junk) == upright(junk) == b""


def test_a_block_too_long_for_a_jpeg_is_left_out() -> None:
    assert upright(block("<", {MAKE: b"x" * MAX_BLOCK})) == b""
    assert copyright_alone(block("<", {ARTIST: b"x" * MAX_BLOCK})) == b""


@given(st.data())
def test_any_damage_gives_a_block_or_nothing(data: st.DataObject) -> None:
    whole = bytearray(block("<", {ARTIST: b"Somebody\0", COPYRIGHT: b"abc\0"}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    assert copyright_alone(damaged)[:6] in {b"", PREFIX}
    assert upright(damaged)[:6] in {b"", PREFIX}


def test_the_block_stands_behind_the_jfif_header() -> None:
    jfif = b"\xff\xd8\xff\xe0\0\x06JFIF\xff\xdbrest"
    assert into_jpeg(jfif, b"EXIF") == b"\xff\xd8\xff\xe0\0\x06JFIF\xff\xe1\0\x06EXIF\xff\xdbrest"
    assert into_jpeg(b"\xff\xd8\xff\xdbrest", b"EXIF") == b"\xff\xd8\xff\xe1\0\x06EXIF\xff\xdbrest"
    assert into_jpeg(jfif, b"") == jfif

from __future__ import annotations

import time

import pytest

from foveate.errors import BrokenImage
from foveate.sandboxed.headers import jpeg_bits, jpeg_profile
from foveate.sandboxed.jpeg_markers import APP2, MAX_SEGMENTS, START_OF_SCAN, segments

START = b"\xff\xd8"
FRAME = b"\xff\xc1\x00\x0b\x0c\x00\x10\x00\x20\x01\x01\x11\x00"
"""Of 12 bits, 32x16, one component."""
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + bytes(9)


def profile_part(number: int, part: bytes) -> bytes:
    body = b"ICC_PROFILE\0" + bytes([number, 2]) + part
    return b"\xff\xe2" + (len(body) + 2).to_bytes(2, "big") + body


def test_segments_are_told_up_to_the_first_scan() -> None:
    data = START + profile_part(1, b"a") + b"\xff\x01\xff\xff\xff" + FRAME + SCAN + SCAN
    assert [marker for marker, _ in segments(data)] == [APP2, 0xC1, START_OF_SCAN]
    assert all(data[at - 2] == 0xFF and data[at - 1] == marker for marker, at in segments(data))


def test_markers_without_a_length_hide_no_frame() -> None:
    assert jpeg_bits(START + b"\xff\x01\xff\xd3" + FRAME + SCAN) == 12


def test_a_profile_is_joined_in_the_order_of_its_numbers() -> None:
    data = START + profile_part(2, b"end") + profile_part(1, b"begin, ") + FRAME + SCAN
    assert jpeg_profile(data) == b"begin, end"


def test_segments_without_end_are_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(BrokenImage, match=str(MAX_SEGMENTS)):
        jpeg_bits(START + b"\xff\xfe\0\2" * 5_000_000 + FRAME + SCAN)
    assert jpeg_bits(START + b"\xff" * 900_000 + FRAME + SCAN) == 12
    with pytest.raises(BrokenImage, match="filler"):
        jpeg_bits(START + b"\xff" * 20_000_000 + FRAME + SCAN)
    assert time.process_time() - started < 1

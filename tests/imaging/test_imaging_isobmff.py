from __future__ import annotations

import struct

import pytest
from heif_files import box

from foveate.errors import BrokenImage
from foveate.imaging.isobmff import MAX_ENTRIES, Fields, boxes, first_of_each


def kinds(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(found.kind, bytes(found.body)) for found in boxes(memoryview(data))]


def test_boxes_lie_side_by_side() -> None:
    assert kinds(box(b"ftyp", b"heic") + box(b"free") + box(b"meta", b"xyz")) == [
        (b"ftyp", b"heic"),
        (b"free", b""),
        (b"meta", b"xyz"),
    ]
    assert kinds(b"") == []


def test_a_size_may_have_64_bits_or_reach_to_the_end() -> None:
    long = struct.pack(">I4sQ", 1, b"meta", 19) + b"abc"
    assert kinds(long + struct.pack(">I4s", 0, b"mdat") + b"rest") == [
        (b"meta", b"abc"),
        (b"mdat", b"rest"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I4s", 9, b"meta"),
        struct.pack(">I4s", 7, b"met\0") + b"\0\0\x08free",
        struct.pack(">I4s", 2, b"meta") + bytes(20),
        struct.pack(">I4sQ", 1, b"meta", 15),
        struct.pack(">I4sQ", 1, b"meta", (1 << 64) - 1),
        struct.pack(">I4sI", 1, b"meta", 0),
        b"\0\0\0\x08met",
        box(b"free") + b"\0",
    ],
)
def test_a_box_that_does_not_fit_is_broken(data: bytes) -> None:
    with pytest.raises(BrokenImage, match="Expected"):
        kinds(data)


def test_boxes_before_a_broken_one_are_found() -> None:
    found = boxes(memoryview(box(b"meta") + struct.pack(">I4s", 9, b"mdat")))
    assert next(found).kind == b"meta"
    with pytest.raises(BrokenImage):
        next(found)


def test_as_many_boxes_as_are_allowed_and_no_more() -> None:
    assert len(kinds(box(b"free") * MAX_ENTRIES)) == MAX_ENTRIES
    with pytest.raises(BrokenImage, match="at most 4096 boxes"):
        kinds(box(b"free") * (MAX_ENTRIES + 1))


def test_of_two_boxes_of_a_kind_the_first_counts() -> None:
    data = memoryview(box(b"pitm", b"1") + box(b"iinf") + box(b"pitm", b"2"))
    found = first_of_each(data)
    assert {kind: bytes(body) for kind, body in found.items()} == {b"pitm": b"1", b"iinf": b""}


def test_fields_are_read_in_order_and_not_beyond_the_end() -> None:
    fields = Fields(memoryview(b"\x01\0\0\x05\0\x02\0\0\0\x07rest"))
    assert fields.version(1) == (1, 5)
    assert (fields.number(2), fields.numbers(4, 1), bytes(fields.rest())) == (2, (7,), b"rest")
    with pytest.raises(BrokenImage, match="1 more bytes in a box, got 0"):
        fields.number(1)

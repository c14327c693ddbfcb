"""EXIF that would keep a library busy for minutes is dropped, and the picture comes."""

from __future__ import annotations

import struct
import time

import pytest
from exif_blocks import chunk, circle, in_avif, in_jpeg, in_png, in_webp, riff
from imaging_pictures import BLUE, GREEN, GREY, LIMITS, RED, close, corners, files

from foveate.errors import BrokenImage, NotAnImage
from foveate.geometry.orientation import Orientation
from foveate.imaging.decode import open_image
from foveate.imaging.fields import blob
from foveate.imaging.formats import sniff
from foveate.imaging.probe import probe

SIDEWAYS = Orientation.exif(6)
PREFIX = b"Exif\0\0"


def assert_picture_without_exif(data: bytes, orientation: Orientation, mark: bytes) -> None:
    started = time.process_time()
    facts = probe(data, LIMITS)
    image = open_image(data, facts, sequential=False)
    assert time.process_time() - started < 2
    assert facts.orientation == orientation
    assert close(corners(image), [RED, GREEN, BLUE, GREY])
    assert mark not in blob(image, "exif-data")


MARK = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)


@pytest.mark.parametrize("entries", [9, 50, 1000])
@pytest.mark.parametrize(
    "before", [b"", b"\xff\xff", b"\xff\xfe\0\x03a\0\0\0", b"\xff\xfe\0\x05abc"]
)
def test_exif_that_leads_in_circles_is_dropped_and_its_turn_kept(
    entries: int, before: bytes
) -> None:
    assert_picture_without_exif(in_jpeg(circle(entries), before), SIDEWAYS, MARK)


@pytest.mark.parametrize(
    "behind", [b"\xff" * 400, struct.pack("<H", 0x6677) + b"wf" * 300], ids=["ff", "next"]
)
def test_one_pointer_into_nonsense_drops_the_exif_alone(behind: bytes) -> None:
    pointer = struct.pack("<HHII", 0x8769, 4, 1, 38)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + MARK + pointer + bytes(4) + behind
    assert_picture_without_exif(in_jpeg(block), SIDEWAYS, MARK)


@pytest.mark.parametrize("prefix", [b"", PREFIX])
def test_it_is_dropped_from_every_container(prefix: bytes) -> None:
    block = prefix + circle(50)
    assert_picture_without_exif(in_png(chunk(b"eXIf", block)), SIDEWAYS, MARK)
    assert_picture_without_exif(in_webp(riff(b"EXIF", block)), SIDEWAYS, MARK)


def test_avif_is_turned_by_its_boxes_and_loses_exif_that_leads_in_circles() -> None:
    data = in_avif(circle(12))
    assert probe(data, LIMITS).edits
    assert_picture_without_exif(data, Orientation(), b"II*\0" + b"\x08")


def test_a_turn_that_cannot_be_read_is_none() -> None:
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 0xFFFF) + b"\xff" * 100
    assert_picture_without_exif(in_jpeg(block), Orientation(), MARK)


def test_what_cameras_write_passes() -> None:
    gps = struct.pack("<H", 0) + bytes(4)
    rows = struct.pack("<HHII", 0x8769, 4, 1, 38) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + rows + struct.pack("<I", 0) + gps
    assert probe(in_jpeg(block), LIMITS).edits == ()
    assert probe(in_jpeg(b"II*\0\xff\xff\xff\xff"), LIMITS).edits == ()
    assert all(probe(file, LIMITS).edits == () for file in files().values())


def test_blocks_of_exif_without_number_are_refused() -> None:
    with pytest.raises(BrokenImage, match="blocks"):
        probe(files()["avif"] + b"II*\0" * 100, LIMITS)


@pytest.mark.parametrize(
    "part",
    [b"<?a?>", b"<!---->", b"<!DOCTYPE svg>", b"<!DOCTYPE svg []>", b"<!DOCTYPE svg [" + b"]" * 9],
)
def test_a_prologue_that_is_none_is_read_once(part: bytes) -> None:
    started = time.process_time()
    with pytest.raises(NotAnImage):
        sniff(part * 1000 + b"x")
    assert time.process_time() - started < 0.5

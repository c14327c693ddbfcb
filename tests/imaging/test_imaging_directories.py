"""EXIF and TIFF that would keep a library busy for minutes."""

from __future__ import annotations

import contextlib
import struct
import time

import numpy as np
import pytest
from imaging_pictures import files

from foveate.errors import BrokenImage
from foveate.imaging.directories import refuse_tangled
from foveate.imaging.formats import sniff
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe
from foveate.settings import Limits
from foveate.values import ImageFormat


def circle(entries: int) -> bytes:
    """Return a block whose only directory points to itself, again and again."""
    rows = b"".join(struct.pack("<HHII", 0x8769, 4, 1, 8) for _ in range(entries))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", entries) + rows + struct.pack("<I", 8)


def in_jpeg(block: bytes, before: bytes = b"") -> bytes:
    jpeg = files()["jpeg"]
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block
    return jpeg[:2] + before + segment + jpeg[2:]


@pytest.mark.parametrize("entries", [1, 50, 1000])
@pytest.mark.parametrize(
    "before", [b"", b"\xff\xff", b"\xff\xfe\0\x03a\0\0\0", b"\xff\xfe\0\x05abc"]
)
def test_exif_that_leads_in_circles_is_refused_at_once(entries: int, before: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(BrokenImage, match="directories"):
        probe(in_jpeg(circle(entries), before), Limits())
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        (ImageFormat.WEBP, b"EXIF\0\0\0\0"),
        (ImageFormat.PNG, b"eXIf"),
        (ImageFormat.AVIF, b"Exif\0\0"),
    ],
)
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
def test_it_is_found_in_every_container(kind: ImageFormat, mark: bytes, prefix: bytes) -> None:
    with pytest.raises(BrokenImage):
        refuse_tangled(b"....." + mark + prefix + circle(50), kind)


def test_what_cameras_write_passes() -> None:
    gps = struct.pack("<H", 0) + bytes(4)
    rows = struct.pack("<HHII", 0x8769, 4, 1, 38) + struct.pack("<HHII", 0x8825, 4, 1, 38)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 2) + rows + struct.pack("<I", 0) + gps
    assert probe(in_jpeg(block), Limits()).size.width > 0
    assert probe(in_jpeg(b"II*\0\xff\xff\xff\xff"), Limits()).size.width > 0


def test_a_tiff_of_endless_pages_is_refused() -> None:
    loop = b"II*\0\x08\0\0\0" + struct.pack("<H", 0) + struct.pack("<I", 8)
    with pytest.raises(BrokenImage, match="pages"):
        refuse_tangled(loop, ImageFormat.TIFF)
    assert probe(files()["tiff"], Limits()).size.width > 0


@pytest.mark.parametrize(
    "part",
    [b"<?a?>", b"<!---->", b"<!DOCTYPE svg>", b"<!DOCTYPE svg []>", b"<!DOCTYPE svg [" + b"]" * 9],
)
def test_a_prologue_that_is_none_is_read_once(part: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(BrokenImage.__mro__[1]):
        sniff(part * 1000 + b"x")
    assert time.monotonic() - started < 0.5


def test_a_jpeg_of_endless_scans_is_refused_at_once() -> None:
    picture = from_array(np.zeros((64, 64, 3), np.uint8))
    jpeg = picture.jpegsave_buffer(interlace=True)
    assert probe(jpeg, Limits()).size.width == 64
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00"
    with pytest.raises(BrokenImage, match="scans"):
        probe(jpeg[:-2] + scan * 1000 + jpeg[-2:], Limits())


@pytest.mark.parametrize("stuff", [b"\xff" * 20_000_000, b"\xff\xfe\0\x02" * 5_000_000])
def test_stuffing_before_the_picture_costs_no_time(stuff: bytes) -> None:
    jpeg = files()["jpeg"]
    started = time.monotonic()
    with contextlib.suppress(BrokenImage):
        refuse_tangled(jpeg[:2] + stuff + jpeg[2:], ImageFormat.JPEG)
    assert time.monotonic() - started < 1

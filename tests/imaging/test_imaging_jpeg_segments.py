from __future__ import annotations

import contextlib
import time

import imagecodecs
import numpy as np
import pytest
from exif_blocks import circle
from imaging_pictures import LIMITS, files, quarters

from foveate.errors import BrokenImage
from foveate.imaging.jpeg_segments import read_jpeg
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe


def test_a_jpeg_of_endless_scans_is_refused_at_once() -> None:
    picture = from_array(np.zeros((64, 64, 3), np.uint8))
    jpeg = picture.jpegsave_buffer(interlace=True)
    assert probe(jpeg, LIMITS).size.width == 64
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00"
    with pytest.raises(BrokenImage, match="scans"):
        probe(jpeg[:-2] + scan * 1000 + jpeg[-2:], LIMITS)


@pytest.mark.parametrize("stuff", [b"\xff" * 20_000_000, b"\xff\xfe\0\x02" * 5_000_000])
def test_stuffing_before_the_picture_costs_no_time(stuff: bytes) -> None:
    jpeg = files()["jpeg"]
    started = time.process_time()
    with contextlib.suppress(BrokenImage):
        read_jpeg(jpeg[:2] + stuff + jpeg[2:])
    assert time.process_time() - started < 1


@pytest.mark.parametrize(("subsample", "coefficients"), [("off", 3.0), ("on", 1.5)])
def test_progressive_jpeg_holds_two_bytes_for_each_coefficient(
    subsample: str, coefficients: float
) -> None:
    jpeg = quarters().jpegsave_buffer(interlace=True, subsample_mode=subsample)
    assert read_jpeg(jpeg).held_a_pixel == 2 * coefficients
    assert read_jpeg(quarters().jpegsave_buffer(subsample_mode=subsample)).held_a_pixel == 0
    assert probe(jpeg, LIMITS).held_bytes == 64 * 48 * 2 * coefficients


def test_exif_of_a_file_out_of_order_is_found_by_its_looks() -> None:
    assert read_jpeg(b"\xff\xd8\xff\xe1\0\x02" + b"?" * 20 + b"Exif\0\0" + circle(50)).edits


@pytest.mark.parametrize("garbage", [b"\xff\0\x40\0", b"?", b"\xff\xff\0\xff\xff\0\xff\xff\xff"])
def test_what_libjpeg_skips_between_segments_hides_nothing(garbage: bytes) -> None:
    progressive = quarters().jpegsave_buffer(interlace=True)
    assert read_jpeg(progressive[:2] + garbage + progressive[2:]).held_a_pixel > 0
    block = b"Exif\0\0" + circle(50)
    app1 = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    jpeg = files()["jpeg"]
    assert read_jpeg(jpeg[:2] + garbage + app1 + jpeg[2:]).edits


@pytest.mark.parametrize("filler", [b"\xff\0" + bytes(1 << 21), b"\xff" * (1 << 21)])
def test_a_picture_behind_endless_filler_is_refused(filler: bytes) -> None:
    progressive = quarters().jpegsave_buffer(interlace=True)
    with pytest.raises(BrokenImage, match="filler"):
        read_jpeg(progressive[:2] + filler + progressive[2:])


@pytest.mark.parametrize("stuff", [b"", b"\xff\x01", b"\xff" * 300, b"\xff\xd0"])
@pytest.mark.parametrize("bits", [8, 12])
def test_the_frame_says_whether_libvips_has_a_decoder(bits: int, stuff: bytes) -> None:
    deep = np.arange(40 * 30 * 3, dtype=np.uint16).reshape(30, 40, 3)
    pixels = deep if bits > 8 else deep.astype(np.uint8)
    jpeg = imagecodecs.jpeg8_encode(pixels, level=95, bitspersample=bits)
    stuffed = jpeg[:2] + stuff + jpeg[2:]
    assert read_jpeg(stuffed).elsewhere == (bits > 8)
    facts = probe(stuffed, LIMITS)
    assert (facts.decoder, facts.size.width) == ("codec" if bits > 8 else "", 40)

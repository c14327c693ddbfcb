"""JPEGs of the fewest bytes, and what lies in them beside the pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from imaging_pictures import BLUE, GREEN, GREY, LIMITS, RED, close, corners, opened, quarters
from test_imaging_encode import noise, tagged

from foveate.imaging.colour import PROFILE, to_srgb
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.encode_cost import SMALL_AREA, encodes_small
from foveate.imaging.pixels import from_array, to_array
from foveate.imaging.probe import probe
from foveate.options.model import Gamut, Metadata
from foveate.sandboxed.jpeg_markers import FRAMES, segments

if TYPE_CHECKING:
    from foveate.imaging import Image

PROGRESSIVE = 0xC2
USUAL = EncodeOptions(format="jpeg", quality=80)
SMALL = replace(USUAL, small=True)


def frame_of(jpeg: bytes) -> int:
    return next(marker for marker, _ in segments(jpeg) if marker in FRAMES)


def test_a_small_jpeg_has_fewer_bytes_for_pixels_as_near() -> None:
    image = noise(320, 240).gaussblur(1.5)
    small, usual = encode(image, SMALL), encode(image, USUAL)
    assert len(small) < 0.95 * len(usual)
    right = to_array(image).astype(int)
    errors = [np.abs(to_array(opened(each)) - right).mean() for each in (small, usual)]
    assert errors[0] < 1.1 * errors[1]
    assert frame_of(small) == PROGRESSIVE


def drawn() -> Image:
    """Return a few flat shapes, which jpegli takes more bytes for."""
    y, x = np.mgrid[:240, :320]
    pixels = np.full((240, 320, 3), 255, np.uint8)
    for at, colour in ((80, RED), (160, GREEN), (240, BLUE)):
        pixels[(x - at) ** 2 + (y - 120) ** 2 < 55**2] = colour
    return from_array(pixels)


@pytest.mark.parametrize("progressive", [True, False])
@pytest.mark.parametrize("quality", [8, 50, 75, 85])
@pytest.mark.parametrize("image", [noise(32, 24), noise(320, 240), drawn()])
def test_a_small_jpeg_never_has_more_bytes(
    image: Image, quality: int, *, progressive: bool
) -> None:
    usual = replace(USUAL, quality=quality, progressive=progressive)
    small = encode(image, replace(usual, small=True))
    assert len(small) <= len(encode(image, usual))


def test_where_jpegli_takes_more_bytes_the_pixels_are_those_of_any_jpeg() -> None:
    keep = replace(USUAL, gamut=Gamut.P3)
    image = to_srgb(drawn(), Gamut.P3)
    small, usual = encode(image, replace(keep, small=True)), encode(image, keep)
    assert len(small) < len(usual)
    assert np.array_equal(to_array(opened(small)), to_array(opened(usual)))


@pytest.mark.parametrize("size", [(64, 48), (2, 2), (7, 300)])
def test_a_small_jpeg_keeps_size_and_colours(size: tuple[int, int]) -> None:
    image = opened(encode(quarters(*size), SMALL))
    assert (image.width, image.height) == size
    if size == (64, 48):
        assert close(corners(image), [RED, GREEN, BLUE, GREY], distance=14)


def test_a_small_jpeg_keeps_what_any_keeps_beside_its_pixels() -> None:
    wide = replace(SMALL, metadata=Metadata.KEEP, gamut=Gamut.P3)
    data = encode(to_srgb(tagged(), Gamut.P3), wide)
    assert b'tiff:Orientation="1" dc:creator="Me"' in data
    assert b"Camera" in data
    assert opened(data).get(PROFILE) == to_srgb(quarters(), Gamut.P3).get(PROFILE)
    assert probe(data, LIMITS).stored == probe(encode(quarters(), USUAL), LIMITS).stored


def test_a_small_jpeg_keeps_nothing_that_is_not_asked_for() -> None:
    data = encode(tagged(), replace(SMALL, metadata=Metadata.NONE))
    assert not any(word in data for word in (b"Exif", b"Camera", b"xmpmeta", b"ICC_PROFILE"))


@pytest.mark.parametrize(
    ("options", "area", "expected"),
    [
        (SMALL, SMALL_AREA, True),
        (SMALL, SMALL_AREA + 1, False),
        (replace(SMALL, quality=90), 100, False),
        (replace(SMALL, lettered=True), 100, False),
        (USUAL, 100, False),
    ],
)
def test_jpegli_takes_what_it_can_do_in_time_with_coarser_colour(
    options: EncodeOptions, area: int, expected: bool
) -> None:
    assert encodes_small(options, area) is expected

"""A TIFF is refused before it costs memory, and before missing parts of it come out black."""

from __future__ import annotations

import zlib

import pytest
from imaging_pictures import LIMITS, animation, close, corners, files, opened, quarters
from tiff_files import LONG, SHORT, rgb_tags, striped, tiff

from foveate.errors import BrokenImage, TooManyPixels, UnsupportedFormat
from foveate.geometry.box import Size
from foveate.imaging.decode import open_image, to_memory
from foveate.imaging.probe import probe
from foveate.imaging.tiff_bounds import read_tiff
from foveate.imaging.tiff_header import pages


def of_bands(bands: int, *, big: bool = False, side: int = 16) -> bytes:
    strip = zlib.compress(bytes(side * side * bands), 1)
    tags = rgb_tags(side, side, [strip], side, 8)
    tags |= {258: (SHORT, [8] * bands), 277: (SHORT, [bands]), 262: (SHORT, [1])}
    return tiff(strip, tags | {338: (SHORT, [0] * (bands - 1))}, big=big)


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("bands", [6, 800])
def test_more_bands_than_colours_and_alpha_are_refused(bands: int, big: bool) -> None:
    with pytest.raises(UnsupportedFormat, match=f"got {bands}") as refused:
        probe(of_bands(bands, big=big), LIMITS)
    assert str(bands) in refused.value.public


@pytest.mark.parametrize("bands", [2, 4, 5])
def test_up_to_five_bands_are_counted(bands: int) -> None:
    assert probe(of_bands(bands), LIMITS).pixel_bytes == bands


def test_wide_samples_count_with_their_bytes() -> None:
    deep = quarters().cast("ushort").copy(interpretation="rgb16")
    assert probe(deep.tiffsave_buffer(), LIMITS).pixel_bytes == 6
    assert probe(quarters().cast("float").tiffsave_buffer(), LIMITS).pixel_bytes == 12


def test_tiles_count_with_what_libtiff_unpacks() -> None:
    tiled = quarters().tiffsave_buffer(tile=True, tile_width=64, tile_height=32)
    assert read_tiff(tiled).held_bytes == 2 * 32 * 64 * 3
    assert read_tiff(striped()).held_bytes == 2 * 10 * 40 * 3
    high = zlib.compress(bytes(4 * 600 * 3))
    by_row = tiff(high, rgb_tags(4, 600, [high], 600, 8))
    assert read_tiff(by_row).held_bytes == 0, "a tall strip is unpacked row by row"


@pytest.mark.parametrize("side", [16_384, 65_504, 4_000_000_000])
def test_a_tile_much_larger_than_its_picture_is_refused(side: int) -> None:
    tags = rgb_tags(10, 10, [b"x" * 100], 10, 8)
    tags |= {322: (LONG, [side]), 323: (LONG, [side]), 324: (LONG, [16]), 325: (LONG, [100])}
    with pytest.raises((BrokenImage, TooManyPixels)):
        probe(tiff(b"x" * 100, tags), LIMITS)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("compression", [1, 8])
def test_a_file_that_is_cut_is_refused(share: float, compression: int) -> None:
    pixels = bytes(range(256)) * 100
    strips = [pixels[:7680] if compression == 1 else zlib.compress(pixels[:7680])] * 3
    # The directory first, as cameras write it, so that only pixels are cut off.
    tags = rgb_tags(64, 120, strips, 40, compression)
    whole = tiff(b"", tags)
    start = len(whole)
    places = [start + sum(map(len, strips[:i])) for i in range(3)]
    whole = tiff(b"", tags | {273: (LONG, places)}) + b"".join(strips)
    assert to_memory(opened(whole)).height == 120
    with pytest.raises(BrokenImage, match="strips or tiles"):
        probe(whole[: start + int((len(whole) - start) * share)], LIMITS)


def test_strips_that_are_missing_are_refused() -> None:
    strip = zlib.compress(bytes(40 * 10 * 3))
    tags = rgb_tags(40, 30, [strip] * 2, 10, 8)
    with pytest.raises(BrokenImage, match="Expected 3 strips"):
        probe(tiff(strip * 2, tags), LIMITS)


def test_the_only_strip_may_say_that_it_is_longer() -> None:
    pixels = bytes((10, 200, 30)) * 40 * 30
    tags = rgb_tags(40, 30, [pixels], 30)
    start = len(tiff(b"", tags))
    data = tiff(b"", tags | {273: (LONG, [start]), 279: (LONG, [len(pixels) + 50])}) + pixels
    assert close(corners(opened(data, sequential=False)), [(10, 200, 30)] * 4)


@pytest.mark.parametrize("compression", ["lzw", "deflate", "jpeg"])
def test_a_strip_that_cannot_be_unpacked_is_an_error_not_black(compression: str) -> None:
    data = bytearray(quarters(200, 200).tiffsave_buffer(compression=compression))
    at = int(next(pages(bytes(data))).places[0][0])
    data[at : at + 60] = bytes(byte ^ 0x5A for byte in data[at : at + 60])
    facts = probe(bytes(data), LIMITS)
    with pytest.raises(BrokenImage):
        to_memory(open_image(bytes(data), facts))


def test_each_page_may_have_its_scans_but_no_strip_endless_ones() -> None:
    many = animation([10] * 300).tiffsave_buffer(page_height=10, compression="jpeg")
    assert probe(many, LIMITS).size == Size(20, 10)
    strip = b"\xff\xd8" + b"\xff\xda\0\x02" * 1000
    with pytest.raises(BrokenImage, match="scans"):
        probe(tiff(strip, rgb_tags(8, 8, [strip], 8, 7)), LIMITS)
    crowd = rgb_tags(8, 800, [strip[:9]] * 800, 1, 7) | {273: (LONG, [16] * 800)}
    with pytest.raises(BrokenImage, match="JPEG of up to"):
        probe(tiff(strip, crowd | {279: (LONG, [len(strip)] * 800)}), LIMITS)


def test_tags_that_share_their_bytes_are_refused() -> None:
    tags = rgb_tags(1, 1, [b"abc"], 1)
    data = bytearray(
        tiff(b"abc" + bytes(50_000), tags | {40_000 + i: (LONG, [0]) for i in range(20)})
    )
    for i in range(20):
        row = data.find((40_000 + i).to_bytes(2, "little") + b"\x04\0")
        data[row + 4 : row + 12] = (12_000).to_bytes(4, "little") + (16).to_bytes(4, "little")
    with pytest.raises(BrokenImage, match="tags"):
        probe(bytes(data), LIMITS)


def test_what_others_write_passes() -> None:
    for options in ({}, {"tile": True}, {"pyramid": True, "tile": True}, {"bigtiff": True}):
        assert probe(quarters().tiffsave_buffer(**options), LIMITS).frames == 1
    assert probe(animation([10, 10]).tiffsave_buffer(page_height=10), LIMITS).size.height == 10
    assert probe(files()["tiff"], LIMITS).held_bytes > 0

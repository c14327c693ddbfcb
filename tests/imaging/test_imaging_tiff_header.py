from __future__ import annotations

import contextlib
import struct

import pytest
from imaging_pictures import animation, files, opened, quarters
from tiff_files import LONG, SHORT, rgb_tags, striped, tiff

from foveate.errors import BrokenImage
from foveate.imaging.tiff_header import MAX_TAGS, Page, pages


def first(data: bytes) -> Page:
    return next(pages(data))


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_all_layouts_are_read(order: str, big: bool) -> None:
    data = striped(order=order, big=big)
    assert [round(v) for v in opened(data)(1, 1)] == [10, 200, 30], "as libtiff reads it"
    page = first(data)
    assert (page.width, page.height, page.bands, page.bits) == (40, 30, 3, 8)
    assert (page.compression, page.photometric, page.sample_format) == (8, 2, 1)
    assert (page.tiled, page.separate, page.chunk) == (False, False, (40, 10))
    offsets, counts = page.places
    assert offsets[1] - offsets[0] == counts[0]
    assert page.row_bytes(40) == 120


def test_tiles_planes_and_floats_are_read() -> None:
    page = first(quarters().cast("float").tiffsave_buffer(tile=True, tile_width=16, tile_height=32))
    assert (page.tiled, page.chunk, page.bits, page.sample_format) == (True, (16, 32), 32, 3)
    assert len(page.places[0]) == 4 * 2
    apart = rgb_tags(40, 30, [b"x"], 30) | {284: (SHORT, [2]), 258: (SHORT, [1])}
    assert first(tiff(b"x", apart)).separate
    assert first(tiff(b"x", apart)).row_bytes(9) == 3 * 2, "of three planes of nine bits each"


def test_every_page_is_seen() -> None:
    data = animation([10, 10, 10]).tiffsave_buffer(page_height=10)
    assert [(page.width, page.height) for page in pages(data)] == [(20, 10)] * 3


def test_a_tiff_of_endless_pages_is_refused() -> None:
    chain = b"".join(struct.pack("<HI", 0, 8 + 6 * number) for number in range(1, 1_002))
    with pytest.raises(BrokenImage, match="pages"):
        list(pages(b"II*\0\x08\0\0\0" + chain))


def test_directories_that_lead_in_a_circle_are_read_once() -> None:
    circle = b"II*\0\x08\0\0\0" + struct.pack("<HI", 0, 14) + struct.pack("<HI", 0, 8)
    assert len(list(pages(circle))) == 2


def test_a_directory_of_endless_tags_is_refused() -> None:
    with pytest.raises(BrokenImage, match="tags"):
        first(b"II*\0\x08\0\0\0" + struct.pack("<H", MAX_TAGS + 1) + bytes(100_000))


def test_values_beyond_the_end_are_refused() -> None:
    tags = rgb_tags(40, 30, [b"x"], 30)
    with pytest.raises(BrokenImage, match="273"):
        _ = first(tiff(b"x", tags | {273: (LONG, [16] * 500)})[:200]).places


@pytest.mark.parametrize("cut", range(8, 200, 3))
def test_a_file_that_is_cut_anywhere_is_read_or_broken(cut: int) -> None:
    data = files()["tiff"]
    for file in (data[:cut], data[:8] + data[-cut:]):
        with contextlib.suppress(BrokenImage):
            page = first(file)
            assert page.width * page.bands * page.bits * len(page.places[0]) >= 0

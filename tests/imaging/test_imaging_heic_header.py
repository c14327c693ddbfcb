"""What is read in a header is what pi-heif says of it, and what is decoded afterwards."""

from __future__ import annotations

import time

import pi_heif
import pytest
from heif_files import ALPHA, HVCC, Item, aux, box, clap, full, grid, heif, imir, irot, ispe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imaging_pictures import HEIC, opened

from foveate.errors import BrokenImage
from foveate.geometry.box import Size
from foveate.imaging.heic_header import read_header
from foveate.imaging.isobmff import MAX_ENTRIES


def changed(*changes: bytes) -> Item:
    return Item(properties=(HVCC, ispe(), *changes))


PLAIN, SMALL = Item(), changed(clap((16, 1), (12, 1)))
CROP = clap((64, 1), (48, 1))
SEE_THROUGH, DEPTH = changed(aux(ALPHA)), changed(aux(b"urn:mpeg:hevc:2015:auxid:2"))
TILES, OF_TILES = {2: Item(hidden=True), 3: Item(hidden=True)}, (b"dimg", 1, (2, 3))


def tiled(*properties: bytes) -> Item:
    return Item(b"grid", properties, grid(2, 1, 100, 64))


PICTURES = {
    "plain": heif({1: PLAIN}),
    "wide": heif({70_000: PLAIN}, primary=70_000, wide=True),
    "of any brand": heif({1: PLAIN}, brands=b"mif1" + bytes(4) + b"mif1heic"),
    "cropped": heif({1: changed(CROP)}),
    "cropped to a corner": heif({1: changed(clap((20, 1), (10, 1), -44, 2, -54, 2))}),
    "cropped to fractions": heif({1: changed(clap((77, 2), (100, 3)))}),
    "cropped to fine fractions": heif({1: changed(clap((3_149_990, 100_000), (65_537, 2_000)))}),
    "cropped, then turned": heif({1: changed(CROP, irot(1))}),
    "turned, then cropped": heif({1: changed(irot(3), CROP)}),
    "upside down": heif({1: changed(CROP, irot(2))}),
    "mirrored": heif({1: changed(CROP, imir(0))}),
    "mirrored and turned": heif({1: changed(CROP, imir(1), irot(1))}),
    "of tiles": heif({1: tiled(ispe(100, 64))} | TILES, [OF_TILES]),
    "of tiles, turned": heif({1: tiled(ispe(100, 64), irot(1))} | TILES, [OF_TILES]),
    "turned before its size": heif({1: tiled(irot(1), ispe(100, 64))} | TILES, [OF_TILES]),
    "derived": heif(
        {1: Item(b"iden", (ispe(16, 12), irot(1)), b""), 2: SMALL}, [(b"dimg", 1, (2,))]
    ),
    "with alpha": heif({1: PLAIN, 2: SEE_THROUGH}, [(b"auxl", 2, (1,))]),
    "with alpha, premultiplied": heif(
        {1: PLAIN, 2: SEE_THROUGH}, [(b"auxl", 2, (1,)), (b"prem", 1, (2,))]
    ),
    "with alpha, wide": heif({1: PLAIN, 2: SEE_THROUGH}, [(b"auxl", 2, (1,))], wide=True),
    "of tiles with alpha": heif(
        {1: tiled(ispe(100, 64))} | TILES | {4: SEE_THROUGH, 5: SEE_THROUGH},
        [OF_TILES, (b"auxl", 4, (2,)), (b"auxl", 5, (3,))],
    ),
    "beside another with alpha": heif({1: PLAIN, 2: PLAIN, 3: SEE_THROUGH}, [(b"auxl", 3, (2,))]),
    "with alpha whose name has no end": heif(
        {1: PLAIN, 2: changed(full(b"auxC", ALPHA))}, [(b"auxl", 2, (1,))]
    ),
    "with depth": heif({1: PLAIN, 2: DEPTH}, [(b"auxl", 2, (1,))]),
    "second of three": heif({1: PLAIN, 2: SMALL, 3: PLAIN}, primary=2),
    "with a thumbnail": heif({1: PLAIN, 2: SMALL}, [(b"thmb", 2, (1,))]),
    "itself a thumbnail": heif({1: SMALL, 2: PLAIN}, [(b"thmb", 1, (2,))]),
    "with EXIF": HEIC,
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_header_says_what_pi_heif_says(name: str) -> None:
    said = pi_heif.open_heif(PICTURES[name])
    assert read_header(PICTURES[name]) == (Size(*said.size), said.has_alpha)


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_decoded_has_the_size_and_the_alpha_of_the_header(name: str) -> None:
    size, alpha = read_header(PICTURES[name])
    image = opened(PICTURES[name])
    assert (Size(image.width, image.height), bool(image.hasalpha())) == (size, alpha)


def test_a_decoder_is_not_needed_for_a_header() -> None:
    assert read_header(heif({1: Item(b"av01", (ispe(30, 20),), b"")})) == (Size(30, 20), False)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (Item(properties=(HVCC, ispe(32, 32))), "size|as in the header"),
        (changed(clap((80, 1), (64, 1))), r"\(80, 64\) as in the header, got \(64, 64\)"),
    ],
)
def test_a_header_that_promises_other_pixels_is_broken_when_they_are_decoded(
    item: Item, reason: str
) -> None:
    read_header(heif({1: item}))
    with pytest.raises(BrokenImage, match=reason):
        opened(heif({1: item}))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (heif({1: PLAIN})[:36], "up to 12 bytes, got b'meta'"),
        (heif({1: PLAIN}).replace(b"meta", b"free"), "box b'meta'"),
        (heif({1: PLAIN}).replace(b"pitm", b"free"), "box b'pitm'"),
        (heif({1: PLAIN}).replace(b"ipco", b"free"), "box b'ipco'"),
        (heif({1: PLAIN}, primary=9), "picture as item 9"),
        (heif({1: Item(b"Exif")}), "picture as item 1"),
        (heif({1: Item(hidden=True)}), "picture as item 1"),
        (heif({1: changed(clap((64, 0), (48, 1)))}), "fractions in the crop"),
        (heif({1: changed(clap((64, 1), (1 << 31, 1)))}), "fractions in the crop"),
        (heif({1: changed(box(b"irot"))}), "1 more bytes in a box, got 0"),
        (heif({1: Item(properties=(full(b"ispe", bytes(8), version=1),))}), "version 0"),
        (heif({1: PLAIN}, [(b"dimg", 1, [2] * (MAX_ENTRIES + 1))]), "at most 4096 rows"),
    ],
)
def test_what_is_no_header_is_broken_and_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(BrokenImage, match=reason):
        read_header(data)


@pytest.mark.parametrize("name", ["of tiles with alpha", "wide", "with EXIF"])
def test_a_header_that_ends_anywhere_is_broken(name: str) -> None:
    data = PICTURES[name]
    for end in range(data.index(b"mdat") - 4):
        with pytest.raises(BrokenImage):
            read_header(data[:end])


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(name=st.sampled_from(sorted(PICTURES)), data=st.data())
def test_damage_is_broken_or_a_header(name: str, data: st.DataObject) -> None:
    whole = bytearray(PICTURES[name])
    end = whole.index(b"mdat")
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, end))] = data.draw(st.integers(0, 255))
    try:
        size, _ = read_header(bytes(whole))
    except BrokenImage:
        return
    assert min(size.width, size.height) >= 0


def test_the_time_does_not_grow_with_what_is_looked_at_again_and_again() -> None:
    large = full(b"auxC", b"x" * 25_000_000)
    references = [(b"auxl", 2, [1] * 50)] * (MAX_ENTRIES - 1)
    data = heif({1: PLAIN, 2: Item(properties=(large,))}, references, wide=True)
    started = time.process_time()
    assert read_header(data) == (Size(64, 64), False)
    assert time.process_time() - started < 1


def test_a_table_that_no_camera_writes_is_refused_unread() -> None:
    data = heif({1: PLAIN, 2: PLAIN}, [(b"cdsc", 2, [1] * 4_000)] * 150)
    with pytest.raises(BrokenImage, match="table of up to"):
        read_header(data)

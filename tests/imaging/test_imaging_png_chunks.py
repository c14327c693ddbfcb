"""Text in PNG: nobody reads it, and libpng inflates all of it."""

from __future__ import annotations

import zlib

import pytest
from exif_blocks import chunk, in_png
from imaging_pictures import BLUE, GREEN, GREY, LIMITS, RED, close, corners, files, opened, quarters

from foveate.errors import BrokenImage
from foveate.imaging.decode import open_image
from foveate.imaging.fields import blob
from foveate.imaging.png_chunks import read_png
from foveate.imaging.probe import probe

BOMB = zlib.compress(bytes(20_000_000), 9)
COLOURS = [RED, GREEN, BLUE, GREY]


@pytest.mark.parametrize(
    "texts",
    [
        [chunk(b"zTXt", b"key\0\0" + BOMB)],
        [chunk(b"iTXt", b"key\0\1\0\0\0" + BOMB)],
        [chunk(b"zTXt", b"k%d\0\0" % i + zlib.compress(bytes(200_000))) for i in range(50)],
        [chunk(b"tEXt", b"k%d\0v" % i) for i in range(2_000)],
        [chunk(b"tEXt", b"key\0" + b"v" * 2_000_000)],
    ],
    ids=["zTXt", "iTXt", "many", "countless", "long"],
)
def test_heavy_text_is_not_handed_on_and_the_picture_is(texts: list[bytes]) -> None:
    data = in_png(*texts)
    facts = probe(data, LIMITS)
    assert sum(edit.end - edit.start for edit in facts.edits) == sum(map(len, texts))
    assert len(facts.edits) == 1, "neighbours are dropped at once"
    image = open_image(data, facts, sequential=False)
    assert close(corners(image), COLOURS)
    assert not [field for field in image.get_fields() if field.startswith("png-comment")]


def test_text_behind_the_pixels_counts_too() -> None:
    data = files()["png"][:-12] + chunk(b"zTXt", b"key\0\0" + BOMB) + files()["png"][-12:]
    assert len(read_png(data).edits) == 1
    assert close(corners(opened(data, sequential=False)), COLOURS)


def test_usual_text_stays() -> None:
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x='adobe:ns:meta/'/>" + b" " * 20_000
    small = chunk(b"zTXt", b"comment\0\0" + zlib.compress(b"a photo"))
    data = in_png(chunk(b"iTXt", xmp), chunk(b"tEXt", b"Software\0some"), small)
    assert read_png(data).edits == ()
    assert blob(opened(data), "xmp-data").startswith(b"<x:xmpmeta")


@pytest.mark.parametrize("kind", [b"IDAT", b"abCd", b"tEXt"])
def test_chunks_without_end_are_refused(kind: bytes) -> None:
    with pytest.raises(BrokenImage, match="chunks"):
        read_png(in_png(chunk(kind, b"k\0v") * 70_000))


@pytest.mark.parametrize("cut", range(8, 60))
def test_a_header_that_is_cut_anywhere_is_broken(cut: int) -> None:
    with pytest.raises(BrokenImage):
        probe(files()["png"][:cut], LIMITS)


def test_an_interlaced_picture_is_held_whole() -> None:
    deep = quarters().cast("ushort").copy(interpretation="rgb16")
    assert read_png(quarters().pngsave_buffer()).held_a_pixel == 0
    assert read_png(quarters().pngsave_buffer(interlace=True)).held_a_pixel == 3
    assert read_png(deep.pngsave_buffer(interlace=True, bitdepth=16)).held_a_pixel == 6
    facts = probe(deep.pngsave_buffer(interlace=True, bitdepth=16), LIMITS)
    assert (facts.pixel_bytes, facts.held_bytes) == (6, 6 * 64 * 48)

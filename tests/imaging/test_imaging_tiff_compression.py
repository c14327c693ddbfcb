from __future__ import annotations

from typing import Any

import pytest
from imaging_pictures import BLUE, GREEN, GREY, LIMITS, RED, close, corners, opened, plain, quarters
from tiff_files import rgb_tags, tiff

from foveate.errors import BrokenImage, UnsupportedFormat
from foveate.imaging.decode import open_image
from foveate.imaging.probe import probe
from foveate.imaging.tiff_compression import is_read
from foveate.imaging.tiff_header import pages


@pytest.mark.parametrize("name", ["none", "lzw", "deflate", "packbits", "jpeg", "webp"])
def test_what_libtiff_writes_it_reads(name: str) -> None:
    options: dict[str, Any] = {"Q": 95} if name in {"jpeg", "webp"} else {}
    image = opened(quarters().tiffsave_buffer(compression=name, **options), sequential=False)
    assert close(corners(image), [RED, GREEN, BLUE, GREY], 12)


def test_fax_is_read() -> None:
    white = plain(64, 48, 255).tiffsave_buffer(compression="ccittfax4", bitdepth=1)
    assert opened(white)(5, 5) == [255]


def packed(compression: int) -> bytes:
    return tiff(b"x" * 100, rgb_tags(8, 8, [b"x" * 100], 8, compression))


@pytest.mark.parametrize("compression", [50_000, 34_925, 34_887, 34_712, 50_002, 34_933])
def test_what_libtiff_does_not_read_is_left_to_the_sandbox(compression: int) -> None:
    if is_read(compression):
        pytest.skip(f"libtiff here reads {compression}")
    facts = probe(packed(compression), LIMITS)
    assert facts.decoder == "tiff"
    with pytest.raises(BrokenImage):
        open_image(packed(compression), facts)


@pytest.mark.parametrize(("compression", "name"), [(34_661, "JBIG"), (12_345, "unknown")])
def test_other_compressions_are_named_and_not_black(compression: int, name: str) -> None:
    if is_read(compression):
        pytest.skip(f"libtiff here reads {name}")
    with pytest.raises(UnsupportedFormat, match=name) as refused:
        probe(packed(compression), LIMITS)
    assert name in refused.value.public


def test_a_fax_with_a_damaged_line_is_a_picture() -> None:
    data = bytearray(plain(640, 480, 255).tiffsave_buffer(compression="ccittfax4", bitdepth=1))
    at = int(next(pages(bytes(data))).places[0][0])
    data[at + 2] ^= 0x55
    assert opened(bytes(data), sequential=False)(639, 1) in ([255], [0])

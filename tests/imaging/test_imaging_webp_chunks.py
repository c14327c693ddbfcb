from __future__ import annotations

import pytest
from exif_blocks import in_webp, riff
from imaging_pictures import LIMITS, files

from foveate.errors import BrokenImage
from foveate.imaging.probe import probe
from foveate.imaging.webp_chunks import read_webp


def test_chunks_without_end_are_refused() -> None:
    with pytest.raises(BrokenImage, match="chunks"):
        read_webp(in_webp(riff(b"JUNK", b"") * 30_000))


def test_libwebp_holds_more_than_the_pixels() -> None:
    facts = probe(files()["webp"], LIMITS)
    assert (facts.pixel_bytes, facts.held_bytes) == (3, 5 * 64 * 48)

"""The quality of JPEGs, as their tables tell it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as PilImage

from foveate.imaging.jpeg_quality import USUAL, at_quality, jpeg_quality

if TYPE_CHECKING:
    from foveate.imaging import Image

PICTURE = PilImage.fromarray(np.arange(32 * 48 * 3, dtype=np.uint8).reshape(32, 48, 3))


def saved(**options: object) -> bytes:
    out = BytesIO()
    PICTURE.save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("quality", [1, 10, 30, 49, 50, 60, 75, 85, 95, 100])
@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"subsampling": 0}])
def test_libjpeg_is_told_to_the_number(quality: int, more: dict[str, object]) -> None:
    assert jpeg_quality(saved(quality=quality, **more)) == quality


def test_grey_and_cmyk_are_told_as_well(photo: Image) -> None:
    assert jpeg_quality(photo.colourspace("b-w").jpegsave_buffer(Q=72)) == 72
    assert jpeg_quality(photo.colourspace("cmyk").jpegsave_buffer(Q=72)) == 72


def test_tables_of_other_encoders_count_as_what_they_do(photo: Image) -> None:
    for quality in (40, 80):
        other = photo.jpegsave_buffer(Q=quality, quant_table=3)
        assert abs((jpeg_quality(other) or 0) - quality) <= 20
    coarse, fine = ([max(1, round(entry * by)) for entry in USUAL] for by in (1.9, 0.35))
    assert (jpeg_quality(saved(qtables=[coarse, coarse])) or 0) < 40
    assert (jpeg_quality(saved(qtables=[fine, fine])) or 0) > 75


def test_entries_of_16_bits_are_read() -> None:
    data = saved(quality=50)
    at = data.index(b"\xff\xdb")
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    table = b"".join(entry.to_bytes(2, "big") for entry in at_quality(50))
    segment = b"\xff\xdb" + (3 + len(table)).to_bytes(2, "big") + b"\x10" + table
    assert jpeg_quality(data[:at] + segment + data[at + 2 + length :]) == 50


def test_what_tells_nothing_is_none() -> None:
    data = saved(quality=50)
    at = data.index(b"\xff\xdb")
    assert jpeg_quality(data[:at]) is None
    assert jpeg_quality(b"\xff\xd8\xff\xdb\x00\x43\x00" + bytes(80)) is None
    assert jpeg_quality(b"") is None
    assert jpeg_quality(data[:at] + b"\xff\xdb\x00\x43\x00" + bytes(64) + data[at:][:9]) is None

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest

from foveate.sandboxed.jxl import JxlHeader, read_jxl


def jxl(height: int, width: int, bands: int = 3, number: str = "u1", **options: Any) -> bytes:
    pixels = np.zeros((height, width, bands), number)
    return bytes(imagecodecs.jpegxl_encode(pixels, lossless=True, effort=1, **options))


@pytest.mark.parametrize(
    "size", [(1, 1), (8, 8), (48, 64), (256, 256), (90, 160), (500, 250), (3, 4000), (9000, 7)]
)
def test_sizes_are_read_however_they_are_written(size: tuple[int, int]) -> None:
    header = read_jxl(jxl(*size))
    assert (header.height, header.width) == size


@pytest.mark.parametrize(("bands", "alpha"), [(1, False), (2, True), (3, False), (4, True)])
@pytest.mark.parametrize("number", ["u1", "u2"])
@pytest.mark.parametrize("boxed", [False, True])
def test_alpha_and_bits_are_read(bands: int, alpha: bool, number: str, boxed: bool) -> None:
    data = jxl(20, 30, bands, number, usecontainer=boxed)
    assert read_jxl(data) == JxlHeader(30, 20, 8 * int(number[1]), alpha)


def test_floats_have_no_bits() -> None:
    assert read_jxl(jxl(20, 30, 3, "f4")).bits == 0


def test_frames_do_not_change_the_size() -> None:
    frames = np.zeros((3, 20, 30, 3), np.uint8)
    assert read_jxl(bytes(imagecodecs.jpegxl_encode(frames, lossless=True)))[:2] == (30, 20)


def test_boxes_without_a_codestream_are_refused() -> None:
    with pytest.raises(ValueError, match="codestream"):
        read_jxl(b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x08free" * 9)

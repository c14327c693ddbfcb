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


def bits(*fields: tuple[int, int]) -> bytes:
    """Return numbers of so many bits each, the first in the lowest bits, as a codestream."""
    value, at = 0, 0
    for number, width in fields:
        value |= number << at
        at += width
    return b"\xff\x0a" + value.to_bytes(at // 8 + 1, "little")


SIDES = ((0, 1), (0, 2), (19, 9), (0, 3), (0, 2), (29, 9))  # 20 high, 30 wide, nothing usual
EIGHT_BITS = ((0, 1), (0, 2), (1, 1))


@pytest.mark.parametrize(("orientation", "size"), [(1, (30, 20)), (4, (30, 20)), (6, (20, 30))])
def test_the_size_is_that_of_the_upright_picture(orientation: int, size: tuple[int, int]) -> None:
    extra = ((0, 1), (1, 1), (orientation - 1, 3), (0, 3))
    header = read_jxl(bits(*SIDES, *extra, *EIGHT_BITS, (0, 2)))
    assert header == JxlHeader(*size, 8, alpha=False)


def test_alpha_is_found_behind_animation_and_another_channel() -> None:
    moving = ((0, 1), (1, 1), (0, 5), (1, 1), (0, 2), (0, 2), (0, 2), (0, 1))
    depth = ((1, 2), (0, 1), (0, 2), (0, 2), (0, 2))  # kind 1, 8 bits, no shift, no name
    channels = ((2, 2), (0, 4), (0, 1), *depth, (1, 1))
    assert read_jxl(bits(*SIDES, *moving, *EIGHT_BITS, *channels)).alpha

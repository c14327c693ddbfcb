"""JPEGs by libjpeg-turbo have the pixels that libvips gives, and what is left to that."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from imaging_pictures import LIMITS, quarters

from foveate.errors import OutputTooLarge
from foveate.imaging import Image, turbo
from foveate.imaging.decode import open_image
from foveate.imaging.pixels import from_array, to_array
from foveate.imaging.probe import probe
from foveate.storage.source import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray


def both(data: bytes, shrink: int) -> tuple[NDArray[np.uint8] | None, NDArray[np.uint8]]:
    """Return the pixels by libjpeg-turbo, and by libvips."""
    picture = Source(data, probe=partial(probe, limits=LIMITS))
    quick, usual = (open_image(data, picture.facts, shrink=shrink) for _ in range(2))
    return turbo.decoded(quick, picture, shrink), to_array(usual)


def photo(width: int = 163, height: int = 117, **told: Any) -> bytes:
    """Return a JPEG of colours that change from pixel to pixel."""
    noise = np.random.default_rng(1).integers(0, 60, (height, width, 3))
    ramp = np.indices((height, width)).sum(0)[:, :, None] % 190 * [1.0, 0.7, 0.4]
    return from_array((ramp + noise).astype(np.uint8)).jpegsave_buffer(**told)


@pytest.mark.parametrize("shrink", [1, 2, 4, 8])
@pytest.mark.parametrize("told", [{}, {"subsample_mode": "off"}, {"Q": 20}, {"optimize_coding": 1}])
def test_every_pixel_is_as_libvips_decodes_it(shrink: int, told: dict[str, Any]) -> None:
    quick, usual = both(photo(**told), shrink)
    assert quick is not None
    assert np.array_equal(quick, usual)


@pytest.mark.parametrize("size", [(8, 8), (1, 1), (3, 1), (9, 17), (1, 40), (400, 7)])
@pytest.mark.parametrize("shrink", [1, 2, 4, 8])
def test_odd_sides_lose_what_is_no_whole_pixel(size: tuple[int, int], shrink: int) -> None:
    if min(size) < shrink:
        return
    quick, usual = both(photo(*size), shrink)
    assert quick is not None
    assert np.array_equal(quick, usual)


def grey() -> bytes:
    return quarters(40, 40).colourspace("b-w").jpegsave_buffer()


def ink() -> bytes:
    return quarters(40, 40).colourspace("cmyk").jpegsave_buffer()


def several_scans() -> bytes:
    return photo(interlace=True)


def cut() -> bytes:
    return photo()[:-200]


def with_a_restart_too_many() -> bytes:
    data = photo()
    return data[:-900] + b"\xff\xd3" + data[-900:]


def other_format() -> bytes:
    return quarters(40, 40).pngsave_buffer()


@pytest.mark.parametrize(
    "data", [grey, ink, several_scans, cut, with_a_restart_too_many, other_format]
)
def test_what_is_not_plain_or_not_whole_is_left_to_libvips(data: Any) -> None:
    file = data()
    picture = Source(file, probe=partial(probe, limits=LIMITS))
    assert turbo.decoded(open_image(file, picture.facts), picture, 1) is None


def test_what_is_written_is_read_back_and_from_90_on_colours_keep_their_pixels() -> None:
    flat = np.zeros((64, 64, 3), np.uint8)
    flat[:, ::2] = 255, 0, 0
    whole, half = (turbo.encoded(flat, quality) for quality in (90, 89))
    shown = [to_array(Image.new_from_buffer(data, "")) for data in (whole, half)]
    errors = [float(np.abs(each.astype(int) - flat).mean()) for each in shown]
    assert errors[0] < 6
    assert errors[1] > 40


def test_what_lies_in_pieces_is_written_too() -> None:
    pixels = to_array(quarters(64, 48))
    mirrored = pixels[:, ::-1]
    assert turbo.encoded(mirrored, 80) == turbo.encoded(mirrored.copy(), 80)


def test_a_side_that_no_jpeg_has_is_refused() -> None:
    with pytest.raises(OutputTooLarge, match="got 65501x1"):
        turbo.encoded(np.zeros((1, 65_501, 3), np.uint8), 90)

"""Watermarks: another source over the picture, where and how large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import analyses, picture, soon

from foveate.errors import BadOption
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.rendition import Rendition


def mark() -> bytes:
    """Return a red bar with a clear half below it."""
    pixels = np.zeros((20, 40, 4), np.uint8)
    pixels[:10] = (255, 0, 0, 255)
    data: bytes = from_array(pixels).pngsave_buffer()
    return data


def grey(width: int = 200, height: int = 100) -> bytes:
    data: bytes = from_array(np.full((height, width, 3), 90, np.uint8)).pngsave_buffer()
    return data


def render(data: bytes, text: str, *, given: bool = True) -> Rendition:
    renderer = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    others = {"brand/logo.png": picture(mark())} if given else {}
    options = parse_options(f"watermark=brand%2Flogo.png,{text}").options
    return renderer(picture(data), options, deadline=soon(), others=others)


def red(made: Rendition) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is red."""
    pixels = Image.new_from_buffer(made.data, "").numpy()[..., :3].astype(int)
    rows, columns = np.nonzero(pixels[..., 0] - pixels[..., 1] > 60)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("", (134, 59, 184, 72)),
        ("watermark.gravity=top-left,watermark.margin=0", (0, 0, 50, 13)),
        ("watermark.width=40,watermark.gravity=top", (80, 16, 120, 26)),
        ("watermark.width=20,watermark.gravity=left,dpr=2,width=100", (32, 40, 72, 50)),
        ("watermark.width=1.0,watermark.gravity=center", (0, 0, 200, 50)),
    ],
)
def test_it_is_as_wide_as_asked_and_lies_where_it_is_asked(text: str, box: tuple[int, ...]) -> None:
    assert np.allclose(red(render(grey(), text)), box, atol=1)


def test_one_that_is_tall_is_no_higher_than_the_picture() -> None:
    text = "watermark.width=1.0,watermark.margin=0"
    left, top, right, bottom = red(render(grey(200, 10), text))
    assert (right - left, bottom - top) == (20, 5)
    assert (right, top) == (200, 0)


def test_opacity_is_how_much_it_hides() -> None:
    made = render(grey(), "watermark.opacity=0.5,watermark.gravity=top-left,watermark.margin=0")
    pixel = Image.new_from_buffer(made.data, "")(3, 3)
    assert np.allclose(pixel, [172, 45, 45], atol=2)


def test_it_is_repeated_at_its_distance() -> None:
    text = "watermark.repeat=true,watermark.width=20,watermark.margin=20"
    line = Image.new_from_buffer(render(grey(), text).data, "").numpy()[..., 0]
    busiest = line[(line > 200).sum(1).argmax()] > 200
    starts = np.flatnonzero(np.diff(busiest.astype(int)) == 1)
    assert len(starts) >= 4
    assert set(np.diff(starts)) == {40}


def test_it_is_cut_off_with_the_corners() -> None:
    text = "watermark.gravity=top-left,watermark.margin=0,radius=12"
    assert Image.new_from_buffer(render(grey(), text).data, "")(0, 0)[3] == 0


def test_one_whose_bytes_nobody_gave_is_refused() -> None:
    with pytest.raises(BadOption, match=r"Expected the bytes of 'brand/logo\.png', got none"):
        render(grey(), "width=80", given=False)


def test_golden(photo: Image, assert_like: Callable[[bytes, str], None]) -> None:
    text = "width=128,watermark.repeat=true,watermark.opacity=0.6,watermark.margin=12,format=png"
    assert_like(render(photo.pngsave_buffer(), text).data, "watermark")

"""Photos as differences, drawings as they are: whichever is smaller."""

from __future__ import annotations

import numpy as np
import pytest
from imaging_pictures import opened

from foveate.imaging import Image
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.imaging.png_filter import DIFFERENCES, PLAIN, png_filter

SIDE = 160


def photo() -> Image:
    """Slopes of light with the grain of a sensor."""
    y, x = np.mgrid[:SIDE, :SIDE]
    slopes = np.stack([60 + x / 2, 90 + y / 3, 160 - x / 3], axis=-1)
    return of(slopes + np.random.default_rng(3).normal(0, 2, (SIDE, SIDE, 1)))


def drawing() -> Image:
    """The same few marks in colours again and again."""
    y, x = np.mgrid[:SIDE, :SIDE]
    marks = ((x % 20) * (y % 16)) % 7 < 2
    return of(np.where(marks[..., None], (200, 30, 90), (250, 250, 240)))


def grain() -> Image:
    """What has no neighbours that are alike."""
    return of(np.random.default_rng(3).integers(0, 256, (SIDE, SIDE, 3)))


def of(pixels: np.ndarray) -> Image:
    return from_array(pixels.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("image", "chosen"), [(photo(), DIFFERENCES), (drawing(), PLAIN), (grain(), PLAIN)]
)
def test_what_makes_fewer_bytes_of_some_rows_is_taken(image: Image, chosen: object) -> None:
    assert png_filter(image) is chosen
    whole = {id(how): len(image.pngsave_buffer(**how)) for how in (PLAIN, DIFFERENCES)}
    assert whole[id(chosen)] == min(whole.values())


def test_a_photo_takes_fewer_bytes_and_every_pixel_stays() -> None:
    image = photo()
    made = encode(image, EncodeOptions(format="png"))
    assert len(made) < 0.8 * len(image.pngsave_buffer(filter="none"))
    assert (opened(made) - image).abs().max() == 0


def test_rows_out_of_everywhere_decide() -> None:
    page = Image.arrayjoin([drawing(), drawing(), photo(), drawing()], across=1).copy_memory()
    assert png_filter(page) is DIFFERENCES

"""How fine a source is decoded, and that it is decoded once where its decoder gives it whole."""

from __future__ import annotations

import numpy as np
import pytest
from imaging_pictures import BLUE, GREEN, GREY, LIMITS, RED, quarters, with_orientation

from foveate.deadline import NEVER
from foveate.geometry import Size
from foveate.imaging import Image
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import brought_to, to_array
from foveate.imaging.probe import probe
from foveate.storage.source import Source
from foveate.trace import Trace


def looked_at(data: bytes) -> PixelSource:
    source = Source(data, probe=lambda each: probe(each, LIMITS))
    return PixelSource(source, NEVER, Trace(), scale=1.0)


def noise(width: int, height: int) -> Image:
    rows = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    return Image.new_from_array(rows, interpretation="srgb")


@pytest.mark.parametrize("first", [Size(160, 120), Size(64, 48)])
def test_a_thumbnail_is_what_shrinking_gives_whatever_was_asked_before(first: Size) -> None:
    image, size = noise(160, 120), Size(64, 48)
    pixels = looked_at(image.pngsave_buffer())
    pixels.thumbnail(first)
    assert np.array_equal(pixels.thumbnail(size), to_array(brought_to(image, size)))


@pytest.mark.parametrize("planned", [0.0, 0.8])
def test_a_stretched_thumbnail_has_pixels_enough_for_its_finer_side(planned: float) -> None:
    source = Source(noise(640, 360).jpegsave_buffer(), probe=lambda each: probe(each, LIMITS))
    whole = PixelSource(source, NEVER, Trace(), scale=1.0).thumbnail(Size(256, 288))
    pixels = PixelSource(source, NEVER, Trace(), scale=planned)
    assert np.array_equal(pixels.thumbnail(Size(256, 288)), whole)


def test_a_picture_as_it_is_is_read_once_for_all_who_look_at_it() -> None:
    pixels, size = looked_at(quarters().pngsave_buffer()), Size(64, 48)
    seen = pixels.thumbnail(size)
    assert np.array_equal(seen, to_array(quarters()))
    assert pixels.thumbnail(size) is seen
    with pytest.raises(ValueError, match="read-only"):
        seen[0, 0] = 0


def test_a_picture_that_lies_on_its_side_is_turned_and_not_taken_as_it_is() -> None:
    lying = with_orientation(quarters(48, 48), 6).pngsave_buffer()
    seen = looked_at(lying).thumbnail(Size(48, 48))
    assert [seen[y, x].tolist() for y in (2, 45) for x in (2, 45)] == [
        list(colour) for colour in (BLUE, RED, GREY, GREEN)
    ]


def test_colours_that_a_profile_explains_are_not_taken_as_they_are() -> None:
    explained = quarters().icc_transform("p3", input_profile="srgb")
    seen = looked_at(explained.pngsave_buffer()).thumbnail(Size(64, 48))
    assert np.abs(seen.astype(int) - to_array(quarters())).max() <= 2
    assert seen.flags.writeable

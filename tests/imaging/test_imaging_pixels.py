from __future__ import annotations

import numpy as np
import pytest
from imaging_pictures import BLUE, GREEN, RED, opened, plain, quarters

from foveate.errors import BrokenImage
from foveate.geometry.box import Box, Point, Size
from foveate.imaging import Image
from foveate.imaging.pixels import (
    attention_point,
    border_box,
    brought_to,
    entropy_corner,
    from_array,
    part_at,
    to_array,
    values_of,
)
from foveate.options.colours import Colour


def test_an_array_is_rows_of_rgb() -> None:
    array = to_array(quarters(6, 4))
    assert (array.shape, array.dtype.name) == ((4, 6, 3), "uint8")
    assert array[0, 0].tolist() == list(RED)
    assert array[0, 5].tolist() == list(GREEN)
    assert array[3, 0].tolist() == list(BLUE)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (plain(2, 2, 7), [7, 7, 7]),
        (plain(2, 2, 0, 0, 0, 0), [255, 255, 255]),
        (plain(2, 2, *RED, 255), list(RED)),
        (plain(2, 2, *RED).colourspace("rgb16"), list(RED)),
    ],
)
def test_arrays_come_from_any_picture(image: Image, expected: list[int]) -> None:
    assert to_array(image)[1, 1].tolist() == expected


def test_arrays_and_pictures_go_both_ways() -> None:
    array = to_array(quarters())
    assert np.array_equal(to_array(from_array(array)), array)
    assert np.array_equal(to_array(from_array(array[:, ::-1])), array[:, ::-1])


@pytest.mark.parametrize(
    ("before", "after"),
    [((1000, 500), (100, 50)), ((40, 20), (40, 20)), ((40, 20), (80, 40)), ((40, 20), (80, 5))],
)
def test_a_picture_is_brought_to_exactly_a_size(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    image = brought_to(plain(*before, *RED), Size(*after))
    assert (image.width, image.height) == after
    assert tuple(image(image.width // 2, image.height // 2)) == RED


def test_enlarging_moves_nothing() -> None:
    step = plain(8, 8, 50).insert(plain(4, 8, 150), 4, 0)
    row = brought_to(step, Size(80, 80)).crop(0, 40, 80, 1).numpy().ravel().astype(int)
    assert abs(row + row[::-1] - 200).max() <= 1


def test_shrinking_is_a_mean() -> None:
    stripes = plain(200, 200, 0, 0, 0).insert(plain(100, 200, 200, 200, 200), 0, 0)
    fine = Image.arrayjoin([plain(1, 200, 0), plain(1, 200, 200)] * 100, across=200)
    assert abs(brought_to(fine, Size(20, 20))(10, 10)[0] - 100) <= 2
    assert brought_to(stripes, Size(20, 20))(2, 10)[0] == 200


def test_transparent_pixels_do_not_bleed() -> None:
    image = plain(40, 40, 255, 0, 0, 0).insert(plain(20, 40, 0, 0, 255, 255), 0, 0)
    small = brought_to(image, Size(10, 10))
    assert all(small(x, 5)[0] <= 1 for x in range(10) if small(x, 5)[3] > 0)


@pytest.mark.parametrize("at", [(40, 40), (250, 120), (330, 30)])
def test_the_eye_is_drawn_to_the_one_thing_there_is(at: tuple[int, int]) -> None:
    image = plain(400, 200, 128, 128, 128).insert(plain(40, 40, 255, 40, 20), *at)
    point = attention_point(image)
    assert abs(point.x - (at[0] + 20) / 400) < 0.1
    assert abs(point.y - (at[1] + 20) / 200) < 0.15


def test_a_salient_point_exists_everywhere() -> None:
    for image in (plain(1, 1, 0), plain(300, 1, 0, 0, 0), plain(5, 5, 1, 2, 3, 0)):
        point = attention_point(image)
        assert isinstance(point, Point)
        assert 0 <= point.x <= 1
        assert 0 <= point.y <= 1


@pytest.mark.parametrize("at", [(0, 0), (90, 30), (140, 60)])
def test_entropy_keeps_what_is_varied(at: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    image = plain(200, 100, 128, 128, 128).insert(from_array(noise), *at)
    left, top = entropy_corner(image, Size(80, 60))
    assert left <= at[0] + 4
    assert at[0] + 60 <= left + 80 + 4
    assert top <= at[1] + 4
    assert at[1] + 40 <= top + 60 + 4


def framed(border: tuple[int, ...], inside: tuple[int, ...]) -> Image:
    return plain(60, 50, *border).insert(plain(20, 10, *inside), 15, 25)


INSIDE = Box(15, 25, 20, 10)
WHOLE = Box(0, 0, 60, 50)


@pytest.mark.parametrize(
    ("image", "colour", "tolerance", "expected"),
    [
        (framed((255, 255, 255), RED), None, 10, INSIDE),
        (framed((255, 255, 255), (250, 250, 250)), None, 10, WHOLE),
        (framed((255, 255, 255), (250, 250, 250)), None, 4, INSIDE),
        (framed((9, 9, 9), RED), Colour(9, 9, 9), 0, INSIDE),
        (framed((9, 9, 9), RED), Colour(200, 9, 9), 10, WHOLE),
        (framed((255, 0, 0, 0), (255, 0, 0, 255)), None, 10, INSIDE),
        (framed((0, 0, 0, 0), (0, 0, 0, 255)), None, 10, INSIDE),
        (framed((7, 8, 9, 255), (7, 8, 9, 0)), Colour(7, 8, 9), 10, INSIDE),
        (framed((30,), (200,)), None, 10, INSIDE),
        (plain(60, 50, *RED), None, 10, WHOLE),
    ],
)
def test_border_box(image: Image, colour: Colour | None, tolerance: int, expected: Box) -> None:
    assert border_box([image], colour, tolerance) == expected


def test_transparent_pixels_are_border_whatever_their_colour() -> None:
    image = framed((255, 0, 0, 0), (0, 0, 255, 255)).insert(plain(60, 5, 0, 255, 0, 0), 0, 45)
    assert border_box([image]) == INSIDE


def test_one_pixel_is_not_border() -> None:
    assert border_box([plain(60, 50, 0, 0, 0).insert(plain(1, 1, *RED), 33, 44)]) == Box(
        33, 44, 1, 1
    )


def test_frames_share_the_border_that_none_of_them_needs() -> None:
    dot, black = plain(1, 1, *RED), plain(60, 50, 0, 0, 0)
    frames = [black, black.insert(dot, 33, 44), black, black.insert(dot, 10, 5)]
    assert border_box(frames) == Box(10, 5, 24, 40)
    assert border_box([black, black]) == Box(0, 0, 60, 50)
    assert border_box([*frames, plain(60, 50, *RED)]) == Box(0, 0, 60, 50)
    assert border_box(frames[1:2], Colour(*RED)) == Box(0, 0, 60, 50)


def test_an_array_of_a_broken_file_is_no_array() -> None:
    data = quarters(300, 300).jpegsave_buffer()
    with pytest.raises(BrokenImage):
        to_array(opened(data[:700]))


@pytest.mark.parametrize("left", [0.0, 0.5, 7.4, 7.6, 7.999])
def test_a_part_at_the_very_border_has_a_pixel(left: float) -> None:
    rgb = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    got = part_at(rgb, Box(left, left, 8 - left, 8 - left), Size(1, 1))
    assert got.shape == (1, 1, 3)
    if left > 7:
        assert got.tolist() == [[rgb[7, 7].tolist()]]


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1)])
@pytest.mark.parametrize("bands", [1, 3, 4])
def test_values_keep_their_shape(size: tuple[int, int], bands: int) -> None:
    array = np.zeros((*size, bands), np.uint8)
    expected = size if bands == 1 else array.shape
    assert values_of(from_array(array)).shape == expected

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from imaging_pictures import BLUE, GREEN, RED, plain

from foveate.errors import BadOption
from foveate.imaging.drawing.canvas import BACKGROUND, rgb_of
from foveate.imaging.drawing.sheet import contact_sheet

if TYPE_CHECKING:
    from foveate.imaging import Image


def named(*pictures: Image) -> list[tuple[str, str, Image]]:
    return [(f"Picture {n}", "1:1 · 10x10 · face", image) for n, image in enumerate(pictures)]


def pixels_of(sheet: Image, colour: tuple[int, ...]) -> int:
    distance = np.abs(sheet.numpy().astype(int) - colour).max(axis=2)
    return int(np.count_nonzero(distance < 6))


def test_each_picture_is_on_the_sheet_in_order_at_one_height() -> None:
    sheet = contact_sheet(named(*(plain(300, 200, *c) for c in (RED, GREEN, BLUE))), 1200)
    assert (sheet.width, sheet.bands, sheet.format) == (1200, 3, "uchar")
    y = 100
    row = [tuple(round(v) for v in sheet(x, y)) for x in (100, 600, 1100)]
    assert row == [RED, GREEN, BLUE]
    sizes = [pixels_of(sheet, colour) for colour in (RED, GREEN, BLUE)]
    assert min(sizes) > 60_000
    assert max(sizes) - min(sizes) < 2000


def test_words_stand_below_and_the_background_is_neutral() -> None:
    sheet = contact_sheet(named(plain(300, 200, *RED)), 800)
    assert sheet(2, 2) == rgb_of(BACKGROUND)
    below = sheet.crop(20, sheet.height - 80, 300, 60).numpy()
    assert below.max() > 200
    silent = contact_sheet([("", "", plain(300, 200, *RED))], 800)
    assert silent.height < sheet.height


@pytest.mark.parametrize(("count", "width"), [(1, 1600), (7, 640), (50, 1600), (3, 160)])
def test_any_number_of_any_shape_fits(count: int, width: int) -> None:
    shapes = [(20, 2000), (2000, 20), (1, 1), (300, 200), (200, 300)]
    pictures = [plain(*shapes[n % len(shapes)], *RED) for n in range(count)]
    sheet = contact_sheet(named(*pictures), width)
    assert sheet.width == width
    assert 50 < sheet.height < 20 * width
    assert pixels_of(sheet, RED) > 100


def test_alpha_lies_on_white_and_grey_and_deep_pictures_are_shown() -> None:
    clear, grey = plain(100, 100, 9, 9, 9, 0), plain(100, 100, 77)
    deep = (plain(100, 100, *BLUE).cast("ushort") << 8).copy(interpretation="rgb16")
    sheet = contact_sheet(named(clear, grey, deep), 900)
    assert [sheet(x, 100)[0] for x in (100, 400, 700)] == [255, 77, 40]


def test_few_pixels_become_squares() -> None:
    two = plain(1, 1, *RED).join(plain(1, 1, *BLUE), "horizontal")
    sheet = contact_sheet([("", "", two)], 800)
    assert pixels_of(sheet, RED) + pixels_of(sheet, BLUE) > 30_000
    assert abs(pixels_of(sheet, RED) - pixels_of(sheet, BLUE)) < 2000


def test_nothing_to_show_and_no_room_to_show_it_are_told() -> None:
    with pytest.raises(BadOption, match="at least one picture"):
        contact_sheet([])
    with pytest.raises(BadOption, match="got 1 and 100"):
        contact_sheet(named(plain(9, 9, *RED)), 100)

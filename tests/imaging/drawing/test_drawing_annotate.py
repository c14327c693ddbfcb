from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from imaging_pictures import plain, quarters

from foveate.geometry.box import Box
from foveate.imaging.drawing.annotate import LONGEST, draw
from foveate.imaging.drawing.canvas import BACKGROUND, rgb_of
from foveate.imaging.drawing.marks import FACE, crop_colour
from foveate.values import Face, TextLine

if TYPE_CHECKING:
    from foveate.imaging import Image

SEEN = Face(Box(60, 50, 80, 90), 0.97, ((85, 80), (115, 80), (100, 100), (88, 120), (112, 120)))
MARGIN, TWICE = 24, 2
"""Where a photo of 200x160 lies on the drawing, and how much it is enlarged."""
RAMP = np.tile(np.linspace(0, 1, 40, dtype=np.float32), (32, 1))
DISC = (np.hypot(*np.mgrid[-1:1:32j, -1:1:40j]) < 0.5).astype(np.float32)


def at(drawn: Image, x: float, y: float) -> list[float]:
    return [float(v) for v in drawn(round(MARGIN + TWICE * x), round(MARGIN + TWICE * y))]


def near(drawn: Image, colour: str) -> int:
    """Return how many pixels have that colour."""
    distance = np.abs(drawn.numpy().astype(float) - rgb_of(colour)).max(axis=2)
    return int(np.count_nonzero(distance < 8))


@pytest.mark.parametrize("bands", [(90,), (90, 90, 90), (90, 90, 90, 255)])
def test_box_and_landmarks_stand_where_the_face_is(bands: tuple[int, ...]) -> None:
    drawn = draw(plain(200, 160, *bands), faces=[SEEN])
    assert (drawn.bands, drawn.format) == (3, "uchar")
    assert drawn(1, 1) == rgb_of(BACKGROUND)
    for x, y in ((60, 95), (140, 95), (100, 140), *SEEN.landmarks):
        assert max(abs(c - 90) for c in at(drawn, x, y)) > 60, (x, y)
    for x, y in ((5, 5), (100, 60), (190, 150)):
        assert at(drawn, x, y) == [90, 90, 90]


def test_what_is_known_of_a_face_stands_below_it() -> None:
    image = plain(200, 160, 90, 90, 90)
    bare, told = (draw(image, faces=[SEEN], labels=label) for label in ([], ["36 y"]))
    rows, columns, _ = np.nonzero(told.numpy() != bare.numpy())
    assert abs((columns.min() + columns.max()) / 2 - (MARGIN + TWICE * 100)) < 3
    assert MARGIN + TWICE * 140 <= rows.min() < rows.max() < MARGIN + TWICE * 140 + 50


def test_lines_of_text_are_outlined_and_what_they_say_stands_beside() -> None:
    image = plain(200, 160, 90, 90, 90)
    quad = ((40.0, 40.0), (120.0, 60.0), (115.0, 80.0), (35.0, 60.0))
    unread, read = (draw(image, text=[TextLine(quad, 0.9, text)]) for text in ("", "STOP"))
    for (x, y), (u, v) in pairwise((*quad, quad[0])):
        assert max(at(read, (x + u) / 2, (y + v) / 2)[:2]) > 150
    rows, columns, _ = np.nonzero(read.numpy() != unread.numpy())
    assert abs((rows.min() + rows.max()) / 2 - (MARGIN + TWICE * 60)) < 3
    assert columns.max() <= MARGIN + TWICE * 35


def test_what_a_line_says_lies_on_no_other_line() -> None:
    image = plain(200, 160, 90, 90, 90)

    def line(top: float, text: str) -> TextLine:
        return TextLine(((2, top), (198, top), (198, top + 20), (2, top + 20)), 0.9, text)

    def labelled(upper: str, lower: str) -> tuple[int, int]:
        """Return the first and the last row of what is said of the upper line."""
        bare = draw(image, text=[line(40, "I"), line(62, lower)]).numpy()
        drawn = draw(image, text=[line(40, upper), line(62, lower)]).numpy()
        rows = np.nonzero((bare != drawn).any((1, 2)))[0] - MARGIN
        return int(rows.min()) // TWICE, int(rows.max()) // TWICE

    first, last = labelled("STOP", "HERE")
    assert last <= 40
    assert first > 0


def test_maps_lie_over_the_photo_and_are_explained() -> None:
    image = plain(200, 160, 90, 90, 90)
    plain_one = draw(image)
    drawn = draw(image, saliency=RAMP, matte=DISC)
    assert at(drawn, 2, 80)[2] > at(drawn, 2, 80)[0]
    assert at(drawn, 198, 80)[0] > at(drawn, 198, 80)[2]
    edge = [min(at(drawn, x, 80)) for x in range(40, 60)]
    assert max(edge) > 200
    assert drawn.height > plain_one.height
    assert drawn.numpy()[plain_one.height :].max() > 200


def test_nothing_given_is_the_photo_alone() -> None:
    drawn = draw(quarters(200, 160))
    assert at(drawn, 20, 20) == [220, 30, 30]
    assert at(drawn, 180, 140) == [240, 240, 240]
    assert near(drawn, FACE) == 0


def test_each_crop_has_its_line_and_its_picture_beside_the_photo() -> None:
    image = quarters(200, 180)
    crops = [("1:1", Box(0, 0, 90, 90)), ("9:16", Box(110, 100, 40, 71))]
    drawn = draw(image, crops=crops)
    assert drawn.width > 2 * 200 + 300
    panel = drawn.crop(2 * 200 + 30, 0, drawn.width - 2 * 200 - 30, drawn.height)
    for number, shown in enumerate(("#dc1e1e", "#f0f0f0")):
        assert near(drawn, crop_colour(number)) > 800
        assert near(panel, crop_colour(number)) > 200
        assert near(panel, shown) > 5000
    assert near(panel, "#1ec828") == 0


def test_crops_of_a_wide_picture_lie_below_it() -> None:
    image = quarters(300, 100)
    drawn = draw(image, crops=[("1:1", Box(0, 0, 100, 100))])
    assert drawn.height > 2 * 100 + 100
    assert drawn.width < 2 * 300 + 100
    assert at(drawn, 290, 90) == [240, 240, 240]


@pytest.mark.parametrize(
    ("width", "height"),
    [(1, 1), (2, 3), (1, 300), (300, 1), (1, 12_000), (12_000, 1), (12_000, 400), (3000, 2000)],
)
def test_any_size_is_drawn_within_bounds(width: int, height: int) -> None:
    face = Face(Box(0, 0, width / 2, height / 2), 0.8, ((width / 4, height / 4),) * 5)
    drawn = draw(
        plain(width, height, 90, 90, 90),
        faces=[face],
        labels=["36 y · female .69"],
        saliency=RAMP,
        matte=DISC,
        crops=[("1:1", Box(0, 0, width, height)), ("9:16", Box(width / 3, 0, width / 2, height))],
    )
    assert 500 < max(drawn.width, drawn.height) <= LONGEST
    assert drawn.avg() > 10


def test_a_tiny_picture_is_shown_pixel_by_pixel() -> None:
    drawn = draw(quarters(4, 4))
    assert drawn.width > 600
    assert near(drawn, "#dc1e1e") == near(drawn, "#2832dc") == 320 * 320


def test_a_crop_beyond_the_picture_is_shown_as_far_as_it_goes() -> None:
    drawn = draw(plain(200, 180, 90, 90, 90), crops=[("1:1", Box(150, -20, 900, 900))])
    assert drawn.width <= LONGEST
    assert near(drawn, crop_colour(0)) > 500

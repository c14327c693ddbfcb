from __future__ import annotations

import pytest
from imaging_pictures import plain

from foveate.geometry.box import Box
from foveate.imaging.annotate import draw_faces
from foveate.ports import Face

FACE = Face(Box(60, 50, 80, 90), 0.97, ((85, 80), (115, 80), (100, 100), (88, 120), (112, 120)))


@pytest.mark.parametrize("bands", [(90,), (90, 90, 90), (90, 90, 90, 255)])
def test_box_and_landmarks_stand_where_the_face_is(bands: tuple[int, ...]) -> None:
    image = plain(200, 160, *bands)
    drawn = draw_faces(image, [FACE])
    assert (drawn.width, drawn.height, drawn.format) == (200, 160, "uchar")
    assert drawn.bands == max(3, len(bands))
    for x, y in ((60, 95), (139, 95), (100, 139), *FACE.landmarks):
        red, green, blue = drawn(int(x), int(y))[:3]
        assert max(abs(c - 90) for c in (red, green, blue)) > 60, (x, y)
    for x, y in ((5, 5), (100, 60), (190, 150)):
        assert drawn(x, y)[:3] == [90, 90, 90]


def test_the_label_stays_inside_the_picture() -> None:
    corner = Face(Box(150, 0, 60, 60), 1.0, FACE.landmarks)
    drawn = draw_faces(plain(200, 160, 90, 90, 90), [corner])
    assert drawn.crop(170, 2, 28, 12).avg() > 100


def test_no_faces_leave_the_picture_alone() -> None:
    image = plain(20, 20, 1, 2, 3)
    assert draw_faces(image, []) is image

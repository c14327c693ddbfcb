from __future__ import annotations

import re
from itertools import combinations

import pytest

from foveate.geometry.box import Box
from foveate.imaging.drawing.marks import Labels, Style, crop_colour, crop_marks, face_marks
from foveate.values import Face

FRAME = Box(0, 0, 800, 600)


def labels() -> Labels:
    return Labels(FRAME, Style.of(840))


def face(left: float, top: float, side: float = 60) -> Face:
    return Face(Box(left, top, side, side), 0.9, ((left + 10, top + 10),) * 5)


def apart(boxes: list[Box]) -> bool:
    return not any(one.overlap(other) for one, other in combinations(boxes, 2))


def test_names_of_crops_that_share_edges_stay_apart_and_inside() -> None:
    used = labels()
    crops = [(f"{n}:9", Box(0, 0, 800, 600 - 9 * n)) for n in range(1, 15)]
    crop_marks(crops, used)
    assert len(used.taken) == 14
    assert apart(used.taken)
    assert all(FRAME.contains(label) for label in used.taken)


def test_lines_on_one_edge_lie_side_by_side_and_others_where_the_crop_ends() -> None:
    crops = [("1:1", Box(0, 0, 600, 600)), ("4:5", Box(0, 0, 480, 600))]
    svg = crop_marks(crops, labels())
    stroke = Style.of(840).stroke
    lines = {}
    for number in (0, 1):
        found = re.search(
            rf'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*stroke="{crop_colour(number)}"',
            svg,
        )
        assert found
        lines[number] = [float(value) for value in found.groups()]
    assert lines[1][0] - lines[0][0] == pytest.approx(stroke, abs=0.2)
    assert lines[1][0] + lines[1][2] == pytest.approx(480 - stroke / 2, abs=0.2)


def test_neighbouring_crops_have_different_colours() -> None:
    assert all(crop_colour(n) != crop_colour(n + 1) for n in range(50))
    assert len({crop_colour(n) for n in range(8)}) == 8


def test_a_score_goes_above_its_face_or_inside_where_there_is_no_room() -> None:
    used = labels()
    face_marks([face(100, 200), face(300, 0)], (), used)
    above, within = used.taken
    assert above.bottom <= 200
    assert 0 <= within.top < 30


def test_a_label_goes_below_its_face_in_full() -> None:
    used = labels()
    face_marks([face(300, 200)], ["36 y · female .69 · happy"], used)
    _, label = used.taken
    assert label.top >= 260
    assert label.middle[0] == pytest.approx(330)
    assert label.width == pytest.approx(used.size("36 y · female .69 · happy")[0])


def test_in_a_crowd_labels_are_shortened_before_they_cover_a_neighbour() -> None:
    faces = [face(x, y) for y in (100, 190, 280) for x in (100, 170, 240)]
    used = labels()
    face_marks(faces, ["36 y · female .69 · happy"] * 9, used)
    details = used.taken[9:]
    assert details
    assert apart(used.taken)
    assert {round(label.width) for label in details} >= {round(used.size("36 y")[0])}
    for label in details:
        assert sum(1 for f in faces if label.overlap(f.box)) <= 1


def test_a_label_without_room_is_left_out_not_cut() -> None:
    used = Labels(Box(0, 0, 30, 600), Style.of(840))
    face_marks([face(0, 100, 20)], ["female"], used)
    assert all(label.width <= 30 for label in used.taken)
    assert not any(label.height < used.size("x")[1] for label in used.taken)


def test_fewer_labels_than_faces_and_empty_ones_are_fine() -> None:
    used = labels()
    face_marks([face(100, 200), face(300, 200)], [""], used)
    assert len(used.taken) == 2

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Box
from foveate.values import Face
from foveate.vision.second_look import FACE, TILE, Sheet, one_for_each


def face(box: Box, score: float = 0.9) -> Face:
    return Face(box, score, (box.middle,) * 5)


def test_each_place_is_enlarged_in_the_middle_of_its_tile() -> None:
    picture = np.full((200, 300, 3), 20, np.uint8)
    boxes = [Box(40, 50, 10, 12), Box(200, 100, 20, 15), Box(290, 190, 8, 9)]
    colours = [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    for box, colour in zip(boxes, colours, strict=True):
        left, top = int(box.left), int(box.top)
        picture[top : top + int(box.height), left : left + int(box.width)] = colour
    sheet = Sheet.of(boxes).drawn(picture)
    assert sheet.shape == (2 * TILE, 2 * TILE, 3)
    middles = [(TILE // 2, TILE // 2), (TILE // 2, 3 * TILE // 2), (3 * TILE // 2, TILE // 2)]
    assert [tuple(sheet[place]) for place in middles] == colours
    red = (sheet[:TILE, :TILE, 0] > 100).sum(0)
    assert red.max() == pytest.approx(FACE, abs=4)
    assert not sheet[TILE:, TILE:].any()


@given(
    st.lists(
        st.tuples(st.floats(0, 280), st.floats(0, 180), st.floats(4, 90), st.floats(4, 90)),
        min_size=1,
        max_size=16,
    )
)
def test_what_is_found_on_the_sheet_lies_where_it_came_from(
    rows: list[tuple[float, float, float, float]],
) -> None:
    boxes = [Box(*row) for row in rows]
    sheet, seen = Sheet.of(boxes), []
    for number, box in enumerate(boxes):
        row, column = divmod(number, sheet.columns)
        scale = FACE / max(box.width, box.height)
        across, down = (column + 0.5) * TILE, (row + 0.5) * TILE
        width, height = box.width * scale, box.height * scale
        seen.append(face(Box(across - width / 2, down - height / 2, width, height)))
    for back, box in zip(sheet.back(seen), boxes, strict=True):
        sides = (back.box.left, back.box.top, back.box.width, back.box.height)
        assert sides == pytest.approx((box.left, box.top, box.width, box.height), abs=1e-3)
        assert back.landmarks[0] == pytest.approx(box.middle, abs=1e-3)


def test_what_is_found_where_no_tile_lies_is_left_out() -> None:
    sheet = Sheet.of([Box(0, 0, 10, 10)] * 3)
    assert sheet.back([face(Box(TILE + 30, TILE + 30, 40, 40))]) == []


def test_a_face_that_was_seen_twice_counts_once_with_its_better_score() -> None:
    once, twice = face(Box(10, 10, 40, 50), 0.6), face(Box(12, 11, 40, 50), 0.95)
    other = face(Box(100, 10, 40, 50), 0.7)
    assert one_for_each([once, other, twice]) == [twice, other]

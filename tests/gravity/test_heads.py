from __future__ import annotations

import math

import pytest

from foveate.geometry.box import Box
from foveate.geometry.fit import Window
from foveate.gravity.heads import head_box, heads
from foveate.values import Face

WHOLE = Box(0, 0, 1000, 800)


def face(
    x: float = 400, y: float = 300, *, roll: float = 0.0, nose: float = 0.0, score: float = 0.99
) -> Face:
    """A face of 100 x 130 pixels, leaning by degrees to the right, its nose off its middle."""
    turn = math.radians(roll)
    across, down = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    middle = x + 50, y + 65

    def at(right: float, below: float) -> tuple[float, float]:
        return (
            middle[0] + right * across[0] + below * down[0],
            middle[1] + right * across[1] + below * down[1],
        )

    marks = at(-20, -15), at(20, -15), at(40 * nose, 5), at(-15, 30), at(15, 30)
    return Face(Box(x, y, 100, 130), score, marks)


def test_a_head_has_hair_above_the_face_and_a_little_around_it() -> None:
    head = head_box(face())
    assert 300 - head.top == pytest.approx(0.45 * 130)
    assert (400 - head.left, head.right - 500) == pytest.approx((10, 10))
    assert 0 < head.bottom - 430 < 10


@pytest.mark.parametrize("roll", [-60, -30, 30, 60, 90, 180])
def test_hair_is_where_the_face_points(roll: float) -> None:
    head, straight = head_box(face(roll=roll)), head_box(face())
    aside = (head.right - straight.right) - (straight.left - head.left)
    assert (aside > 5) == (0 < roll < 180)
    assert (aside < -5) == (roll < 0)
    assert (head.bottom > straight.bottom + 40) == (roll == 180)
    assert (head.top < 300 - 0.35 * 130) == (abs(roll) < 60)


@pytest.mark.parametrize("roll", [0, 30, -50, 90, -90, 180])
def test_hair_is_a_part_of_the_head_however_it_leans(roll: float) -> None:
    (head,) = heads([face(roll=roll)], WHOLE)
    assert head.whole.contains(head.head)
    assert head.head.contains(head.hair)
    assert head.hair.contains(head.face)
    assert (head.hair.bottom > head.face.bottom + 1) == (abs(roll) == 180)
    assert (head.hair.top < head.face.top - 0.35 * 130) == (abs(roll) < 60)


def test_in_profile_the_back_of_the_head_is_where_the_nose_does_not_point() -> None:
    straight = head_box(face())
    left, right = head_box(face(nose=-0.5)), head_box(face(nose=0.5))
    assert left.right > straight.right + 30
    assert left.left == straight.left
    assert right.left < straight.left - 30
    assert right.right == straight.right


def test_the_largest_sure_face_matters_most_and_others_weigh_by_their_size() -> None:
    doubtful = Face(Box(0, 0, 300, 300), 0.7, ((0.0, 0.0),) * 5)
    small = Face(Box(700, 100, 50, 65), 0.99, ((0.0, 0.0),) * 5)
    found = heads([doubtful, small, face()], WHOLE)
    assert [head.face.width for head in found] == [100, 50, 300]
    assert [head.weight for head in found] == [1.0, 0.25, 1.0]
    assert [head.sure for head in found] == [True, True, False]


def test_heads_end_where_the_picture_does_and_trimmed_faces_are_none() -> None:
    (head,) = heads([face(y=10)], WHOLE)
    assert head.hair.top == head.whole.top == 0
    assert heads([face()], Box(460, 0, 540, 800)) == []
    (part,) = heads([face()], Box(430, 0, 570, 800))
    assert part.face == Box(430, 300, 70, 130)


def test_as_much_of_a_head_is_kept_as_fits() -> None:
    (head,) = heads([face()], WHOLE)
    tall, wide, narrow = Window(150, 200), Window(300, 140), Window(300, 50)
    assert [head.largest_in(each) for each in (tall, wide, narrow)] == [
        head.head,
        head.face,
        head.eyes,
    ]
    assert head.largest_in(Window(110, 185)) == head.hair
    assert head.largest_in(Window(30, 30)) is None
    assert head.face.contains(head.eyes)
    for x, y in face().landmarks[:2]:
        assert head.eyes.contains(Box(x - 5, y - 5, 10, 10))

"""Faces and boxes through the frames of an animation."""

from __future__ import annotations

from foveate.geometry.box import Box
from foveate.values import Face
from foveate.vision.tracks import followed, steady_faces

MARKS = ((1.0, 1.0),) * 5


def face(left: float, score: float = 0.9, top: float = 10) -> Face:
    return Face(Box(left, top, 40, 50), score, MARKS)


def test_a_face_that_is_missed_for_a_moment_is_where_it_must_be() -> None:
    frames = [[face(0)], [face(4)], [], [], [face(16)]]
    lefts = [[each.box.left for each in seen] for seen in steady_faces(frames, [False] * 4)]
    assert lefts == [[0], [4], [8], [12], [16]]


def test_a_face_that_is_in_doubt_for_a_moment_is_as_sure_as_ever() -> None:
    frames = [[face(0)], [face(0, 0.2)], [face(0)]]
    assert [seen[0].score for seen in steady_faces(frames, [False] * 2)] == [0.9] * 3


def test_boxes_that_tremble_tremble_less_and_are_not_late() -> None:
    frames = [[face(10 * number + (-1) ** number * 2)] for number in range(7)]
    steady = [seen[0].box.left for seen in steady_faces(frames, [False] * 6)]
    assert all(abs(left - 10 * number) < 0.1 for number, left in enumerate(steady[1:-1], 1))


def test_nobody_is_followed_beyond_the_end_of_a_scene() -> None:
    frames = [[face(0)], [], [face(8)]]
    seen = steady_faces(frames, [False, True])
    assert [len(each) for each in seen] == [1, 0, 1]
    assert seen[2][0].box.left == 8


def test_two_faces_that_pass_each_other_stay_two() -> None:
    frames = [[face(10 * n, 0.9, 0), face(100 - 10 * n, 0.8, 60)] for n in range(8)]
    for number, seen in enumerate(steady_faces(frames, [False] * 7)):
        assert [round(each.box.left) for each in seen] == [10 * number, 100 - 10 * number]


def test_a_person_is_followed_past_another_one() -> None:
    boxes = [[Box(10 * n, 0, 40, 80), Box(90 - 5 * n, 0, 40, 80)] for n in range(4)]
    swapped = [boxes[0], boxes[1], boxes[2][::-1], boxes[3]]
    assert followed(swapped, 0) == [0, 0, 1, 0]

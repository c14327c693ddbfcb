"""Whose face it is."""

from __future__ import annotations

from foveate.geometry.box import Box
from foveate.values import Face, Thing
from foveate.vision.whose import of_people, whose


def person(left: float, top: float, width: float, height: float, score: float) -> Thing:
    return Thing("person", Box(left, top, width, height), score)


BOY, MOTHER = person(3, 135, 272, 278, 0.7), person(207, 0, 430, 466, 0.87)
BEHIND = person(0, 0, 127, 295, 0.44)


def test_a_face_is_that_of_whose_head_belongs_there_not_of_the_smallest_box_around_it() -> None:
    faces = [Box(41, 181, 102, 126), Box(431, 0, 137, 161)]
    assert whose(faces, [BEHIND, BOY, MOTHER]) == [BOY, MOTHER]


def test_no_two_faces_are_one_person_s_and_one_without_a_body_is_nobody_s() -> None:
    one = person(499, 206, 138, 372, 0.75)
    faces = [Box(540, 213, 29, 38), Box(581, 220, 30, 38), Box(300, 400, 20, 20)]
    assert whose(faces, [one, MOTHER]) == [one, None, None]


def test_a_face_at_somebody_s_feet_is_not_his() -> None:
    assert whose([Box(60, 380, 30, 30)], [BOY]) == [None]


def test_a_face_on_a_thing_is_nobody_s_unless_somebody_is_there() -> None:
    face = Face(Box(81, 60, 390, 400), 0.99, ())
    pizza, driver = Thing("pizza", Box(20, 20, 600, 445), 0.87), person(60, 40, 430, 430, 0.4)
    assert of_people([face], [pizza]) == []
    assert of_people([face], [pizza, driver]) == [face]
    assert of_people([face], []) == [face]
    assert of_people([face], [Thing("couch", Box(0, 300, 640, 180), 0.8)]) == [face]
    boy = Face(Box(729, 283, 55, 64), 0.97, ())
    assert of_people([boy], [Thing("couch", Box(0, 60, 800, 480), 0.7)]) == [boy]
    assert of_people([face], [Thing("cat", Box(80, 58, 394, 404), 0.56)]) == [face]
    assert of_people([face], [pizza, person(500, 40, 100, 430, 0.9)]) == []

"""What is counted once: a thing and its part, a man and his pullover, a child in arms."""

from __future__ import annotations

from foveate.geometry.box import Box
from foveate.values import Thing
from foveate.vision.apart import apart

MAN = Thing("person", Box(0, 0, 100, 200), 0.9)


def person(box: Box, score: float) -> Thing:
    return Thing("person", box, score)


def test_a_thing_inside_a_larger_one_of_its_class_is_not_counted_again() -> None:
    whole, part = Thing("dog", Box(0, 0, 100, 200), 0.9), Thing("dog", Box(-5, 10, 60, 90), 0.6)
    cat = Thing("cat", part.box, 0.6)
    assert apart([part, whole, cat]) == [whole, cat]
    far = Thing("dog", Box(40, 40, 20, 60), 0.6)
    assert apart([whole, far]) == [whole, far]
    beside = Thing("dog", Box(-10, 10, 60, 90), 0.6)
    assert apart([whole, beside, whole]) == [whole, beside, whole]


def test_what_is_hardly_a_person_inside_of_another_one_is_a_pullover() -> None:
    pullover, behind = person(Box(36, 60, 33, 100), 0.36), person(Box(36, 60, 33, 100), 0.6)
    assert apart([MAN, pullover]) == [MAN]
    assert apart([MAN, behind]) == [MAN, behind]
    assert apart([pullover]) == [pullover]
    spectator = person(Box(80, 10, 10, 30), 0.36)
    assert apart([MAN, spectator]) == [MAN, spectator]


def test_a_thing_under_two_names_is_counted_by_the_surer_one() -> None:
    glass = Thing("cup", Box(810, 590, 180, 240), 0.69)
    again = Thing("bowl", Box(815, 640, 175, 185), 0.39)
    bowl = Thing("bowl", Box(950, 800, 290, 240), 0.6)
    assert apart([glass, bowl, again]) == [glass, bowl]
    assert apart([again]) == [again]
    even = Thing("bowl", glass.box, glass.score)
    assert apart([glass, even]) == [glass, even]
    child = person(Box(30, 20, 140, 260), 0.41)
    chair = Thing("chair", Box(10, 50, 150, 245), 0.73)
    assert apart([chair, child]) == [chair, child]


def test_a_sliver_without_an_area_is_a_thing_of_its_own() -> None:
    sliver, dog = Thing("dog", Box(0, 10, 0, 5), 0.9), Thing("dog", Box(0, 0, 100, 200), 0.6)
    assert apart([sliver]) == [sliver]
    assert apart([sliver, sliver, dog]) == [sliver, sliver, dog]


def test_whoever_has_a_face_is_no_chair() -> None:
    child, chair = person(Box(0, 0, 100, 200), 0.4), Thing("chair", Box(0, 0, 100, 210), 0.7)
    assert apart([chair, child]) == [chair]
    assert apart([chair, child], [Box(40, 15, 20, 25)]) == [chair, child]


def test_whoever_has_a_face_is_nobodys_part() -> None:
    child = person(Box(30, 60, 50, 100), 0.4)
    faces = [Box(40, 15, 20, 25), Box(47, 70, 15, 18)]
    assert apart([MAN, child], faces) == [MAN, child]
    assert apart([MAN, child], faces[:1]) == [MAN]

from __future__ import annotations

from dataclasses import replace
from math import atan2, degrees
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vision_fakes import Network, face_at

from foveate.errors import BadSettings
from foveate.geometry import Box
from foveate.values import Face
from foveate.vision.align import Pyramid
from foveate.vision.attributes import ON_REQUEST, AttributeReader, readings_for
from foveate.vision.readings import (
    AGE_GENDER,
    EMOTIONS,
    EXPRESSION,
    GEAR,
    HEAD_POSE,
    LIVENESS,
    RACES,
    READINGS,
    age_range,
    ages,
    emotions,
    genders,
    liveness,
    poses,
    races,
    without_mean,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.ports import Session
    from foveate.vision.readings import Reading

Array = np.ndarray[Any, np.dtype[Any]]


def one(*outputs: Sequence[float]) -> list[Array]:
    return [np.array([values], np.float32) for values in outputs]


def rows(*outputs: Array) -> Callable[[Array], Sequence[Array]]:
    return lambda pixels: [np.tile(output, (len(pixels), 1)) for output in outputs]


def at(index: int, length: int) -> Array:
    return np.eye(length, dtype=np.float32)[index]


def networks(**changes: Any) -> dict[str, Network]:
    """Each card's network: a man of 40 who is happy and looks to the right of the picture."""
    answers = {
        "age-gender": rows(np.array([40], np.float32), np.array([0.9, 0.1], np.float32)),
        "expression": rows(at(1, 7)),
        "gear": rows(at(2, 5), np.zeros(2, np.float32), np.zeros(7, np.float32)),
        "head-pose": rows(*(50 * at(bin_, 66) for bin_ in (23, 33, 34))),
        "liveness": rows(np.array([2, 0, 0], np.float32)),
        **changes,
    }
    return {card: Network(answer) for card, answer in answers.items()}


def reader_of(known: dict[str, Network], *words: str) -> AttributeReader:
    return AttributeReader(lambda card: lambda: known[card], words)


RGB = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
FACES = [face_at(40, 60, 112), face_at(200, 80, 150), face_at(390, 290, 30)]


def test_nothing_that_judges_people_is_guessed_unless_asked_for() -> None:
    known = networks()
    (read,) = reader_of(known)(RGB, FACES[:1])
    assert (read.age, read.gender, read.emotion, read.race) == (None, None, None, None)
    assert (read.pose.yaw, read.pose.pitch, read.pose.roll) == pytest.approx((30, 0, 3))
    assert read.liveness == pytest.approx(np.exp(2) / (np.exp(2) + 2))
    assert read.quality.size == pytest.approx(1)
    assert {card for card, network in known.items() if network.seen} == {"head-pose", "liveness"}


@pytest.mark.parametrize("word", ON_REQUEST)
def test_one_word_switches_on_one_guess(word: str) -> None:
    (read,) = reader_of(networks(), word)(RGB, FACES[:1])
    assert [name for name in ON_REQUEST if getattr(read, name) is not None] == [word]


def test_everything_at_once_for_every_face() -> None:
    known = networks()
    answers = reader_of(known, *ON_REQUEST)(RGB, FACES)
    assert len(answers) == 3
    for read in answers:
        assert read.gender is not None
        assert read.gender["male"] > read.gender["female"]
        assert read.emotion == {name: float(name == "happy") for name in EMOTIONS}
        assert read.race == {name: float(name == "asian") for name in RACES}
        assert read.age == 40
    assert answers[0].quality.size > answers[2].quality.size


def test_each_network_gets_its_own_kind_of_input() -> None:
    known = networks()
    reader_of(known, *ON_REQUEST)(RGB, FACES)
    shapes = {
        card: (network.names[0], network.seen[0].shape[1:]) for card, network in known.items()
    }
    assert shapes == {
        "age-gender": ("input", (3, 112, 112)),
        "expression": ("input", (3, 112, 112)),
        "gear": ("input_1", (198, 198, 3)),
        "head-pose": ("input", (3, 224, 224)),
        "liveness": ("input", (3, 128, 128)),
    }
    seen = [tensor for network in known.values() for tensor in network.seen]
    assert all(tensor.dtype == np.float32 and tensor.flags.c_contiguous for tensor in seen)


def test_faces_keep_their_order() -> None:
    def told_by_brightness(pixels: Array) -> Sequence[Array]:
        bright = pixels.mean((1, 2, 3))
        return (np.stack([bright / 50, np.zeros_like(bright), np.zeros_like(bright)], axis=1),)

    rgb = np.zeros((400, 1200, 3), np.uint8)
    rgb[:, 400:800], rgb[:, 800:] = 100, 250
    faces = [face_at(left, 150, 60) for left in (970, 170, 570)]
    read = reader_of(networks(liveness=told_by_brightness))(rgb, faces)
    assert np.argsort([face.liveness for face in read]).tolist() == [1, 2, 0]


def test_without_faces_nothing_is_loaded() -> None:
    def load(card: str) -> Callable[[], Session]:
        return lambda: pytest.fail(f"there was nothing to read with {card}")

    assert AttributeReader(load, ON_REQUEST)(RGB, []) == ()


def test_the_name_says_what_is_guessed_whatever_the_order() -> None:
    names = [
        reader_of({}, *words).name for words in ((), ("age",), ("race", "age"), ("age", "race"))
    ]
    assert len(set(names)) == 3
    assert names[2] == names[3]


def test_a_word_that_nobody_knows_is_named() -> None:
    with pytest.raises(BadSettings, match="age, gender, emotion, race; got beauty"):
        readings_for(["age", "beauty"])


def test_the_mean_of_several_looks_counts() -> None:
    counter = iter(range(100))

    def in_turn(pixels: Array) -> Sequence[Array]:
        return (np.stack([at(next(counter) % 2, 7) for _ in pixels]),)

    network = Network(in_turn)
    twice = replace(EXPRESSION, looks=EXPRESSION.looks * 2)
    (output,) = twice(network, Pyramid(RGB), FACES)
    assert output[:, :3].tolist() == [[0.5, 0.5, 0]] * 3


# What the numbers mean.


def test_an_age_is_in_years_and_nobody_is_younger_than_none() -> None:
    assert ages(one([34.5])) == [34.5]
    assert ages(one([-0.7])) == [0]


def test_the_range_of_an_age_widens_with_it() -> None:
    assert [age_range(years) for years in (0.0, 1.4, 5.0, 30.0, 80.0)] == [
        (0, 2),
        (0, 3),
        (3, 7),
        (21, 39),
        (69, 91),
    ]


@given(st.floats(0, 110))
def test_an_age_lies_in_its_range(years: float) -> None:
    low, high = age_range(years)
    assert 0 <= low <= years <= high


def test_of_two_genders_the_network_names_the_male_first() -> None:
    assert genders(one([40], [0.75, 0.25])) == [{"female": 0.25, "male": 0.75}]


def test_emotions_are_named_in_the_order_of_the_network() -> None:
    (read,) = emotions(one([0.1, 0.3, 0.15, 0.05, 0.2, 0.13, 0.07]))
    assert read == pytest.approx(
        {
            "neutral": 0.1,
            "happy": 0.3,
            "sad": 0.15,
            "angry": 0.05,
            "fear": 0.2,
            "disgust": 0.13,
            "surprise": 0.07,
        }
    )


def test_races_are_named_in_the_order_of_the_network() -> None:
    (read,) = races(one([0.1, 0.2, 0.3, 0.15, 0.25]))
    assert read == pytest.approx(
        {"white": 0.1, "black": 0.2, "asian": 0.3, "indian": 0.15, "other": 0.25}
    )


def test_pose_is_in_degrees_and_positive_to_the_right_and_up() -> None:
    left, ahead, up = (50 * at(bin_, 66) for bin_ in (43, 33, 43))
    (read,) = poses(one(left, up, ahead))
    assert (read.yaw, read.pitch, read.roll) == pytest.approx((-30, 30, 0))


def test_liveness_is_the_first_of_three() -> None:
    assert liveness(one([100, 0, 0])) == [1]
    assert liveness(one([0, 0, 0])) == pytest.approx([1 / 3])


# What the networks see.


def test_planes_of_red_green_and_blue_without_the_mean() -> None:
    pixels = np.array([[[[10, 20, 30], [255, 0, 0]]]], np.float32)
    planes = without_mean(pixels)
    assert planes.shape == (1, 3, 1, 2)
    expected = [(10 - 122.782) / 255, (20 - 117.001) / 255, (30 - 104.298) / 255]
    assert planes[0, :, 0, 0] == pytest.approx(expected)
    assert planes[0, 0, 0, 1] == pytest.approx((255 - 122.782) / 255)


def test_age_is_read_of_a_box_amid_black_and_emotion_of_a_square() -> None:
    white = Pyramid(np.full((300, 300, 3), 255, np.uint8))
    slim = replace(SHE, box=Box(100, 100, 46, 92))
    age, look = (reading.crops(white, slim)[0] for reading in (AGE_GENDER, EXPRESSION))
    assert age.any(2).sum(1).tolist() == [56] * 112
    assert look.all()


@pytest.mark.parametrize("reading", [AGE_GENDER, EXPRESSION], ids=lambda r: r.card)
def test_a_face_that_leans_is_read_upright(reading: Reading) -> None:
    """Of a picture that lies on its side the same pixels are seen."""
    box, marks = Box(150, 100, 60, 60), face_at(150, 100, 60).landmarks
    there = reading.crops(Pyramid(RGB), Face(box, 1, marks))[0].astype(int)
    rolled = np.ascontiguousarray(np.rot90(RGB, -1))
    lying = Face(Box(140, 150, 60, 60), 1, tuple((299 - y, x) for x, y in marks))
    found = reading.crops(Pyramid(rolled), lying)[0]
    assert np.abs(found.astype(int) - there).max() <= 1


# With the real networks, on the astronaut: she smiles into the camera.

SHE = Face(
    Box(177.75, 56.89, 95.3, 120.4),
    0.99948,
    ((204.75, 100.99), (247.28, 103.39), (223.64, 129.45), (202.59, 138.21), (244.45, 140.42)),
)


def mirrored(face: Face, width: int) -> Face:
    box, order = face.box, (1, 0, 2, 4, 3)
    marks = tuple((width - 1 - face.landmarks[n][0], face.landmarks[n][1]) for n in order)
    return Face(Box(width - box.right, box.top, box.width, box.height), face.score, marks)


@pytest.fixture
def real(network: Callable[[str], Session]) -> AttributeReader:
    opened = {reading.card: network(reading.card) for reading in READINGS}
    return AttributeReader(lambda card: lambda: opened[card], ON_REQUEST)


@pytest.mark.models
def test_the_astronaut_smiles(real: AttributeReader, portrait: Array) -> None:
    (read,) = real(portrait, [SHE])
    assert read.emotion is not None
    assert read.gender is not None
    assert read.race is not None
    assert read.emotion["happy"] > 0.95
    assert read.gender["female"] > 0.5
    assert max(read.race, key=read.race.__getitem__) == "white"
    assert read.age is not None
    assert 30 < read.age < 45
    assert read.liveness > 0.5
    assert read.quality.score > 0.5


@pytest.mark.models
def test_in_a_mirror_yaw_and_roll_change_sign(real: AttributeReader, portrait: Array) -> None:
    (there,) = real(portrait, [SHE])
    (back,) = real(np.ascontiguousarray(portrait[:, ::-1]), [mirrored(SHE, 512)])
    assert back.pose.yaw == pytest.approx(-there.pose.yaw, abs=6)
    assert back.pose.roll == pytest.approx(-there.pose.roll, abs=6)
    assert back.pose.pitch == pytest.approx(there.pose.pitch, abs=4)
    (left, top), (right, bottom) = SHE.landmarks[:2]
    assert there.pose.roll == pytest.approx(degrees(atan2(bottom - top, right - left)), abs=5)


@pytest.mark.models
@pytest.mark.parametrize(
    "reading", [AGE_GENDER, EXPRESSION, GEAR, HEAD_POSE, LIVENESS], ids=lambda r: r.card
)
def test_several_faces_at_once_are_read_as_one_by_one(
    reading: Any, network: Callable[[str], Session], portrait: Array
) -> None:
    faces = [SHE, face_at(100, 40, 200), face_at(400, 300, 150)]
    session, picture = network(reading.card), Pyramid(portrait)
    together = reading(session, picture, faces)
    for number, face in enumerate(faces):
        alone = reading(session, picture, [face])
        for many, single in zip(together, alone, strict=True):
            assert many[number] == pytest.approx(single[0], abs=1e-3)

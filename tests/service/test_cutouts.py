"""Cut-outs of things by class, and of one of several people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import Things, analyses, picture, soon

from foveate.classes import ANY
from foveate.geometry.box import Box, Point, Size
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.service.parts.outlines import MEMORY_BYTES, MOST, chosen
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.transform.layout import parts_of
from foveate.values import Thing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

SIZE = Size(320, 240)
CAR, DOG = (60, 120), (250, 120)
GROUND = (160, 20)
KEPT_DROPPED = "segment.keep=cat,segment.drop=dog,format=png"
PEOPLE = [
    Thing("person", Box(200, 40, 60, 180), 0.9),
    Thing("person", Box(20, 60, 50, 160), 0.8),
    Thing("person", Box(120, 100, 20, 60), 0.7),
    Thing("dog", Box(100, 150, 60, 60), 0.9),
]


@pytest.fixture
def blocks() -> bytes:
    """A red block at the left, a blue one at the right, which the stand-ins see as car and dog."""
    rgb = np.full((SIZE.height, SIZE.width, 3), 120, np.uint8)
    rgb[80:160, 30:90] = (250, 10, 10)
    rgb[80:160, 220:280] = (10, 10, 250)
    data: bytes = from_array(rgb).pngsave_buffer()
    return data


def render(data: bytes, text: str, seeing: Analyses | None = None) -> Rendition:
    verb = Renderer(analyses=seeing or analyses(), limits=Limits(), encoding=Encoding())
    return verb(picture(data), parse_options(text).options, deadline=soon())


def alphas(made: Rendition) -> list[float]:
    image = Image.new_from_buffer(made.data, "")
    return [image(*place)[-1] for place in (CAR, DOG, GROUND)]


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("segment.keep=dog", [0, 255, 0]),
        ("segment.keep=car", [255, 0, 0]),
        ("segment.keep=car|dog", [255, 255, 0]),
        ("segment.keep=any,segment.drop=dog", [255, 0, 0]),
    ],
)
def test_what_is_kept_is_all_that_is_left(
    option: str, expected: list[float], blocks: bytes
) -> None:
    assert alphas(render(blocks, f"{option},format=png")) == expected


def test_what_is_dropped_is_cut_out_of_the_subject(blocks: bytes) -> None:
    whole = alphas(render(blocks, "segment=foreground,format=png"))
    without_dog = alphas(render(blocks, "segment.drop=dog,format=png"))
    assert without_dog == [whole[0], 0, whole[2]]


def test_where_everything_was_dropped_nothing_is_left(blocks: bytes) -> None:
    made = render(blocks, "segment.keep=dog,segment.drop=dog,format=png")
    assert alphas(made) == [0, 0, 0]


def test_where_nothing_is_to_be_kept_the_picture_stays_and_the_answer_says_so(
    blocks: bytes,
) -> None:
    made = render(blocks, "segment.keep=dining-table|cat,format=png")
    assert made.headers["Foveate-Note"] == "no cat or dining-table was found to be cut out"
    assert Image.new_from_buffer(made.data, "").bands == 3
    assert "Foveate-Note" not in render(blocks, "segment.keep=dog").headers


def test_what_is_found_is_cut_out_however_small_it_is() -> None:
    rgb = np.full((480, 640, 3), 120, np.uint8)
    rgb[200:212, 300:312] = (10, 10, 250)
    made = render(from_array(rgb).pngsave_buffer(), "segment.keep=dog,format=png")
    image = Image.new_from_buffer(made.data, "")
    assert (image(306, 206)[-1], image(100, 100)[-1]) == (255, 0)
    assert "Foveate-Note" not in made.headers


def test_without_a_subject_the_picture_stays_but_for_what_is_dropped(blocks: bytes) -> None:
    made = render(blocks, "segment.person=1,segment.drop=dog,format=png")
    assert alphas(made) == [255, 0, 255]
    note = "no such person was found to be cut out (found: no people)"
    assert made.headers["Foveate-Note"] == note
    plain = render(from_array(np.full((90, 90, 3), 200, np.uint8)).pngsave_buffer(), KEPT_DROPPED)
    assert Image.new_from_buffer(plain.data, "").extract_band(3).min() == 255


def test_the_note_calls_any_thing_a_thing() -> None:
    made = render(from_array(np.zeros((90, 90, 3), np.uint8)).pngsave_buffer(), "segment.keep=any")
    assert made.headers["Foveate-Note"] == "no thing was found to be cut out"


def test_a_crop_can_be_cut_to_what_is_kept(blocks: bytes) -> None:
    made = Image.new_from_buffer(render(blocks, "segment.keep=dog,segment.trim=true").data, "")
    assert (made.width, made.height) == pytest.approx((63, 83), abs=3)


@pytest.mark.parametrize(
    ("person", "lefts"),
    [(1, [20]), (2, [120]), (3, [200]), (4, []), (Point(0.7, 0.5), [200]), (Point(0, 0), [])],
)
def test_people_are_counted_from_the_left_or_meant_by_where_they_stand(
    person: int | Point, lefts: Sequence[float]
) -> None:
    assert [thing.box.left for thing in chosen(PEOPLE, (), person, SIZE)] == lefts


class Doubtful(Things):
    """Sees a man, his pullover inside of him, and the second one, where the blocks are."""

    def __call__(
        self, thumbnail: Callable[[Size], NDArray[np.uint8]], size: Size
    ) -> tuple[Thing, ...]:
        car, dog = (thing.box for thing in super().__call__(thumbnail, size))
        pullover = Box(car.left + car.width / 2, car.top + 20, car.width / 2 - 2, 40)
        seen = ((car, 0.9), (pullover, 0.36), (dog, 0.9))
        return tuple(Thing("person", box, score) for box, score in seen)


def test_a_pullover_is_not_the_second_person(blocks: bytes) -> None:
    for number, expected in ((1, [255, 0, 0]), (2, [0, 255, 0])):
        text = f"segment.person={number},format=png"
        assert alphas(render(blocks, text, analyses(objects=Doubtful()))) == expected
    third = render(blocks, "segment.person=3", analyses(objects=Doubtful()))
    note = "no such person was found to be cut out (found: two people)"
    assert third.headers["Foveate-Note"] == note
    face = render(blocks, "segment.person=face:3", analyses(objects=Doubtful()))
    assert face.headers["Foveate-Note"].endswith("(found: a face, two people)")


def test_a_place_on_a_pullover_means_who_wears_it() -> None:
    pullover = Thing("person", Box(205, 90, 40, 60), 0.36)
    assert chosen([*PEOPLE, pullover], (), Point(0.7, 0.5), SIZE) == PEOPLE[:1]


def test_one_person_comes_beside_what_is_kept() -> None:
    labels = [thing.label for thing in chosen(PEOPLE, ("dog",), 3, SIZE)]
    assert sorted(labels) == ["dog", "person"]
    assert len(chosen(PEOPLE, (ANY,), 1, SIZE)) == len(PEOPLE)


def test_of_a_crowd_the_largest_are_outlined() -> None:
    crowd = [Thing("person", Box(n, 0, 10 + n, 10), 0.5) for n in range(MOST + 5)]
    assert min(thing.box.left for thing in chosen(crowd, ("person",), None, SIZE)) == 5


def test_what_an_analysis_does_not_list_is_not_cut_out_either(blocks: bytes) -> None:
    made = render(blocks, "segment.keep=dog,format=png", seeing=analyses(objects=Things(0.34)))
    assert made.headers["Foveate-Note"] == "no dog was found to be cut out"


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("segment.drop=spoon", "no spoon was found to be dropped"),
        ("segment.keep=dog|cat", "no cat was found to be cut out"),
        (
            "segment.keep=dog,segment.person=1",
            "no such person was found to be cut out (found: no people)",
        ),
        (
            "segment.keep=dog|cat,segment.drop=spoon",
            "no cat was found to be cut out; no spoon was found to be dropped",
        ),
    ],
)
def test_what_was_named_and_not_found_is_said_and_the_rest_is_done(
    asked: str, note: str, blocks: bytes
) -> None:
    made = render(blocks, f"{asked},format=png")
    assert made.headers["Foveate-Note"].endswith(note)
    assert alphas(made)[2] == 0
    told = json.loads(render(blocks, f"{asked},format=json,explain=true").data)["foveate"]
    assert told["note"].endswith(note)
    seen = {thing["label"] for thing in told["cut_out"]}
    assert seen == ({"dog"} if "dog" in asked else set())


def test_outlines_count_in_what_a_rendition_takes(blocks: bytes) -> None:
    verb = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    plain, by_class = (
        verb.prepare(picture(blocks), parse_options(text).options).memory_bytes
        for text in ("width=80,format=png", "width=80,format=png,segment.keep=dog")
    )
    assert by_class - plain >= MEMORY_BYTES


def test_a_rendition_depends_on_faces_only_where_one_names_the_person() -> None:
    by_face = parts_of(parse_options("segment.person=face:1").options)
    assert {"outlines", "objects", "faces"} <= by_face
    assert "faces" not in parts_of(parse_options("segment.person=1").options)
    assert "matte" not in by_face
    assert "matte" in parts_of(parse_options("segment.drop=dog").options)

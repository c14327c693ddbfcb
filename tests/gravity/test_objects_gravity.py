"""Crops around things: which are kept, where they lie, and what happens where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.classes import CLASSES, Wanted
from foveate.geometry.box import Box, Point, Size
from foveate.geometry.fit import Window
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.gravity.heads import fits
from foveate.gravity.objects import AroundObjects, kept_of, together
from foveate.options.grammar import parse_options
from foveate.values import Face, Thing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.gravity.framing import Framing

SIZE = Size(1000, 600)
WHOLE, SQUARE = Box(0, 0, 1000, 600), Window(600, 600)
DOG, CAR, CUP = Box(60, 300, 200, 150), Box(700, 200, 240, 200), Box(450, 100, 40, 50)


@dataclass
class Seen:
    """An analysis whose answers are given; what draws the eye is at a place."""

    things: tuple[Thing, ...] = ()
    salient: Point = Point(0.5, 0.5)  # noqa: RUF009 - it is frozen
    size: Size = SIZE

    def known_text(self) -> list[Box]:
        return []

    def objects(self) -> tuple[Thing, ...]:
        return self.things

    def faces(self) -> list[Face]:
        return []

    def saliency(self) -> NDArray[np.float32]:
        values = np.full((36, 60), 0.005, np.float32)
        values[int(self.salient.y * 35), int(self.salient.x * 59)] = 1.0
        return values

    def people(self) -> NDArray[np.float32]:
        return np.zeros((36, 60), np.float32)

    def known_people(self) -> list[Box]:
        return []

    def known_matte(self) -> None:
        return None


def things(**boxes: Box) -> tuple[Thing, ...]:
    return tuple(Thing(label, box, 0.8) for label, box in boxes.items())


def framed(options: str, seen: Seen, window: Window = SQUARE, within: Box = WHOLE) -> Framing:
    asked = parse_options(f"fit=cover,width=60,height=60,{options}").options
    return gravity_for(asked, Orientation()).frame(within, window, seen)  # type: ignore[arg-type]


ALL = Seen(things(dog=DOG, car=CAR, cup=CUP))


def test_a_thing_of_the_class_is_centred() -> None:
    framing = framed("gravity=object:dog", ALL, Window(300, 600))
    assert framing.box.middle[0] == pytest.approx(DOG.middle[0])
    assert (framing.gravity, framing.fell_back) == ("object", False)
    assert framing.focus == Point(DOG.middle[0] / 1000, DOG.middle[1] / 600)


def test_all_things_that_fit_are_kept_whole() -> None:
    framing = framed("gravity=object", ALL, Window(900, 506))
    assert all(framing.box.contains(box) for box in (DOG, CAR, CUP))


def test_where_not_all_fit_the_largest_is_kept_and_what_fits_beside_it() -> None:
    framing = framed("gravity=object", ALL)
    assert framing.box.contains(CAR)
    assert framing.box.contains(CUP)
    assert framing.box.overlap(DOG) is None


def test_a_weight_counts_before_size() -> None:
    framing = framed("gravity=object:dog:2|any", ALL)
    assert framing.box.contains(DOG)
    assert not framing.box.contains(CAR)
    unwanted = framed("gravity=object:any|car:0", ALL, Window(500, 600))
    assert unwanted.box.contains(DOG)
    assert unwanted.box.contains(CUP)


def test_so_many_of_the_largest_are_kept() -> None:
    assert framed("gravity=object,objects=largest", ALL).box.middle[0] > 690
    two = kept_of(ALL.things, (), 2, WHOLE)
    assert [thing.box for thing in two] == [CAR, DOG]


def test_a_larger_thing_in_the_background_does_not_outweigh_a_sure_one_of_its_size() -> None:
    doubtful = (Thing("car", CAR, 0.3), Thing("car", Box(60, 200, 230, 200), 0.9))
    assert framed("gravity=object:car", Seen(doubtful)).box.contains(doubtful[1].box)


def test_without_such_a_thing_looks_decide_and_the_answer_says_so() -> None:
    framing = framed("gravity=object:zebra", Seen(ALL.things, Point(0.9, 0.5)))
    assert (framing.gravity, framing.fell_back) == ("saliency", True)
    assert framing.box.contains(Box(890, 290, 10, 10))


def test_a_thing_that_does_not_fit_shows_the_part_of_it_that_draws_the_eye() -> None:
    bus = Seen(things(bus=Box(100, 50, 800, 500)), Point(0.2, 0.2))
    framing = framed("gravity=object:bus", bus, Window(300, 300))
    assert framing.gravity == "object"
    assert framing.box.has(200, 120)
    assert Box(100, 50, 800, 500).contains(framing.box)


def test_the_first_thing_is_shown_in_part_even_where_a_surer_smaller_one_would_fit() -> None:
    dog = Thing("dog", Box(400, 40, 400, 560), 0.57)
    bowl = Thing("bowl", Box(280, 405, 155, 120), 0.77)
    wide = Window(800, 300)
    both = framed("gravity=object:person:0|any", Seen((bowl, dog), Point(0.6, 0.2)), wide)
    assert dog.box.overlap(both.box)
    assert not both.box.contains(bowl.box)
    named = framed("gravity=object:bowl:2|any", Seen((bowl, dog), Point(0.6, 0.2)), wide)
    assert named.box.contains(bowl.box)


@dataclass
class Crowded(Seen):
    """People who were found by their bodies, as whoever looks for things finds them."""

    def known_people(self) -> list[Box]:
        return [thing.box for thing in self.things if thing.label == "person"]


def test_where_looks_decide_people_who_were_found_keep_their_heads() -> None:
    body = Box(300, 60, 180, 520)
    at_the_feet = Point(0.4, 0.9)
    for seen, whole in ((Seen, False), (Crowded, True)):
        framing = framed(
            "gravity=object:zebra", seen(things(person=body), at_the_feet), Window(400, 400)
        )
        assert framing.fell_back
        assert framing.box.contains(Box(300, 60, 180, 130)) is whole


def test_a_trim_takes_away_what_lies_outside_of_it() -> None:
    right = Box(500, 0, 500, 600)
    framing = framed("gravity=object:dog|car", ALL, Window(300, 600), right)
    assert right.contains(framing.box)
    assert framing.box.contains(CAR)
    assert framed("gravity=object:dog", ALL, Window(300, 600), right).fell_back


def test_there_is_room_around_a_thing_where_that_can_be() -> None:
    near_edge = Seen(things(dog=Box(380, 100, 236, 300)))
    framing = framed("gravity=object:dog", near_edge, Window(280, 600))
    assert framing.box.left <= 380 - 14
    tight = framed("gravity=object:dog", near_edge, Window(240, 600))
    assert tight.box.contains(Box(380, 100, 236, 300))


def test_zoom_is_as_tight_as_what_fits_however_far_others_are() -> None:
    box = framed("gravity=object,zoom=1", ALL).box
    assert box.width < SQUARE.width
    assert box.contains(CAR)
    assert box.contains(CUP)


def test_zoom_is_as_tight_as_the_things() -> None:
    loose, near = (framed(f"gravity=object:dog,zoom={zoom}", ALL).box for zoom in (0, 1))
    assert near.width < loose.width / 2
    assert near.contains(DOG)


def test_nobodys_head_is_cut_for_a_thing_if_there_is_a_way() -> None:
    person = Box(320, 100, 120, 400)
    seen = Seen(things(dog=DOG, person=person))
    framing = framed("gravity=object:dog", seen, Window(400, 600))
    head = Box(320, 100, 120, 100)
    assert framing.box.contains(DOG)
    assert framing.box.overlap(head) is None or framing.box.contains(head)


BOX = st.builds(
    lambda left, top, width, height: Box(
        left * (1000 - width), top * (600 - height), width, height
    ),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(8, 400),
    st.floats(8, 300),
)
THINGS = st.lists(
    st.builds(Thing, st.sampled_from(CLASSES[:4]), BOX, st.floats(0.3, 1)), min_size=1, max_size=8
).map(tuple)


@given(THINGS, st.floats(60, 1000), st.floats(60, 600), st.floats(0, 1))
def test_what_matters_most_is_never_cut_where_it_fits(
    seen: tuple[Thing, ...], width: float, height: float, zoom: float
) -> None:
    window, classes = Window(width, height), (Wanted("person", 3), Wanted("any", 1))
    strategy = AroundObjects(fallback=None, classes=classes, zoom=zoom)  # type: ignore[arg-type]
    kept = kept_of(seen, classes, "all", WHOLE)
    if not fits(kept[0].box, window):
        return
    box = strategy.frame(WHOLE, window, Seen(seen)).box  # type: ignore[arg-type]
    assert WHOLE.contains(box)
    for thing in together(kept, window):
        assert box.contains(thing.box)
    assert kept[0].weight == max(thing.weight for thing in kept)

"""Captions, of words and counts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.classes import CLASSES
from foveate.geometry.box import Box
from foveate.service.captions import Counted, caption
from foveate.values import Thing
from foveate.vision.tags import Tag
from foveate.vision.vocabulary import KIND_OF, SPELLED, Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

DOG = Tag("dog", 0.9, Kind.THING)
BEAGLE = Tag("Beagle", 0.7, Kind.NAME)
ANIMAL = Tag("animal", 0.95, Kind.BROADER)
OUTDOORS = Tag("outdoors", 0.8, Kind.BROADER)


def said(
    *labels: Tag,
    objects: Iterable[tuple[str, float] | tuple[str, float, int]] = (),
    faces: int | None = None,
    filled: bool = False,
) -> str:
    """Return the caption; of objects are given class, score and, unless it is 10, the side."""
    things = [_thing(place, *each) for place, each in enumerate(objects)]
    return caption(labels, Counted(faces=faces, objects=things, filled=filled)).text


def _thing(place: int, label: str, score: float, side: int = 10) -> Thing:
    return Thing(label, Box(100 * place, 0, side, side), score)


def test_the_everyday_word_is_said_and_where_it_is() -> None:
    assert said(ANIMAL, DOG, BEAGLE, OUTDOORS) == "a dog, outdoors"


def test_of_unsure_things_what_they_have_in_common_is_said() -> None:
    cat = Tag("cat", 0.45, Kind.THING)
    assert said(ANIMAL, cat, Tag("dog", 0.45, Kind.THING)) == "an animal"


@pytest.mark.parametrize("labels", [(), (Tag("dog", 0.49, Kind.THING),), (BEAGLE,)])
def test_where_nothing_is_sure_a_photo_is_a_photo(labels: tuple[Tag, ...]) -> None:
    assert said(*labels) == "a photo"
    assert caption(labels).alt == "A photo."


def test_people_are_counted_by_faces_or_by_bodies_whichever_are_more() -> None:
    people = [("person", 0.9), ("person", 0.5)]
    assert said(DOG, faces=1, objects=people) == "two people and a dog"
    assert said(DOG, faces=3, objects=people) == "three people and a dog"
    assert said(faces=0) == "a photo"
    assert said(faces=14) == "14 people"


def test_after_people_comes_what_is_large_and_sure() -> None:
    small = [("chair", 0.6, 10), ("chair", 0.6, 10), ("chair", 0.6, 10)]
    large = [("pizza", 0.7, 60), ("person", 0.9, 5), ("toilet", 0.6, 50)]
    assert said(objects=[*small, *large]) == "a person, a pizza and a toilet"
    assert said(objects=[*small, ("cup", 0.5, 17)]) == "three chairs and a cup"
    unsure = [("cake", 0.9, 50), ("couch", 0.51, 60)]
    assert said(objects=unsure) == "a cake and a couch"


def test_what_lies_on_a_table_is_more_than_the_table() -> None:
    table = Thing("dining table", Box(0, 0, 90, 90), 0.7)
    cake, fork = Thing("cake", Box(5, 5, 60, 60), 0.7), Thing("fork", Box(70, 5, 15, 80), 0.6)
    told = caption([], Counted(objects=[table, fork, cake])).text
    assert told == "a cake, a dining table and a fork"


def test_nothing_is_said_of_what_is_in_doubt_beside_something_sure() -> None:
    toilet, cake = ("toilet", 0.42, 90), ("cake", 0.7, 30)
    assert said(objects=[toilet, cake]) == "a cake"
    assert said(objects=[toilet], faces=1) == "a person"
    assert said(objects=[("person", 0.4), toilet]) == "a person"
    assert said(objects=[toilet]) == "a toilet"
    assert said(DOG, objects=[toilet]) == "a toilet and a dog"
    assert said(objects=[cake, ("cake", 0.4)]) == "two cakes"


def test_what_is_counted_is_not_said_again_by_its_word() -> None:
    assert said(DOG, ANIMAL, objects=[("dog", 0.8), ("dog", 0.6)]) == "two dogs"
    assert said(ANIMAL, objects=[("cat", 0.8)]) == "a cat"
    assert said(DOG, objects=[("person", 0.9), ("cup", 0.9)]) == "a person, a cup and a dog"


def test_an_animal_of_the_whole_picture_is_no_other_one_in_a_box() -> None:
    cat = Tag("cat", 0.95, Kind.THING)
    assert said(cat, objects=[("dog", 0.6)]) == "a cat"
    assert said(cat, objects=[("dog", 0.97)]) == "a dog and a cat"
    assert said(cat, objects=[("cup", 0.6)]) == "a cup and a cat"
    assert said(Tag("cat", 0.3, Kind.THING), objects=[("dog", 0.45)]) == "a dog"


def test_a_tag_names_no_other_animal_beside_ones_that_it_cannot_name_or_that_fill_all() -> None:
    cat, coffee = Tag("wild cat", 0.8, Kind.THING), Tag("coffee", 0.7, Kind.THING)
    giraffes = [("giraffe", 0.7), ("giraffe", 0.6)]
    assert said(cat, ANIMAL, objects=giraffes) == "two giraffes"
    assert said(cat, coffee, objects=giraffes) == "two giraffes and coffee"
    assert said(cat, objects=[("cow", 0.9)], filled=True) == "a cow"
    assert said(cat, objects=[("cow", 0.9)]) == "a cow and a wild cat"


def test_coffee_is_not_counted() -> None:
    assert said(Tag("coffee", 0.9, Kind.THING)) == "coffee"


def test_the_alt_text_is_a_plain_sentence_that_reads_short_text_out() -> None:
    assert caption([DOG, OUTDOORS]).alt == "A dog, outdoors."
    stop = Counted(text=["STOP"])
    assert caption([], stop).alt == "A photo, with the text “STOP”."
    assert caption([DOG], Counted(text=["a" * 50])).alt == "A dog, with text."
    assert caption([DOG], Counted(text=[])).alt == "A dog."
    assert caption([DOG], stop).text == "a dog"


@pytest.mark.parametrize(
    ("thing", "word", "text"),
    [
        ("potted plant", "plant", "a potted plant"),
        ("potted plant", "daisy", "a potted plant"),
        ("hair drier", "hair dryer", "a hair drier"),
        ("stop sign", "street sign", "a stop sign"),
        ("cell phone", "phone", "a cell phone"),
        ("potted plant", "cup", "a potted plant and a cup"),
    ],
)
def test_what_two_tables_call_otherwise_is_said_once(thing: str, word: str, text: str) -> None:
    assert said(Tag(word, 0.9, Kind.THING), objects=[(thing, 0.8)]) == text


def test_what_two_tables_call_otherwise_is_in_both() -> None:
    ours = {**SPELLED, **KIND_OF}
    assert ours.keys() <= set(CLASSES) - vocabulary().words.keys()
    assert set(ours.values()) <= vocabulary().words.keys()

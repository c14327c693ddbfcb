"""Which things are cut out: how classes and people are written in a URL, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.classes import CLASSES
from foveate.errors import BadOption
from foveate.geometry.box import Point
from foveate.options.cutouts import classes, classes_text, person, person_text
from foveate.options.draw import options_from_json
from foveate.options.grammar import cache_key, parse_options
from foveate.options.model import OfFace, Person, Segment

SHARES = st.floats(0, 1).map(abs)
PEOPLE = st.integers(1, 1000) | st.integers(1, 1000).map(OfFace) | st.builds(Point, SHARES, SHARES)


@given(st.sets(st.sampled_from(CLASSES), min_size=1).map(lambda names: tuple(sorted(names))))
def test_classes_survive_being_written_and_read(named: tuple[str, ...]) -> None:
    assert classes(classes_text(named)) == named


@given(PEOPLE)
def test_who_is_meant_survives_being_written_and_read(who: Person) -> None:
    assert person(person_text(who)) == who


def test_a_class_to_keep_asks_for_a_cut_out_of_it() -> None:
    asked = parse_options("segment.keep=person|Dining-Table,segment.drop=horse").options.segment
    assert asked == Segment(keep=("dining table", "person"), drop=("horse",))
    assert asked.chosen
    assert not Segment(drop=("horse",)).chosen


def test_one_set_of_classes_is_one_rendition_however_it_is_written() -> None:
    texts = ["segment.keep=dog|person", "segment=foreground,segment.keep=Person|DOG|dog"]
    assert len({cache_key(parse_options(text).options) for text in texts}) == 1


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "1.5", "face:", "face:0", "face:x", "2x0.5", "0.5x", "0.1x0.2x0.3", "Ann"],
)
def test_what_means_nobody_is_refused(text: str) -> None:
    with pytest.raises(BadOption, match="expected a number from the left, face:N, or XxY"):
        parse_options(f"segment.person={text}")


@pytest.mark.parametrize("option", ["keep", "drop"])
def test_an_unknown_class_is_refused_with_one_that_is_near(option: str) -> None:
    with pytest.raises(BadOption, match=r"did you mean horse\?"):
        parse_options(f"segment.{option}=hrse")


def test_what_is_cut_out_is_said_in_json_as_in_a_url() -> None:
    said = options_from_json({"segment": "foreground", "segment.person": "face:2"}).options
    assert said == parse_options("segment.person=face:2").options

"""A second opinion: one of what may be meant, done as plain words do it."""

from __future__ import annotations

import pytest

from foveate.design.scene.model import Page, Rectangle, Role, Scene, Text
from foveate.design.words import meaning
from foveate.design.words.answer import Answer, Outcome
from foveate.design.words.assistant import understand
from foveate.design.words.chosen import MOST, alternatives, choose

BOXES = tuple(
    Rectangle(id=f"box{at}", name=f"Box {at}", x=at * 50.0, width=30.0, height=30.0)
    for at in range(1, 4)
)
LOCKED = Rectangle(id="box4", name="Box 4", x=250.0, width=30.0, height=30.0, locked=True)
SCENE = Scene(pages=(Page(id="p", width=400.0, height=200.0, blocks=(*BOXES, LOCKED)),))


def asked(request: str) -> Answer:
    return understand(SCENE, request, near=meaning.nothing)


def test_the_blocks_that_may_be_meant_are_the_alternatives() -> None:
    answer = asked("rotate the box by 10 degrees")
    assert answer.outcome is Outcome.ASKED
    found = alternatives(SCENE, "rotate the box by 10 degrees", answer)
    assert [(each.verb, each.id) for each in found][:2] == [("rotate", "box1"), ("rotate", "box2")]


def test_what_is_chosen_is_done_with_the_values_of_the_request() -> None:
    request = "rotate the box by 10 degrees"
    done = choose(SCENE, request, asked(request), lambda _request, _said: 1)
    assert done.outcome is Outcome.EDITED
    assert done.targets == ("box2",)
    assert [block.rotation for block in done.scene.pages[0].blocks] == [0.0, 10.0, 0.0, 0.0]


@pytest.mark.parametrize("number", [None, -1, 99])
def test_no_choice_leaves_the_question(number: int | None) -> None:
    request = "rotate the box by 10 degrees"
    answer = asked(request)
    assert choose(SCENE, request, answer, lambda _request, _said: number) is answer


def test_what_is_locked_stays_whatever_is_chosen() -> None:
    request = "rotate the box by 10 degrees"
    answer = asked(request)
    found = alternatives(SCENE, request, answer)
    at = next((at for at, each in enumerate(found) if each.id == "box4"), None)
    if at is not None:
        assert choose(SCENE, request, answer, lambda _request, _said: at) is answer


def test_a_verb_that_nobody_knows_is_one_of_those_that_fit_the_block() -> None:
    title = Text(id="t", name="Title", role=Role.TITLE, width=300.0, height=50.0)
    scene = Scene(pages=(Page(id="p", width=400.0, height=200.0, blocks=(title,)),))
    request = "zap the title"
    answer = understand(scene, request, near=meaning.nothing)
    assert answer.outcome is Outcome.ASKED
    found = alternatives(scene, request, answer)
    assert 0 < len(found) <= MOST
    assert {each.id for each in found} == {"t"}
    assert "Title: make it bigger" in {each.sentence for each in found}


def test_what_is_for_no_choice_has_no_alternatives() -> None:
    for request in ("don't touch box 1", "add a star", "undo", ""):
        assert alternatives(SCENE, request, asked(request)) == []


def test_nobody_is_asked_where_all_is_said() -> None:
    request = "make box 1 bigger"
    answer = asked(request)
    assert answer.outcome is Outcome.EDITED

    def never(_request: str, _said: object) -> int:
        raise AssertionError

    assert choose(SCENE, request, answer, never) is answer

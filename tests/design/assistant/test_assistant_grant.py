from __future__ import annotations

import pytest

from foveate.design.assistant.asking_words import BY_SIGNS, ELEMENTS, ROLES, VAGUE, Deed
from foveate.design.assistant.grant import granted, words_of
from foveate.design.scene.words import Matter
from foveate.design.words.lexicon import phrases

COLOURED = (
    "Make the big title beige",
    "Make the big title cyan",
    "Make the big title magenta",
    "Make the big title #b22222",
    "Färbe den großen Titel türkis",
    "Mach den großen Titel weinrot",
    "Pon el título grande en naranja",
    "Mets le grand titre en rose",
    "大きいタイトルを紫にして",
)


@pytest.mark.parametrize("request_", COLOURED)
def test_a_colour_that_is_named_may_be_given(request_: str) -> None:
    assert Matter.COLOUR in granted(request_).matters


def test_every_word_of_the_tables_lets_be_changed_what_it_is_a_sign_of() -> None:
    lacking = [
        (phrase, each)
        for phrase, tags in phrases().items()
        for each in _by_table(tags)
        if each not in granted(phrase).matters | granted(phrase).deeds
    ]
    assert lacking == []


def _by_table(tags: frozenset[str]) -> set[Matter | Deed]:
    found = {each for each, signs in BY_SIGNS.items() if tags & set(signs.split())}
    return found | ({Matter.COLOUR} if any(tag.startswith("colour.") for tag in tags) else set())


def test_every_thing_of_the_tables_that_is_a_role_or_an_element_is_known() -> None:
    for phrase, tags in phrases().items():
        things = {tag.removeprefix("thing.") for tag in tags if tag.startswith("thing.")}
        assert things & ROLES.keys() <= words_of(phrase, ROLES), phrase
        assert things & ELEMENTS.keys() <= words_of(phrase, ELEMENTS), phrase


def test_a_word_that_says_how_dark_leaves_the_rest_as_vague_as_it_is() -> None:
    assert granted("give it a soft touch").matters >= VAGUE


def test_an_amount_of_money_is_written_into_a_text() -> None:
    assert Matter.TEXT in granted("the ticket price is 25 €").matters
    assert Matter.TEXT not in granted("make the price bigger").matters


def test_points_are_a_size_of_letters() -> None:
    assert Matter.LETTERS in granted("set the description to 12 pt").matters

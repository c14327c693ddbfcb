"""Every word that a caption may say, in English."""

from __future__ import annotations

import pytest

from foveate.classes import CLASSES
from foveate.service.english import article, number_of, plural
from foveate.vision.vocabulary import vocabulary

WORDS = tuple(dict.fromkeys((*vocabulary().words, *CLASSES)))
"""All that may be said: the table's words, and what a detector finds."""
SAID = {word: number_of(word, 1) for word in WORDS}
ALONE = {word for word, said in SAID.items() if said == word}
IN_S_AND_ONE = {
    *("abacus", "albatross", "bus", "chest of drawers", "compass", "dress", "hippopotamus"),
    *("magnifying glass", "mantis", "platypus", "wine glass"),
}
"""Words that end in s and are one thing all the same."""
SUBSTANCES = {
    *("armour", "bread", "broccoli", "cauliflower", "chocolate sauce", "coffee", "coral", "corn"),
    *("dough", "eggnog", "food", "grilled food", "guacamole", "hay", "ice cream"),
    *("mashed potatoes", "meatloaf", "medicine", "paper", "pasta", "perfume", "sea", "sky", "snow"),
    *("soup", "stew", "velvet", "water", "wine", "wool"),
}
IDEAS = {
    *("Christmas", "boxing", "diving", "furniture", "home entertainment", "ice hockey"),
    *("jewellery", "make-up", "skiing", "sport", "winter"),
}
COLLECTIVE = ("wear", "ware", "clothing", "equipment", "machinery")
UNLIKE_S = {
    *("bird of prey", "buffalo", "chest of drawers", "goose", "grouse", "knife", "mouse"),
    *("person", "scarf", "sheep", "volcano", "wolf", "woodlouse", "meatloaf"),
}
"""Words whose plurals no rule gives, beside fishes."""
CONSONANTS = ("unicycle", "uniform")
"""Vowels that are said as consonants."""


def test_every_word_is_said_alone_or_with_its_article() -> None:
    assert {word: said for word, said in SAID.items() if word not in ALONE} == {
        word: f"{'an' if word[0] in 'aeiou' and word not in CONSONANTS else 'a'} {word}"
        for word in WORDS
        if word not in ALONE
    }


def test_no_plural_has_an_article() -> None:
    in_s = {word for word in WORDS if word.endswith("s")}
    assert in_s - ALONE == IN_S_AND_ONE
    assert {"trousers", "binoculars", "scales", "maracas", "pan pipes", "scissors"} <= ALONE


def test_what_cannot_be_counted_has_no_article_and_all_else_has() -> None:
    collective = {word for word in WORDS if word.endswith(COLLECTIVE)}
    assert {"clothing", "underwear", "swimwear"} <= collective
    in_s = {word for word in ALONE if word.endswith("s")}
    assert ALONE - in_s == (SUBSTANCES | IDEAS | collective) - in_s
    assert collective | SUBSTANCES | IDEAS <= ALONE


def by_the_rules(word: str) -> str:
    if word.endswith("fish"):
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def test_every_plural_goes_by_the_rules_or_is_known() -> None:
    singular = set(WORDS) - {word for word in ALONE if word.endswith("s")}
    regular = {word for word in singular if plural(word) == by_the_rules(word)}
    assert singular - regular == UNLIKE_S
    # What often has another one.
    doubtful = {word for word in regular if word.endswith(("f", "fe", "ouse", "man", "foot"))}
    assert doubtful == {
        *("birdhouse", "boathouse", "cliff", "giraffe", "greenhouse", "handkerchief"),
        *("lighthouse", "roof", "safe"),
    }


@pytest.mark.parametrize(
    ("word", "count", "text"),
    [
        ("sheep", 1, "a sheep"),
        ("sheep", 2, "two sheep"),
        ("skis", 1, "skis"),
        ("scissors", 2, "two pairs of scissors"),
        ("knife", 3, "three knives"),
        ("wolf", 2, "two wolves"),
        ("hourglass", 1, "an hourglass"),
        ("couch", 2, "two couches"),
        ("traffic light", 11, "11 traffic lights"),
        ("broccoli", 3, "broccoli"),
    ],
)
def test_numbers_of_things_are_english(word: str, count: int, text: str) -> None:
    assert number_of(word, count) == text


def test_an_article_goes_by_the_sound() -> None:
    assert [article(word) for word in ("apple", "uniform", "hourglass", "house")] == [
        *("an", "a", "an", "a"),
    ]

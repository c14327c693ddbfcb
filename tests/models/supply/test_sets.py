from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.errors import UnknownModel
from foveate.models.supply.card import ModelCard, Task
from foveate.models.supply.cards import CARDS, choose
from foveate.models.supply.sets import SETS, chosen, set_of, words_for


def names(cards: tuple[ModelCard, ...]) -> list[str]:
    return [card.name for card in cards]


def test_every_card_of_ours_is_in_exactly_one_set() -> None:
    assert all(set_of(card) for card in CARDS)
    tasks = [task for each in SETS.values() for task in each.tasks]
    assert sorted(tasks) == sorted(set(Task) - {Task.CUSTOM})


def test_no_card_of_ours_has_the_name_of_a_set() -> None:
    assert not {card.name for card in CARDS} & set(SETS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("retinaface", "core"), ("astronaut", "core"), ("selfie", "core"), ("gear", "people")],
)
def test_a_card_is_in_the_set_of_its_task(name: str, expected: str) -> None:
    assert set_of(choose(CARDS, [name])[0]) == expected


def test_a_new_card_joins_a_set_by_its_task() -> None:
    fresh = replace(CARDS[0], name="fresh", task=Task.TAGS)
    assert "fresh" in names(chosen((*CARDS, fresh), ["see"]))


def test_sets_and_names_are_mixed_and_no_card_comes_twice() -> None:
    core = names(chosen(CARDS, ["core"]))
    assert {"retinaface", "gaze", "gaze-int8", "selfie", "rocket"} <= set(core)
    assert names(chosen(CARDS, ["gear", "core", "retinaface"])) == ["gear", *core]
    assert chosen(CARDS, []) == CARDS


def test_the_operators_own_card_wins_over_a_set_of_its_name() -> None:
    own = replace(CARDS[0], name="core", task=Task.CUSTOM)
    assert chosen((*CARDS, own), ["core"]) == (own,)
    assert set_of(own) == ""


def test_what_is_neither_is_refused_with_what_there_is() -> None:
    with pytest.raises(UnknownModel) as refused:
        chosen(CARDS, ["core", "poeple"])
    assert "or of the sets core, people, see, upscale" in str(refused.value)
    assert "got poeple (did you mean people?)" in str(refused.value)


def test_who_asks_for_a_task_is_told_of_its_networks() -> None:
    with pytest.raises(UnknownModel) as refused:
        chosen(CARDS, ["tag", "text", "nosuch"])
    assert "got tag (did you mean efficientnet-lite0?)" in str(refused.value)
    assert "text (did you mean text-detection text-reading?), nosuch" in str(refused.value)


def test_cards_are_fetched_by_their_sets_and_others_by_name() -> None:
    own = replace(CARDS[0], name="mine", task=Task.CUSTOM)
    wanted = [*choose(CARDS, ["gear", "gaze", "liveness"]), own]
    assert words_for(wanted) == ("people", "core", "mine")

"""Templates, models and tasks tried against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foveate.app import create
from foveate.design.assistant.trial import rows
from foveate.design.scene.model import Role, Text
from foveate.design.tasks import translating
from foveate.design.tasks.judging import Came, Verdict
from foveate.design.tasks.numbered import chosen
from foveate.design.tasks.task import scene
from foveate.design.tree import mapped
from foveate.designs.evaluating import WORDS, Pair, evaluated, kept, pairs
from foveate.errors import BadOption, UnsupportedOption
from foveate.settings import Settings
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.design.scene.model import Block, Scene

pytest.importorskip("lxml", reason="lxml is not here: pip install 'foveate[design]'")
ALONE = [Pair(WORDS, "")]


def words_of(before: Scene, how: dict[str, str]) -> Scene:
    def other(block: Block) -> Block:
        if not isinstance(block, Text) or block.id not in how:
            return block
        return replace(block, runs=(replace(block.runs[0], text=how[block.id]),))

    return mapped(before, other)


def german(before: Scene) -> Scene:
    """Return a design whose texts are all others, by a letter, and that has the rest."""

    def other(block: Block) -> Block:
        if not isinstance(block, Text) or "{{" in block.words:
            return block
        return replace(block, runs=tuple(replace(run, text=f"{run.text}en") for run in block.runs))

    return mapped(before, other)


def test_tasks_have_names_and_are_chosen_by_kinds() -> None:
    some = chosen(["kept", "story", "de"])
    assert some
    assert all(each.name.startswith("story/de/") for each in some)
    assert not {each.name for each in some} & {each.name for each in chosen(["story", "de"])}
    assert len({each.name.split("/")[0] for each in chosen([], 16)}) == 8
    with pytest.raises(BadOption, match="Expected tasks of known, kept"):
        chosen(["klingon"])


def test_plain_words_are_one_row_and_each_model_has_one_for_a_template() -> None:
    found = pairs(["words", "a", "b"], ["usual", "edit-2"])
    assert found[0] == Pair(WORDS, "")
    assert [(each.model, each.template) for each in found[1:]] == [
        ("a", "usual"),
        ("a", "edit-2"),
        ("b", "usual"),
        ("b", "edit-2"),
    ]
    with pytest.raises(BadOption, match="Expected templates of edit-1"):
        pairs(["a"], ["edit-99"])


def test_plain_words_are_judged_without_any_model(tmp_path: Path) -> None:
    done = list(evaluated(ALONE, chosen(["story", "en"], 6), tmp_path / "a.jsonl"))
    (row,) = rows(done)
    assert (row.model, row.tasks, row.wrong) == (WORDS, 6, 0.0)
    assert row.right >= 0.8
    assert row.tokens_in == 0


def test_it_goes_on_where_it_was_ended(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    first = list(evaluated(ALONE, chosen(["story", "en"], 2), file))
    with file.open("a", encoding="utf-8") as torn:
        torn.write('{"template": "", "mo')
    assert kept(file) == first
    again = list(evaluated(ALONE, chosen(["story", "en"], 2), file))
    assert again == first


def test_a_model_needs_an_address(tmp_path: Path) -> None:
    app = create(Settings(), Anywhere)
    with pytest.raises(UnsupportedOption, match="FOVEATE_ASSISTANT__BASE_URL"):
        list(evaluated([Pair("a", "usual")], chosen(["story"], 1), tmp_path / "a.jsonl", app=app))


def test_a_translation_has_other_words_and_the_same_places_and_numbers() -> None:
    (task,) = chosen(["translate", "story"])
    assert any(
        isinstance(block, Text) and block.role is Role.PRICE and block.words == "{{price}}"
        for page in task.scene.pages
        for block in page.blocks
    )
    made = german(task.scene)
    assert task.judge(made, Came.EDITED, ()) is Verdict.RIGHT
    assert task.judge(task.scene, Came.REFUSED, ()) is Verdict.REFUSED
    lost = words_of(made, {"price": "{{preis}}"})
    assert task.judge(lost, Came.EDITED, ()) is Verdict.WRONG
    assert "filled in" in translating.wrong(task.scene, lost)


def test_a_translation_that_leaves_most_words_is_none() -> None:
    before = scene("story")
    assert "as they were" in translating.wrong(before, words_of(before, {"headline": "Sommer"}))

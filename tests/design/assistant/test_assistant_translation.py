"""`translate this design into German`, by a scripted model: judged, fitted, places kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from endpoint_stand import Reply, endpoint

from foveate.app import create
from foveate.design.assistant.grant import granted
from foveate.design.assistant.view import VIEWS, fitting
from foveate.design.scene.model import Text
from foveate.design.tasks.numbered import chosen
from foveate.design.tree import mapped
from foveate.designs.evaluating import Pair, evaluated
from foveate.settings import Settings
from foveate.storage.anywhere import Anywhere

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.design.assistant.trial import Trial
    from foveate.design.scene.model import Block

pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")
pytest.importorskip("lxml", reason="lxml is not here: pip install 'foveate[design]'")
(TASK,) = chosen(["translate", "story"])


def in_german(*, place: str = "{{price}}", longer: str = "") -> str:
    """Return what a model answers: each text in other words, of the view that it was shown."""

    def other(block: Block) -> Block:
        if not isinstance(block, Text):
            return block
        words = block.words.replace("{{price}}", place)
        words = words if place in words else f"{words}e"
        words = words + longer if block.id == "headline" else words
        return replace(block, runs=(replace(block.runs[0], text=words),))

    view = fitting(granted(TASK.request), VIEWS)
    return view.write(mapped(TASK.scene, other))


def tried(tmp_path: Path, *replies: str) -> Trial:
    tmp_path.mkdir(exist_ok=True)
    with endpoint(*(Reply(text=each) for each in replies)) as script:
        asked = replace(script.settings(), tries=2)
        app = create(replace(Settings(), assistant=asked), Anywhere)
        (trial,) = evaluated([Pair("scripted", "usual")], [TASK], tmp_path / "a.jsonl", app=app)
    return trial


def test_a_translation_is_right_where_its_words_are_others_and_its_places_stay(
    tmp_path: Path,
) -> None:
    trial = tried(tmp_path, in_german())
    assert (trial.outcome, trial.tries) == ("right", 1), trial.why


def test_words_that_are_longer_are_made_to_fit(tmp_path: Path) -> None:
    trial = tried(tmp_path, in_german(longer=" der Sonnenbrillenwochen"))
    assert trial.outcome == "right", trial.why


def test_a_place_that_was_translated_is_told_back_to_the_model(tmp_path: Path) -> None:
    trial = tried(tmp_path, in_german(place="{{preis}}"), in_german())
    assert (trial.outcome, trial.tries) == ("right", 2), trial.why
    never = tried(tmp_path.with_name("never"), in_german(place="{{preis}}"))
    assert (never.outcome, never.tries) == ("refused", 2)
    assert "{{words}} of price have to stay" in never.why


def test_a_model_that_takes_too_long_is_a_refusal_of_that_task_alone(tmp_path: Path) -> None:
    with endpoint(Reply(text=in_german(), wait_s=3.0)) as script:
        asked = replace(script.settings(), timeout_s=1.0, tries=1)
        app = create(replace(Settings(), assistant=asked), Anywhere)
        (trial,) = evaluated([Pair("scripted", "usual")], [TASK], tmp_path / "a.jsonl", app=app)
    assert trial.outcome == "refused"
    assert trial.why.startswith("TimedOut")

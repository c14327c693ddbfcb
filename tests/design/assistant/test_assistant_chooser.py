"""A model that may choose, and nothing else."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from endpoint_stand import Reply, Script, endpoint

from foveate.design.assistant.chooser import chosen, form
from foveate.design.assistant.endpoint import Endpoint

pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")

CHANGES = ("Box 1: rotate it", "Box 2: rotate it")


def choice(script: Script) -> int | None:
    settings = replace(script.settings(), structured="grammar")
    return asyncio.run(chosen(Endpoint(settings), "rotate the box", CHANGES))[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1", 0), (" 2.\n", 1), ("0", None), ("3", None), ("", None)),
        *(("<design/>", None), ("1 and 2", None), ("9" * 400, None), ("-1", None)),
    ],
)
def test_nothing_but_a_number_of_the_list_is_a_choice(text: str, number: int | None) -> None:
    with endpoint(Reply(text=text or " ")) as script:
        assert choice(script) == number


def test_the_answer_is_held_to_the_numbers_by_a_grammar() -> None:
    with endpoint(Reply(text="1")) as script:
        choice(script)
        assert script.asked[0]["grammar"] == form(2).grammar
        assert "2. Box 2: rotate it" in script.said()

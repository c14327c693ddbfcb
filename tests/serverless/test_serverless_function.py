from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from delivery_fakes import make_settings
from events import asked, created, queued, said, told
from s3_server import s3_server
from server_fakes import make_core
from storage_origin import KEY, SECRET

from foveate.errors import BadBody, BadSettings, BrokenImage, SourceTimeout
from foveate.serverless.function import Function, left_s_of
from foveate.settings import Caching, Origins, Serverless
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from server_fakes import FakeCore

    from foveate.settings import Settings

IMAGE = "/cdn-cgi/image/width=8/a.jpg"


@contextmanager
def running(core: FakeCore) -> Iterator[Function]:
    function = Function(core)  # type: ignore[arg-type]
    try:
        yield function
    finally:
        function.close()


@pytest.fixture
def function() -> Iterator[Function]:
    with running(make_core()) as made:
        yield made


def test_a_picture_is_answered_as_the_server_answers_it(function: Function) -> None:
    answer = function(asked(IMAGE, x_request_id="seven"))
    assert (answer["statusCode"], said(answer)) == (200, b"picture of cat 8")
    headers = answer["headers"]
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-request-id"] == "seven"
    assert function(asked(IMAGE))["headers"]["cache-status"] == "Foveate; hit"


def test_what_the_client_has_is_not_sent_and_neither_is_a_body_for_head(
    function: Function,
) -> None:
    whole = function(asked(IMAGE))
    same = function(asked(IMAGE, if_none_match=whole["headers"]["etag"]))
    head = function(asked(IMAGE, method="HEAD"))
    assert [(each["statusCode"], said(each)) for each in (same, head)] == [(304, b""), (200, b"")]


def test_uploads_are_bytes(function: Function) -> None:
    event = asked(
        "/v1/render", "options=width=8", method="POST", body=b"\xff\xd8", host="localhost"
    )
    answer = function(event)
    assert (answer["statusCode"], said(answer)) == (200, b"picture of \xff\xd8 8")


def test_errors_are_answers_as_well(function: Function) -> None:
    assert function(asked("/cdn-cgi/image/width=8/lost.jpg"))["statusCode"] == 404
    broken = asked("/v1/render", method="POST") | {"body": "?", "isBase64Encoded": True}
    answer = function(broken)
    assert (answer["statusCode"], b"BadBody" in said(answer)) == (400, True)


def test_what_is_no_event_of_ours_is_refused_in_a_sentence(function: Function) -> None:
    for event in ({"path": "/", "httpMethod": "GET"}, [1], None):
        with pytest.raises(BadBody, match="function URL"):
            function(event)


def test_an_answer_that_the_platform_would_not_take_is_413_with_advice() -> None:
    settings = replace(make_settings(), serverless=Serverless(max_response_bytes=300))
    with running(make_core(settings)) as function:
        answer = function(asked(IMAGE))
        assert answer["statusCode"] == 413
        assert b"fewer pixels" in said(answer)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    data = tmp_path_factory.mktemp("s3")
    (data / "photos").mkdir()
    with s3_server(data) as endpoint:
        yield endpoint, data / "photos"


def at_bucket(endpoint: str, **asked: Any) -> Settings:
    settings = make_settings()
    origins = Origins(
        folder="s3://photos/in",
        s3_endpoint=endpoint,
        s3_access_key_id=KEY,
        s3_secret_access_key=SECRET,
    )
    presets = {"thumb": "width=8", "hero": "width=16"}
    return replace(
        settings,
        origins=origins,
        presets=presets,
        serverless=Serverless(**asked),
        caching=Caching(),
    )


def test_where_there_is_a_bucket_large_answers_are_fetched_from_it(
    service: tuple[str, Path],
) -> None:
    endpoint, folder = service
    settings = at_bucket(endpoint, large="s3://photos/large", max_response_bytes=300)
    with running(make_core(settings)) as function:
        for _ in range(2):
            answer = function(asked(IMAGE))
            assert (answer["statusCode"], said(answer)) == (307, b"")
            assert answer["headers"]["cache-control"] == "no-store"
            with urlopen(answer["headers"]["location"]) as found:  # noqa: S310 - ours
                assert found.read() == b"picture of cat 8"
                assert found.headers["content-type"] == "image/jpeg"
            (put,) = (folder / "large").glob("*.jpg")
            os.utime(put, (1, 1))
        function(asked(IMAGE))
        assert put.stat().st_mtime == 1, "what is there is not put again"
        posted = asked(
            "/v1/render", "options=width=8", method="POST", body=b"dog", host="localhost"
        )
        assert function(posted)["statusCode"] == 303
        assert function(asked("/cdn-cgi/image/width=8/lost.jpg"))["statusCode"] == 413
    assert len(list((folder / "large").glob("*.jpg"))) == 2


def test_objects_become_what_presets_ask_for(service: tuple[str, Path]) -> None:
    endpoint, folder = service
    asked_for = {"out": "s3://photos/out", "presets": ("thumb", "hero")}
    core = make_core(at_bucket(endpoint, **asked_for), **{"a b/\u00e9+.jpg": Source(b"cat", "v1")})
    core.origin.sources |= {"broken.jpg": BrokenImage(), "../a.jpg": Source(b"secret", "v1")}
    with running(core) as function:
        answer = function(
            told(
                created("in/a+b/%C3%A9%2B.jpg"),
                created("in/broken.jpg"),
                created("in/../a.jpg"),
                created("elsewhere/a.jpg"),
                created("in/a.jpg", bucket="others"),
                created("in/a.jpg", name="ObjectRemoved:Delete"),
            )
        )
        assert function({"Service": "Amazon S3", "Event": "s3:TestEvent"})["written"] == []
    assert answer["written"] == ["a b/\u00e9+.jpg/thumb.jpg", "a b/\u00e9+.jpg/hero.jpg"]
    assert (folder / "out/a b/\u00e9+.jpg/hero.jpg").read_bytes() == b"picture of cat 16"
    refused = [(each["key"], each["error"]) for each in answer["refused"]]
    assert refused == [
        ("in/broken.jpg", "BrokenImage"),
        ("in/../a.jpg", "SourceNotFound"),
        ("elsewhere/a.jpg", "OriginNotAllowed"),
        ("in/a.jpg", "OriginNotAllowed"),
    ]


def test_what_may_go_better_next_time_comes_again_and_nothing_else(
    service: tuple[str, Path],
) -> None:
    settings = at_bucket(service[0], out="s3://photos/again", presets=("thumb",))
    core = make_core(settings)
    core.origin.sources |= {"slow.jpg": SourceTimeout(), "broken.jpg": BrokenImage()}
    letters = {
        "fine": told(created("in/a.jpg")),
        "slow": told(created("in/slow.jpg")),
        "broken": told(created("in/broken.jpg")),
        "strange": "no JSON",
        "list": [1],
        "wrong": {"Records": [1, {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]},
        "deep": "[" * 100_000,
    }
    with running(core) as function:
        assert function(queued(**letters)) == {"batchItemFailures": [{"itemIdentifier": "slow"}]}
        with pytest.raises(SourceTimeout):
            function(told(created("in/slow.jpg")))


def test_what_no_time_is_left_for_comes_again_and_what_is_done_does_not(
    service: tuple[str, Path],
) -> None:
    class Context:
        left_ms = iter((60_000, 2_010, 500))

        def get_remaining_time_in_millis(self) -> int:
            return next(self.left_ms)

    settings = at_bucket(service[0], out="s3://photos/late", presets=("thumb",))
    core = make_core(settings, **{f"{name}.jpg": Source(b"cat", "v1") for name in ("slow", "b")})
    core.origin.slow["slow"] = asyncio.Event()
    letters = {name: told(created(f"in/{name}.jpg")) for name in ("a", "slow", "b")}
    with running(core) as function:
        answer = function(queued(**letters), left_s_of(Context()))
    assert answer == {"batchItemFailures": [{"itemIdentifier": each} for each in ("slow", "b")]}
    assert (service[1] / "late" / "a.jpg" / "thumb.jpg").read_bytes() == b"picture of cat 8"


@pytest.mark.parametrize(
    ("asked_for", "word"),
    [
        ({"out": "s3://photos/in/made", "presets": ("thumb",)}, "without end"),
        ({"out": "s3://photos", "presets": ("thumb",)}, "without end"),
        ({"out": "s3://photos/out"}, "serverless.presets"),
        ({"out": "s3://photos/out", "presets": ("lost",)}, "lost"),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_start(asked_for: dict[str, Any], word: str) -> None:
    with pytest.raises(BadSettings, match=word):
        Function(make_core(at_bucket("http://127.0.0.1:9", **asked_for)))  # type: ignore[arg-type]


def test_the_handler_starts_without_what_only_the_api_needs() -> None:
    code = "import sys, foveate.serverless; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"fastapi", "uvicorn", "lancedb", "boto3", "grpc"}.isdisjoint(done.stdout.split())


ENDING = """
import json, sys
from foveate.serverless import handler

print(handler(json.loads(sys.argv[1]))["statusCode"])
"""


def test_a_program_that_called_the_handler_ends_without_a_word(tmp_path: Path) -> None:
    homes = ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    done = subprocess.run(
        [sys.executable, "-c", ENDING, json.dumps(asked("/health/live"))],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **dict.fromkeys(homes, str(tmp_path))},
    )
    assert (done.stdout, done.stderr) == ("200\n", "")


def test_messages_of_another_shape_are_refused_and_broken_ones_logged(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BadBody, match="messageId"):
        function({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]})
    with pytest.raises(BadBody, match="method"):
        function({**asked(IMAGE), "requestContext": {"http": {}}})
    message = {"eventSource": "aws:sqs", "messageId": "seven", "body": "no\nevent"}
    assert function({"Records": [message]}) == {"batchItemFailures": []}
    assert r"a message of SQS is no event: 'no\nevent'" in caplog.text


def test_a_name_of_an_object_is_no_line_of_the_log(
    function: Function, caplog: pytest.LogCaptureFixture
) -> None:
    function(told(created("a\nERROR forged.jpg")))
    assert "forged" in caplog.text
    assert "\nERROR forged" not in caplog.text

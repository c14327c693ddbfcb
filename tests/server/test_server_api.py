from __future__ import annotations

import asyncio
import io
import json
import threading
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings, settled, until
from server_fakes import Client, Reply, make_core, serving

from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition

JSON = {"content-type": "application/json"}
EDGE = "----edge"
FORM = {"content-type": f"multipart/form-data; boundary={EDGE}"}


def form(**fields: str | bytes) -> list[bytes]:
    parts = []
    for name, value in fields.items():
        data = value if isinstance(value, bytes) else value.encode()
        file = '; filename="x"' if isinstance(value, bytes) else ""
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return [*parts, f"--{EDGE}--\r\n".encode()]


async def post(
    client: Client, target: str, body: Any, headers: Mapping[str, str] | None = None
) -> Reply:
    if isinstance(body, dict):
        return await client.ask(
            "POST", target, {**JSON, **(headers or {})}, body=[json.dumps(body).encode()]
        )
    chunks = body if isinstance(body, list) else [body]
    return await client.ask("POST", target, headers, body=chunks)


def test_a_picture_in_the_body_is_rendered() -> None:
    async def talk(client: Client) -> None:
        reply = await post(client, "/v1/render?options=width=8", [b"do", b"g"])
        assert (reply.status, reply.body) == (200, b"picture of dog 8")
        assert reply.headers["content-type"] == "image/jpeg"
        assert reply.headers["foveate-gravity"] == "face"
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["cf-resized"].startswith("internal=ok/m")
        assert reply.headers["content-length"] == "16"

    serving(make_core(), talk)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (form(image=b"dog", options="width=8"), FORM),
        (form(image=b"dog", options='{"width": 8}'), FORM),
        ({"url": "dog.jpg", "options": "width=8"}, {}),
        ({"url": "dog.jpg", "options": {"width": 8}}, {}),
    ],
)
def test_forms_and_json_say_the_same(body: Any, headers: dict[str, str]) -> None:
    async def talk(client: Client) -> None:
        reply = await post(client, "/v1/render", body, headers)
        assert (reply.status, reply.body) == (200, b"picture of dog 8")

    serving(make_core(**{"dog.jpg": Source(b"dog", "v")}), talk)


@pytest.mark.parametrize("in_options", [False, True])
def test_overlays_are_fetched_once_each_and_handed_over(in_options: bool) -> None:
    core = make_core(**{"logo.png": Source(b"logo", "v")})
    draw = [{"url": "logo.png", "top": 1}, {"url": "logo.png", "bottom": 1}]
    body: dict[str, Any] = {"url": "a.jpg"}
    body |= {"options": {"draw": draw}} if in_options else {"draw": draw}

    async def talk(client: Client) -> None:
        assert (await post(client, "/v1/render", body)).status == 200

    serving(core, talk)
    assert core.overlays == [{"logo.png": b"logo"}]
    assert [overlay.top for overlay in core.rendered[0].draw] == [1, None]
    assert core.origin.reads == ["a.jpg", "logo.png"]


def test_overlays_together_may_not_be_larger_than_an_original() -> None:
    core = make_core(**{name: Source(b"x" * 600, "v") for name in ("x", "y")})

    async def talk(client: Client) -> None:
        draw = [{"url": "x"}, {"url": "y"}]
        reply = await post(client, "/v1/render", {"url": "a.jpg", "draw": draw})
        assert (reply.status, reply.json()["error"]) == (413, "SourceTooLarge")

    serving(core, talk)


@pytest.mark.parametrize(
    ("target", "body", "headers", "status", "error"),
    [
        ("/v1/render", b"", {}, 400, "BadBody"),
        ("/v1/render", b"not json", JSON, 400, "BadBody"),
        ("/v1/render", b"[" * 100_000, JSON, 413, "SourceTooLarge"),
        ("/v1/render", b'{"url":' + b"[" * 900, JSON, 400, "BadBody"),
        ("/v1/render", b"[1]", JSON, 400, "BadBody"),
        ("/v1/render", {"url": 3}, {}, 400, "BadBody"),
        ("/v1/render", {"url": "a.jpg", "colour": 1}, {}, 400, "BadBody"),
        ("/v1/render", {"url": "nope.jpg"}, {}, 404, "SourceNotFound"),
        ("/v1/render", form(image="no file"), FORM, 400, "BadBody"),
        ("/v1/render", form(options="width=8"), FORM, 400, "BadBody"),
        ("/v1/render", form(image=b"dog", draw="{"), FORM, 400, "BadBody"),
        ("/v1/render", b"garbage", FORM, 400, "BadBody"),
        ("/v1/render", form(image=b"x" * 1001), FORM, 413, "SourceTooLarge"),
        ("/v1/render", [b"x" * 600, b"x" * 600], {}, 413, "SourceTooLarge"),
        ("/v1/render", b"x", {"content-length": "1001"}, 413, "SourceTooLarge"),
        ("/v1/render?options=width=x", b"dog", {}, 400, "BadOption"),
        ("/v1/render?options=width=1", {"url": "a.jpg", "options": "w=1"}, {}, 400, "BadOption"),
        ("/v1/crops", b"dog", {}, 400, "BadOption"),
        ("/v1/crops?aspect=1:1&render=perhaps", b"dog", {}, 400, "BadOption"),
        ("/v1/nope", b"", {}, 404, "NotFound"),
    ],
)
def test_bad_posts_are_refused_in_our_shape(
    target: str, body: Any, headers: dict[str, str], status: int, error: str
) -> None:
    async def talk(client: Client) -> None:
        reply = await post(client, target, body, headers)
        assert (reply.status, reply.json()["error"]) == (status, error)
        assert set(reply.json()) == {"error", "code", "message"}
        assert reply.headers["cf-resized"] == f"err={reply.json()['code']}"

    serving(make_core(), talk)


def test_a_route_that_there_is_not_is_answered_with_the_one_that_was_meant() -> None:
    async def talk(client: Client) -> None:
        for path, instead in (
            ("/v1/analyze", " (did you mean /v1/analyse?)"),
            ("/v1/peple/team/subjects", " (did you mean /v1/people?)"),
            ("/v1/people/team/nope", ""),
            ("/favicon.png", ""),
        ):
            message = (await post(client, path, b"dog")).json()["message"]
            assert message == f"There is no such route{instead}. See /docs."

    serving(make_core(), talk)


def test_bodies_that_do_not_come_keep_nobody_waiting() -> None:
    core = make_core(make_settings(workers=1, queue=2, timeout_s=0.8))

    async def talk(client: Client) -> None:
        never = [asyncio.create_task(client.ask("POST", "/v1/render", body=())) for _ in range(80)]
        await asyncio.sleep(0.05)
        assert (await client.get("/cdn-cgi/image/width=8/a.jpg")).status == 200
        assert (await post(client, "/v1/render?options=width=8", b"dog")).status == 200
        replies = await asyncio.gather(*never)
        assert {(reply.status, reply.json()["error"]) for reply in replies} == {
            (408, "BodyTooSlow")
        }

    serving(core, talk)


def test_so_many_bodies_are_read_at_once_and_so_many_wait() -> None:
    core = make_core(make_settings(workers=1, queue=2, timeout_s=2))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        tasks = [asyncio.create_task(post(client, "/v1/analyse", b"dog")) for _ in range(14)]
        await until(lambda: sum(task.done() for task in tasks) == 11)
        assert core.hold is not None
        core.hold.set()
        statuses = [reply.status for reply in await asyncio.gather(*tasks)]
        assert sorted(statuses) == [200] * 3 + [503] * 11

    serving(core, talk)


@pytest.mark.parametrize(
    ("method", "target", "message"),
    [
        (
            "POST",
            "/v1/crops",
            "Expected an aspect ratio such as 9:16, a format or a set, got none.",
        ),
        (
            "POST",
            "/v1/crops?aspect=1:1&render=perhaps",
            "Expected true or false for `render`, got 'perhaps'.",
        ),
    ],
)
def test_what_is_wrong_with_a_query_is_said_in_our_words(
    method: str, target: str, message: str
) -> None:
    async def talk(client: Client) -> None:
        assert (await client.ask(method, target)).json()["message"] == message

    serving(make_core(), talk)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/", 200),
        ("/docs", 200),
        ("/openapi.json", 200),
        ("/health/live", 200),
        ("/health/ready", 200),
        ("/cdn-cgi/image/width=8/a.jpg", 200),
        ("/v1/render", 405),
        ("/nowhere", 404),
    ],
)
def test_head_says_what_get_would_say(target: str, status: int) -> None:
    async def talk(client: Client) -> None:
        whole, head = await client.get(target), await client.ask("HEAD", target)
        assert (whole.status, head.status) == (status, status)
        # Where a framework sends a body all the same, the protocol below leaves it out.
        assert head.headers["content-length"] == str(len(whole.body))

    serving(make_core(), talk)


def test_other_methods_are_405_and_say_what_is_allowed() -> None:
    async def talk(client: Client) -> None:
        reply = await client.get("/v1/render")
        assert (reply.status, reply.headers["allow"]) == (405, "POST")

    serving(make_core(), talk)


def test_a_bug_in_a_post_is_500_in_our_shape(caplog: pytest.LogCaptureFixture) -> None:
    core = make_core()

    def bug(_: bytes, __: TransformOptions) -> Rendition:
        raise RuntimeError("inner secret")

    core.painter = bug

    async def talk(client: Client) -> None:
        reply = await post(client, "/v1/render?options=width=1", b"dog")
        assert (reply.status, reply.json()["code"]) == (500, 9523)
        assert b"secret" not in reply.body

    serving(core, talk)
    assert "inner secret" in caplog.text


def test_analyse_answers_with_the_parts_that_were_asked_for() -> None:
    async def talk(client: Client) -> None:
        reply = await post(client, "/v1/analyse?parts=faces,saliency", b"dog")
        timings_ms = {"faces": 3.5, "saliency": 3.5}
        parts = ["faces", "saliency"]
        assert reply.json() == {"bytes": 3, "parts": parts, "timings_ms": timings_ms}
        assert (await post(client, "/v1/analyse", b"dog")).json()["parts"] == ["faces"]
        assert "analyse;dur=" in reply.headers["server-timing"]
        assert "faces;dur=3.5, saliency;dur=3.5" in reply.headers["server-timing"]

    serving(make_core(), talk)


def test_crops_are_boxes_or_a_zip_of_pictures() -> None:
    async def talk(client: Client) -> None:
        target = "/v1/crops?aspect=1:1&aspect=9:16"
        (tight, _) = (await post(client, target + "&zoom=0.5", b"dog")).json()["crops"]
        assert tight["zoom"] == 0.5
        boxes = await post(client, target, b"dog")
        assert [crop["aspect"] for crop in boxes.json()["crops"]] == ["1:1", "9:16"]
        archive = await post(client, target + "&render=1", b"dog")
        assert archive.headers["content-type"] == "application/zip"
        assert "encode;dur=4.0" in archive.headers["server-timing"]
        pictures = zipfile.ZipFile(io.BytesIO(archive.body))
        assert pictures.namelist() == ["1x1.jpg", "9x16.jpg"]
        assert pictures.read("1x1.jpg") == b"picture of dog 0"

    serving(make_core(), talk)


@pytest.mark.parametrize(
    "target", ["/v1/analyse", "/v1/crops?aspect=1:1", "/v1/crops?aspect=1:1&render=1"]
)
def test_maps_are_encoded_and_pictures_packed_by_the_worker_that_made_them(target: str) -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        assert (await post(client, target, b"dog")).status == 200

    serving(core, talk)
    assert core.told_in == ["foveate-worker"]


def test_crops_keep_what_is_asked_for() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        target = "/v1/crops?aspect=1:1"
        for query, kept in (("", None), ("&gravity=face", "face"), ("&gravity=auto", "auto")):
            (crop,) = (await post(client, target + query, b"dog")).json()["crops"]
            assert crop["gravity"] == kept
            await post(client, f"{target}{query}&render=1", b"dog")
            assert core.rendered[-1].gravity.kind == (kept or "center")

    serving(core, talk)


def test_those_who_name_the_same_picture_at_once_fetch_it_once() -> None:
    core = make_core()

    async def talk(client: Client) -> None:
        core.origin.slow = {"": asyncio.Event()}
        targets = ("/v1/render", "/v1/analyse", "/v1/crops?aspect=1:1")
        ask = [post(client, target, {"url": "a.jpg"}) for target in targets]
        tasks = [*map(asyncio.create_task, ask)]
        while b"foveate_queued 3.0" not in (await client.get("/metrics")).body:
            await asyncio.sleep(0.002)
        await settled()
        core.origin.slow[""].set()
        assert {reply.status for reply in await asyncio.gather(*tasks)} == {200}

    serving(core, talk)
    assert core.origin.reads == ["a.jpg"]


def test_posts_need_a_key_as_soon_as_there_is_one() -> None:
    async def talk(client: Client) -> None:
        target = "/v1/render?options=width=8"
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic two"}):
            reply = await post(client, target, b"dog", headers)
            assert (reply.status, reply.json()["error"]) == (403, "BadSignature")
        allowed = await post(client, target, b"dog", {"authorization": "Bearer two"})
        assert allowed.status == 200
        assert (await client.get("/docs")).status == 200

    serving(make_core(make_settings(keys=("one", "two"))), talk)


def test_posts_share_the_queue_and_a_client_that_leaves_frees_it() -> None:
    core = make_core(make_settings(workers=1, queue=0))
    core.hold = threading.Event()

    async def talk(client: Client) -> None:
        gone = asyncio.Event()
        ask = client.ask("POST", "/v1/analyse", body=[b"dog"], gone=gone)
        leaving = asyncio.create_task(ask)
        await until(lambda: core.deadlines)
        full = await post(client, "/v1/analyse", b"dog")
        assert (full.status, full.headers["retry-after"]) == (503, "2")
        gone.set()
        await leaving
        assert core.deadlines[0].disconnected
        assert core.hold is not None
        core.hold.set()
        assert (await post(client, "/v1/analyse", b"dog")).status == 200

    serving(core, talk)


def test_a_slash_too_many_is_forgiven_and_sends_nobody_elsewhere() -> None:
    async def talk(client: Client) -> None:
        evil = {"host": "evil.test"}
        reply = await client.ask("POST", "/v1/render/?options=width=3", evil, body=[b"dog"])
        assert (reply.status, reply.body) == (200, b"picture of dog 3")
        for target in ("/v1/render//", "/v1/", "/openapi.json/"):
            lost = await client.get(target, **evil)
            assert (lost.status, lost.json()["code"]) == (404, 9404)

    serving(make_core(), talk)


def test_openapi_describes_bodies_and_the_image_url() -> None:
    async def talk(client: Client) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        assert "/cdn-cgi/image/{options}/{source}" in paths
        body = paths["/v1/render"]["post"]["requestBody"]["content"]
        assert set(body) == {"image/*", "multipart/form-data", "application/json"}
        assert "422" not in paths["/v1/crops"]["post"]["responses"]

    serving(make_core(), talk)

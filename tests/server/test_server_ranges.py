"""Parts of what is answered."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from foveate.server.ranges import Content, Ranged

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = bytes(range(100))


def answered(method: str = "GET", **asked: str) -> tuple[int, dict[str, str], bytes]:
    def read(start: int, stop: int) -> Iterator[bytes]:
        yield from (DATA[at : min(stop, at + 7)] for at in range(start, stop, 7))

    about = {"cache-control": "private"}
    content = Content(size=100, etag="e1", type="image/x", read=read, headers=about)
    named = {name.replace("_", "-"): value for name, value in asked.items()}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()

    asyncio.run(Ranged(content, named, method)({"type": "http", "method": method}, receive, send))
    pairs = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], pairs, b"".join(message["body"] for message in sent[1:])


def test_the_whole_is_answered_with_what_names_it() -> None:
    status, headers, body = answered()
    assert (status, body) == (200, DATA)
    assert headers["etag"] == '"e1"'
    assert (headers["accept-ranges"], headers["content-length"]) == ("bytes", "100")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=10-19", 10, 20),
        ("bytes=90-", 90, 100),
        ("bytes=-5", 95, 100),
        ("bytes=98-999", 98, 100),
    ],
)
def test_a_part_is_answered_as_a_part(asked: str, start: int, stop: int) -> None:
    status, headers, body = answered(range=asked, if_range='"e1"')
    assert (status, body) == (206, DATA[start:stop])
    assert headers["content-range"] == f"bytes {start}-{stop - 1}/100"
    assert headers["content-length"] == str(stop - start)


def test_a_part_of_what_is_another_one_by_now_is_the_whole() -> None:
    assert answered(range="bytes=10-19", if_range='"e2"')[0] == 200
    assert answered(range="bytes=10-19", if_range='W/"e1"')[0] == 200
    assert answered(range="bytes=0-1,5-6")[0] == 200


def test_what_is_known_is_not_sent_and_what_is_not_there_is_refused() -> None:
    status, headers, body = answered(if_none_match='W/"e0", "e1"', range="bytes=1-2")
    assert (status, body, headers["etag"]) == (304, b"", '"e1"')
    status, headers, body = answered(range="bytes=100-")
    assert (status, headers["content-range"]) == (416, "bytes */100")
    assert json.loads(body)["error"] == "RangeNotSatisfiable"
    assert (headers["content-type"], headers["content-length"]) == (
        "application/json",
        str(len(body)),
    )
    status, headers, body = answered("HEAD", range="bytes=1-2")
    assert (status, body, headers["content-length"]) == (200, b"", "100")

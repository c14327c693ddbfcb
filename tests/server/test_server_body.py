from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from foveate.errors import BadBody, BodyTooSlow, ClientDisconnected, SourceTooLarge
from foveate.server.body import begun, parsed, read_body
from foveate.service.pointed import MOST_PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


JSON = [(b"content-type", b"application/json")]


def sent(
    chunks: Iterable[bytes], pause_s: float, headers: Sequence[tuple[bytes, bytes]] = ()
) -> Request:
    """Return a request whose body comes in these chunks, and stops if there is an end of them."""
    coming = iter(chunks)

    async def receive() -> Any:
        await asyncio.sleep(pause_s)
        chunk = next(coming, None)
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": chunk != b""}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def read(request: Request, max_bytes: int = 1_000_000) -> bytes:
    async def main() -> bytes:
        return (await read_body(await begun(request, 0.1), max_bytes, 0.1)).data

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("chunks", "pause_s"),
    [([], 0), ([b"x"], 0), ([b"x" * 999] * 3, 0), ([b"x"] * 200, 0.005), ([b""] * 200, 0.2)],
    ids=["nothing", "one byte", "half of it", "a trickle", "an end that comes late"],
)
def test_a_body_that_comes_too_slowly_is_given_up(chunks: list[bytes], pause_s: float) -> None:
    with pytest.raises(BodyTooSlow):
        read(sent(chunks, pause_s))


def test_json_holds_as_many_clicks_as_there_may_be_and_is_told_its_own_limit() -> None:
    most = {"points": [[0.12345678901234567, 0.00012345678901234567]] * MOST_PLACES}
    body = json.dumps({"url": "a.jpg", "clicks": most}).encode()
    read(sent([body, b""], 0, JSON))
    with pytest.raises(
        SourceTooLarge, match=r"^Expected JSON of at most 131072 bytes, got more\.$"
    ):
        read(sent([body * 2, b""], 0, JSON))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'{"width": 4, "width": 2}',
            "JSON: expected each name once in an object, got 'width' twice",
        ),
        (b'{"width": ', "Expected JSON, got something that is not"),
        (b'{"width": "\xff"}', "Expected JSON, got something that is not"),
        (b"[" * 100_000, "Expected JSON, got something that is not"),
    ],
)
def test_json_that_says_nothing_or_two_things_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(BadBody, match=message):
        parsed(data)


def test_a_picture_that_is_too_large_is_told_how_large_it_may_be() -> None:
    form = [(b"content-type", b"multipart/form-data; boundary=x")]
    for headers in ((), form):
        with pytest.raises(SourceTooLarge, match="pictures of at most 9 bytes"):
            read(sent([b"x" * 300_000, b""], 0, headers), max_bytes=9)


def test_a_body_that_keeps_coming_may_take_longer_than_the_grace() -> None:
    chunks = [b"x" * 4096] * 20
    assert read(sent([*chunks, b""], 0.015)) == b"x" * 4096 * 20


def test_a_client_that_leaves_in_the_middle_is_no_slow_one() -> None:
    messages = [
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return messages.pop(0)

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
    with pytest.raises(ClientDisconnected):
        read(request)

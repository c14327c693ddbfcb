from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request

from foveate.errors import BodyTooSlow, ClientDisconnected
from foveate.server.body import begun, read_body

if TYPE_CHECKING:
    from collections.abc import Iterable


def sent(chunks: Iterable[bytes], pause_s: float) -> Request:
    """Return a request whose body comes in these chunks, and stops if there is an end of them."""
    coming = iter(chunks)

    async def receive() -> Any:
        await asyncio.sleep(pause_s)
        chunk = next(coming, None)
        if chunk is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": chunk, "more_body": chunk != b""}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


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

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from foveate.server.answer import SLICE_BYTES, Answer, respond

if TYPE_CHECKING:
    from collections.abc import MutableMapping

pytestmark = pytest.mark.anyio


async def sent(answer: Answer, *, head: bool = False) -> list[MutableMapping[str, Any]]:
    messages: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    await respond(send, answer, head=head)
    return messages[1:]


@pytest.mark.parametrize("size", [SLICE_BYTES + 1, 3 * SLICE_BYTES, 3 * SLICE_BYTES + 5])
async def test_a_large_body_goes_out_in_slices_of_the_very_same_bytes(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    messages = await sent(Answer(200, [], body))
    pieces = [message["body"] for message in messages]
    assert all(piece.obj is body and len(piece) <= SLICE_BYTES for piece in pieces)
    assert b"".join(pieces) == body
    assert [message["more_body"] for message in messages] == [True] * (len(pieces) - 1) + [False]


@pytest.mark.parametrize("size", [0, 5, SLICE_BYTES])
async def test_a_small_body_goes_out_at_once(size: int) -> None:
    body = bytes(size)
    assert await sent(Answer(200, [], body)) == [
        {"type": "http.response.body", "body": body, "more_body": False}
    ]


async def test_without_a_body_nothing_of_it_is_sent() -> None:
    large = bytes(3 * SLICE_BYTES)
    for messages in (await sent(Answer(200, [], large), head=True), await sent(Answer(304, []))):
        assert [message["body"] for message in messages] == [b""]

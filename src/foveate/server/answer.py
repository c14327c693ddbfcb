"""What goes back to a client, as a value, and the one place that sends it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from starlette.types import Send

    from foveate.values import Blob

Headers = list[tuple[bytes, bytes]]

NO_STORE: Final = "no-store"
NO_BODY: Final = frozenset({204, 304})
SLICE_BYTES: Final = 256 * 1024
"""So much of an answer is handed over at once; the next slice follows when the client took it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response: status, headers with lower-case names, and the body."""

    status: int
    headers: Headers
    body: Blob = b""


def encode_headers(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Return headers as ASGI wants them; what cannot stand in a header becomes `?`."""
    return [(name.lower().encode("ascii"), _plain(value)) for name, value in pairs]


def _plain(value: str) -> bytes:
    kept = (char if " " <= char <= "~" else "?" for char in value)
    return "".join(kept).encode("ascii")


def json_answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    """Return `content` as JSON that no cache keeps."""
    return json_bytes(status, json_body(content), headers)


def json_body(content: object) -> bytes:
    """Return `content` as JSON; of half a character, which UTF-8 cannot say, it makes a `?`."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="replace")


def json_bytes(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Return what is JSON already, for no cache to keep."""
    pairs = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "cache-control": NO_STORE,
        "x-content-type-options": "nosniff",
        **(headers or {}),
    }
    return Answer(status, encode_headers(pairs.items()), body)


async def respond(send: Send, answer: Answer, *, head: bool = False) -> None:
    """Send the answer, without its body when `head`."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    body = b"" if head or answer.status in NO_BODY else answer.body
    for piece, more in _slices(body):
        await send({"type": "http.response.body", "body": piece, "more_body": more})
        if more:
            await asyncio.sleep(0)  # a client that reads fast never makes us wait, and others do


def _slices(body: Blob) -> Iterator[tuple[Blob, bool]]:
    """Yield a body in slices that share its bytes, each with whether there are more."""
    if len(body) <= SLICE_BYTES:
        yield body, False
        return
    whole = memoryview(body)
    for start in range(0, len(whole), SLICE_BYTES):
        end = start + SLICE_BYTES
        yield whole[start:end], end < len(whole)

"""What goes back to a client, as a value, and the one place that sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Send

Headers = list[tuple[bytes, bytes]]

NO_STORE: Final = "no-store"
NO_BODY: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response: status, headers with lower-case names, and the body."""

    status: int
    headers: Headers
    body: bytes = b""


def encode_headers(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Return headers as ASGI wants them; what cannot stand in a header becomes `?`."""
    return [(name.lower().encode("ascii"), _plain(value)) for name, value in pairs]


def _plain(value: str) -> bytes:
    kept = (char if " " <= char <= "~" else "?" for char in value)
    return "".join(kept).encode("ascii")


def json_answer(
    status: int, content: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Answer:
    """Return `content` as JSON that no cache keeps."""
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
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
    await send({"type": "http.response.body", "body": body})

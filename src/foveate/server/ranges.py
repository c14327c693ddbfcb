"""Answers of which a client may have any part: files, and what is put together of them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi.responses import Response

from foveate.errors import ClientDisconnected, FoveateError
from foveate.server.answer import encode_headers
from foveate.server.disconnect import unless_gone
from foveate.server.errors import logged, routing_answer
from foveate.server.logs import ENDS_EARLY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from starlette.types import Receive, Scope, Send

    Run = Callable[..., Awaitable[bytes]]

WHOLE, PARTIAL, NOT_MODIFIED, NOT_SATISFIABLE = 200, 206, 304, 416
SENT: Final = frozenset({WHOLE, PARTIAL})
RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
ETAGS: Final = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Bytes that never change, and how they are called."""

    size: int
    etag: str
    """Without quotes: the SHA-256 in hex, or another digest."""
    type: str
    read: Callable[[int, int], Iterator[bytes]]
    """Yields the bytes from the first number until before the second; it blocks."""
    headers: Mapping[str, str]
    run: Run = asyncio.to_thread
    """Has a thread read the next of them."""


def part_of(asked: str, size: int) -> tuple[int, int] | None:
    """Return where the part that `Range` asks for begins and ends; None where that is no part.

    RFC 9110, 14.1.2 and 14.2: several parts, and what is no range, are answered with the whole. A
    part that lies behind the end is (0, 0).

    >>> part_of("bytes=2-3", 9), part_of("bytes=7-", 9), part_of("bytes=-2", 9)
    ((2, 4), (7, 9), (7, 9))
    >>> part_of("bytes=9-", 9), part_of("bytes=-0", 9), part_of("bytes=3-99", 9)
    ((0, 0), (0, 0), (3, 9))
    >>> part_of("bytes=0-1,4-5", 9), part_of("bytes=4-3", 9), part_of("", 9)
    (None, None, None)
    """
    found = RANGE.fullmatch(asked.replace(" ", "").lower())
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else (0, 0)
    if last and int(last) < int(first):
        return None
    start, end = int(first), min(size, int(last) + 1 if last else size)
    return (start, end) if start < size else (0, 0)


class Ranged(Response):
    """Sends what was asked for of some bytes, as fast as the client takes it."""

    def __init__(self, content: Content, asked: Mapping[str, str], method: str) -> None:
        """Take the headers of the request, by names in lower case."""
        super().__init__()
        self._content, self._refusal = content, b""
        self._start, self._end = 0, content.size
        # RFC 9110, 14.2: of other methods a part cannot be asked for.
        self._range = asked.get("range", "") if method == "GET" else ""
        self.status_code = self._status(asked)
        self.raw_headers = encode_headers(self._pairs().items())
        if self.status_code == NOT_SATISFIABLE:
            answer = routing_answer(NOT_SATISFIABLE)
            self.raw_headers = [*self.raw_headers, *answer.headers]
            self._refusal = bytes(answer.body)

    @property
    def is_from_start(self) -> bool:
        """Return whether it sends bytes, and the first one of them."""
        return self.status_code in SENT and self._start == 0

    def _status(self, asked: Mapping[str, str]) -> int:
        etag = f'"{self._content.etag}"'
        known = asked.get("if-none-match", "")
        if known.strip() == "*" or etag in ETAGS.findall(known):
            return NOT_MODIFIED
        part = part_of(self._range, self._content.size)
        # A weak validator, or a date, is none for a part (RFC 9110, 13.1.5).
        if part is None or asked.get("if-range", etag) != etag:
            return WHOLE
        self._start, self._end = part
        return PARTIAL if part[1] > part[0] else NOT_SATISFIABLE

    def _pairs(self) -> dict[str, str]:
        content, status = self._content, self.status_code
        pairs = {"etag": f'"{content.etag}"', "accept-ranges": "bytes", **content.headers}
        if status == NOT_MODIFIED:
            return pairs
        if status == NOT_SATISFIABLE:
            return {"accept-ranges": "bytes", "content-range": f"bytes */{content.size}"}
        pairs["content-length"] = str(self._end - self._start)
        if status == PARTIAL:
            pairs["content-range"] = f"bytes {self._start}-{self._end - 1}/{content.size}"
        return {**pairs, "content-type": content.type, "x-content-type-options": "nosniff"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, for as long as somebody takes it."""
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        silent = scope["method"] == "HEAD" or self.status_code not in SENT
        if silent:
            await send({"type": "http.response.body", "body": self._refusal})
            return
        try:
            await unless_gone(receive, self._send_all(send))
        except ClientDisconnected:
            return
        except FoveateError as why:
            # It went, or is away, in the middle of it: all that can be told is that this is no end.
            logged(why, scope["path"])
            ENDS_EARLY.set(True)

    async def _send_all(self, send: Send) -> None:
        pieces = self._content.read(self._start, self._end)
        while (piece := await self._content.run(next, pieces, b"")) != b"":
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

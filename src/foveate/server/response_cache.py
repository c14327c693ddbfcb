"""Heads of responses kept for the next request of the same URL, so that a hit parses nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Scope

    from foveate.ledger.amounts import Name
    from foveate.server.answer import Headers

MAX_ENTRIES: Final = 4096
MAX_TARGET_BYTES: Final = 2048
"""Longer URLs and header values are not worth remembering, and could be used to fill memory."""

K = TypeVar("K")
V = TypeVar("V")
RequestTarget = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of an answer, for ASGI and as HTTP/1 writes them."""

    status: int
    headers: Headers
    lines: bytes = field(init=False)
    """One line for each header, and the empty one that ends them."""

    def __post_init__(self) -> None:
        lines = [b"%b: %b\r\n" % pair for pair in self.headers]
        object.__setattr__(self, "lines", b"".join((*lines, b"\r\n")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedResponse:
    """The answer to one URL for one kind of client, as long as the source has this version."""

    source: str
    version: str
    key: str
    """Where the cache holds the bytes: only headers live here."""
    etag: str
    whole: Head
    unchanged: Head
    """For a client that holds the bytes already."""
    length: int
    name: Name
    """What is charged when it is sent again."""
    source_bytes: int = 0
    """Of the original, which need not be read for it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A kept answer that holds at this moment, with its bytes."""

    head: Head
    body: memoryview
    kept: CachedResponse


def target_of(scope: Scope) -> RequestTarget:
    """Return the URL as it was sent."""
    return scope["raw_path"], scope["query_string"]


def by_single_name(headers: Headers) -> dict[bytes, bytes] | None:
    """Return headers by name, or None when one is repeated: such are negotiated as one list."""
    named = dict(headers)
    return named if len(named) == len(headers) else None


class ResponseCache:
    """A bounded table from URL, and the headers its answer varies on, to the answer given last."""

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._varies: dict[RequestTarget, tuple[bytes, ...]] = {}
        self._responses: dict[tuple[object, ...], CachedResponse] = {}

    def find(self, target: RequestTarget, headers: Mapping[bytes, bytes]) -> CachedResponse | None:
        """Return the answer that was given for this URL and this kind of client."""
        names = self._varies.get(target)
        if names is None:
            return None
        return self._responses.get((target, *map(headers.get, names)))

    def keep(
        self,
        target: RequestTarget,
        headers: Mapping[bytes, bytes],
        vary: Sequence[str],
        response: CachedResponse,
    ) -> None:
        """Remember an answer; the oldest make room."""
        names = tuple(name.lower().encode("ascii") for name in vary)
        values = tuple(map(headers.get, names))
        if sum(len(part) for part in (*target, *values) if part) > MAX_TARGET_BYTES:
            return
        self._make_room(self._varies)
        self._make_room(self._responses)
        self._varies[target] = names
        self._responses[(target, *values)] = response

    def _make_room(self, table: dict[K, V]) -> None:
        if len(table) >= self._max_entries:
            del table[next(iter(table))]

"""A running Foveate, asked over its HTTP API: what the clients of jobs and datasets share."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpcore

from foveate.errors import (
    BadConfiguration,
    BadOption,
    BadRaw,
    BadRequest,
    DatasetConflict,
    DatasetDamaged,
    RateExceeded,
    SourceError,
    SourceFailed,
    SourceRefused,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreachable,
    UnknownDataset,
    UnknownHandler,
    UnknownRaw,
)
from foveate.http_dates import again_s
from foveate.storage.http_failures import as_source_errors
from foveate.storage.policy import parse_url
from foveate.storage.shapes import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TIMEOUTS: Final = {"connect": 5.0, "write": 60.0, "pool": 60.0}
READ_S: Final = 60.0
"""An event, or a sign of life, comes every 15 seconds."""
MOST_CONNECTIONS: Final = 100
"""Threads may share a client, and each may wait for long."""
MOST_JSON: Final = 16 * 1024 * 1024
REDIRECTED, BAD, FAILED = range(300, 400), 400, 500
REFUSED: Final = frozenset({401, 403})
TOO_OFTEN: Final = 429
MOST_LATER_S: Final = 24 * 3600.0
"""Nobody waits longer, whatever a proxy says."""
AWAY: Final[dict[type[SourceError], str]] = {
    SourceUnreachable: "The server at {} cannot be reached, or broke off: is it running?",
    SourceTimeout: "The server at {} took too long.",
}
KNOWN: Final[dict[str, type[BadRequest]]] = {
    kind.__name__: kind
    for kind in (
        BadConfiguration,
        BadRaw,
        DatasetConflict,
        DatasetDamaged,
        UnknownDataset,
        UnknownHandler,
        UnknownRaw,
    )
}
"""What is raised here as it was there."""


def later_s(why: Exception | None, usual_s: float) -> float:
    """Return how long to wait after that: as the server said, where that is longer than usual.

    >>> later_s(RateExceeded(41.0), 2.0), later_s(RateExceeded(1.0), 2.0), later_s(None, 2.0)
    (41.0, 2.0, 2.0)
    """
    return max(usual_s, why.retry_after_s) if isinstance(why, RateExceeded) else usual_s


class ApiServer:
    """A server and the key with which it is asked. Every call blocks, and raises a SourceError."""

    def __init__(self, address: str, key: str = "") -> None:
        """Take its address, as http://localhost:8100. Raises BadUrl, and BadOption for no key."""
        self.base = str(parse_url(address)).partition("?")[0].rstrip("/")
        self.headers = {"user-agent": "foveate", "accept-encoding": "identity"}
        if secret := _key(key):
            self.headers["authorization"] = f"Bearer {secret}"
        self._pool = httpcore.ConnectionPool(max_connections=MOST_CONNECTIONS)

    def close(self) -> None:
        """Close connections."""
        self._pool.close()

    def json(
        self,
        method: str,
        path: str,
        said: object = None,
        more: Mapping[str, str] | None = None,
        *,
        within_s: float = READ_S,
        most: int = MOST_JSON,
    ) -> dict[str, Any]:
        """Return what JSON a server answers, that begins to within so long, of so many bytes."""
        body = b"" if said is None else json.dumps(said).encode()
        headers = {"content-type": "application/json", **(more or {})} if body else more
        with self.answered(method, path, body, headers, within_s) as response:
            text = read(response, most)
        try:
            told: dict[str, Any] = json.loads(text) if text else {}
        except (ValueError, RecursionError) as why:
            raise SourceFailed(f"{self.base}: expected JSON, got what is none.") from why
        checked(told, dict, self.base)
        return told

    @contextmanager
    def answered(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        more: Mapping[str, str] | None = None,
        within_s: float = READ_S,
    ) -> Iterator[httpcore.Response]:
        """Give an answer that is no refusal."""
        headers = {**self.headers, **(more or {})}
        with self.asked(method, self.base + path, body, headers, within_s) as response:
            if response.status >= BAD:
                raise refusal(response)
            yield response

    @contextmanager
    def found(
        self, path: str, more: Mapping[str, str] | None = None
    ) -> Iterator[httpcore.Response]:
        """Give a file, where it lies.

        A bucket signs for itself, and must not be sent our key. What it refuses, as where its link
        has expired, is asked for anew: here, which gives another link. Raises SourceFailed.
        """
        with self.answered("GET", path, more=more) as response:
            place = header(response, b"location") if response.status in REDIRECTED else ""
            if not place:
                yield response
                return
        with self.asked("GET", place, headers=more) as response:
            if response.status >= BAD:
                said = f"The bucket of {self.base} answered {response.status}."
                raise SourceFailed(said, public=said)
            yield response

    @contextmanager
    def asked(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        within_s: float = READ_S,
    ) -> Iterator[httpcore.Response]:
        """Give whatever is answered."""
        target = str(parse_url(url))
        sent = [*(headers or {}).items()]
        timeouts = {"timeout": {**TIMEOUTS, "read": within_s}}
        with (
            _as_of(self.base),
            as_source_errors(target),
            self._pool.stream(
                method, target, headers=sent, content=body, extensions=timeouts
            ) as response,
        ):
            yield response


def _key(said: str) -> str:
    """Return a key as a header has it, without the end of the line of the file that it was in.

    Raises BadOption for what can be none, and does not say what: somebody may read that.
    """
    key = said.strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise BadOption("Expected a key of ASCII letters and signs, got one with others.")
    return key


@contextmanager
def _as_of(server: str) -> Iterator[None]:
    """Say of what the network raises that it is about this server: it is no picture's origin."""
    try:
        yield
    except tuple(AWAY) as why:
        raise type(why)(str(why), public=AWAY[type(why)].format(server)) from why


def read(response: httpcore.Response, most: int = MOST_JSON) -> bytes:
    """Return a body that is JSON. Raises SourceTooLarge, as often as one asks again."""
    parts, size = [], 0
    for part in response.iter_stream():
        parts.append(part)
        size += len(part)
        if size > most:
            sentence = f"Expected at most {most} bytes of JSON, got more."
            raise SourceTooLarge(sentence, public=sentence)
    return b"".join(parts)


def refusal(response: httpcore.Response) -> BadRequest | SourceRefused | SourceFailed:
    """Return what a server said that refused, as an error of ours."""
    try:
        told = json.loads(read(response))
        said, kind = str(told["message"]), KNOWN.get(str(told["error"]), BadOption)
    except (ValueError, KeyError, TypeError):
        said, kind = f"The server answered {response.status}.", BadOption
    if response.status >= FAILED:
        return SourceFailed(said, public=said)
    if response.status == TOO_OFTEN:
        later = again_s(header(response, b"retry-after"), time.time())
        again = RateExceeded.retry_after_s if later is None else min(later, MOST_LATER_S)
        return RateExceeded(again, said)
    if response.status in REFUSED:
        return SourceRefused(said, public=said)
    return kind(said, public=said)


def header(response: httpcore.Response, name: bytes) -> str:
    """Return a header of an answer; empty where it has none."""
    found = [value for each, value in response.headers if each.lower() == name]
    return found[0].decode("latin-1") if found else ""

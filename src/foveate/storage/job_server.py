"""A running Foveate, asked for jobs over its HTTP API: the client of the command line."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import httpcore

from foveate.errors import (
    BadOption,
    NotWritten,
    SourceError,
    SourceFailed,
    SourceRefused,
    SourceTimeout,
    SourceUnreachable,
)
from foveate.storage.http_failures import as_source_errors
from foveate.storage.policy import parse_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PATH: Final = "/v1/jobs"
TIMEOUTS: Final = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 60.0}
"""An event, or a sign of life, comes every 15 seconds."""
MOST_JSON: Final = 16 * 1024 * 1024
PAGE: Final = 1000
ENDED: Final = frozenset({"done", "failed", "cancelled"})
LOST: Final = (SourceFailed, SourceTimeout, SourceUnreachable)
"""What a server that is begun anew, or what stands before it, makes of a request."""
WAITS_S: Final = (1.0, 2.0, 4.0, 8.0, *[15.0] * 20)
"""How long to wait for a server that is lost, again and again, before it is given up."""
GOOD, REDIRECTED, BAD, FAILED = 200, range(300, 400), 400, 500
REFUSED: Final = frozenset({401, 403, 429})


class JobServer:
    """A server and the key with which it is asked. Every call blocks, and raises a SourceError."""

    def __init__(
        self, address: str, key: str = "", wait: Callable[[float], None] = time.sleep
    ) -> None:
        """Take its address, as http://localhost:8100. Raises BadUrl."""
        self._wait = wait
        self._base = str(parse_url(address)).partition("?")[0].rstrip("/")
        self._headers = {"user-agent": "foveate", "accept-encoding": "identity"}
        if key:
            self._headers["authorization"] = f"Bearer {key}"
        self._pool = httpcore.ConnectionPool()

    def submit(self, said: Mapping[str, Any], idempotency: str = "") -> dict[str, Any]:
        """Queue what JSON asks for, and return the job."""
        more = {"content-type": "application/json"}
        if idempotency:
            more["idempotency-key"] = idempotency
        return self._json("POST", PATH, json.dumps(said).encode(), more)

    def jobs(self, state: str = "", limit: int = 100) -> list[dict[str, Any]]:
        """Return jobs, the newest first."""
        query = urlencode({"state": state, "limit": limit})
        jobs: list[dict[str, Any]] = self._json("GET", f"{PATH}?{query}")["jobs"]
        return jobs

    def get(self, job: str) -> dict[str, Any]:
        """Return a job."""
        return self._json("GET", _of(job))

    def cancel(self, job: str) -> dict[str, Any]:
        """Cancel a job, and return it."""
        return self._json("POST", f"{_of(job)}/cancel")

    def delete(self, job: str) -> None:
        """Delete a job that has ended, and its results."""
        self._json("DELETE", _of(job))

    def events(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield what happens to a job until it has ended.

        A server that answered once may be lost for `WAITS_S`, again and again.
        """
        after, state, waits = 0, "", iter(WAITS_S[:0])
        while state not in ENDED:
            lost: SourceError = SourceUnreachable(f"{self._base} broke off.")
            try:
                for event in self._events(f"{_of(job)}/events?after={after}"):
                    waits = iter(WAITS_S)
                    if event is not None:
                        after, state = event["number"], event["event"]
                        yield event
            except LOST as why:
                lost = why
            if state not in ENDED:
                self._pause(waits, lost)

    def _pause(self, waits: Iterator[float], lost: SourceError) -> None:
        """Wait before it is tried again. Raises why that is necessary, once it is in vain."""
        wait_s = next(waits, None)
        if wait_s is None:
            raise lost
        self._wait(wait_s)

    def files(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield the results of a job."""
        after: str | None = ""
        while after is not None:
            query = urlencode({"after": after, "limit": PAGE})
            page = self._json("GET", f"{_of(job)}/files?{query}")
            yield from page["files"]
            after = page["next"]

    def save(self, url: str, file: Path) -> int:
        """Write a result into a file, and return how many bytes it has. Raises NotWritten."""
        with self._answered("GET", url) as response:
            # A bucket signs for itself, and must not be sent our key.
            place = _header(response, b"location") if response.status in REDIRECTED else ""
            if not place:
                return _saved(response, file)
        with self._asked("GET", place, headers={}) as response:
            return _saved(response, file)

    def close(self) -> None:
        """Close connections."""
        self._pool.close()

    def _events(self, path: str) -> Iterator[dict[str, Any] | None]:
        """Yield events; at first None, once the server answers."""
        with self._answered("GET", path) as response:
            yield None
            rest = b""
            for part in response.iter_stream():
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    if line.startswith(b"data: "):
                        yield json.loads(line[6:])

    def _json(
        self, method: str, path: str, body: bytes = b"", more: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        with self._answered(method, path, body, more) as response:
            text = _read(response)
        try:
            told: dict[str, Any] = json.loads(text) if text else {}
        except ValueError as why:
            raise SourceFailed(f"{self._base}: expected JSON, got what is none.") from why
        return told

    @contextmanager
    def _answered(
        self, method: str, path: str, body: bytes = b"", more: Mapping[str, str] | None = None
    ) -> Iterator[httpcore.Response]:
        """Give an answer that is no refusal."""
        headers = {**self._headers, **(more or {})}
        with self._asked(method, self._base + path, body, headers) as response:
            if response.status >= BAD:
                raise _refusal(response)
            yield response

    @contextmanager
    def _asked(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Iterator[httpcore.Response]:
        target = str(parse_url(url))
        sent = [*(headers or {}).items()]
        timeouts = {"timeout": TIMEOUTS}
        with (
            as_source_errors(target),
            self._pool.stream(
                method, target, headers=sent, content=body, extensions=timeouts
            ) as response,
        ):
            yield response


def _of(job: str) -> str:
    return f"{PATH}/{quote(job, safe='')}"


def _read(response: httpcore.Response) -> bytes:
    parts, size = [], 0
    for part in response.iter_stream():
        parts.append(part)
        size += len(part)
        if size > MOST_JSON:
            raise SourceFailed(f"Expected at most {MOST_JSON} bytes of JSON, got more.")
    return b"".join(parts)


def _refusal(response: httpcore.Response) -> BadOption | SourceRefused | SourceFailed:
    """Return what a server said that refused, as an error of ours."""
    try:
        said = str(json.loads(_read(response))["message"])
    except (ValueError, KeyError, TypeError):
        said = f"The server answered {response.status}."
    if response.status >= FAILED:
        return SourceFailed(said, public=said)
    if response.status in REFUSED:
        return SourceRefused(said, public=said)
    return BadOption(said)


def _header(response: httpcore.Response, name: bytes) -> str:
    found = [value for each, value in response.headers if each.lower() == name]
    return found[0].decode("latin-1") if found else ""


def _saved(response: httpcore.Response, file: Path) -> int:
    if response.status != GOOD:
        raise SourceFailed(f"Expected a result, got {response.status}.")
    size, half = 0, file.with_name(f".{file.name}.half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as target:
            for part in response.iter_stream():
                size += target.write(part)
        half.replace(file)
    except OSError as why:
        raise NotWritten(f"Expected to write {file}, got {why.strerror}.") from why
    return size

"""A running Foveate, asked for jobs over its HTTP API: the client of the command line."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote, urlencode

from foveate.errors import (
    NotWritten,
    RateExceeded,
    SourceError,
    SourceFailed,
    SourceTimeout,
    SourceUnreachable,
)
from foveate.storage.api_server import ApiServer, header, later_s
from foveate.storage.shapes import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import httpcore

T = TypeVar("T")
JOB: Final = {
    "id": str,
    "state": str,
    "created": str,
    "description": {"out": str},
    "progress": {
        **{f"{each}?": int for each in ("done", "before", "repeated", "failed", "failed_before")},
        "total?": int,
        "errors?": dict,
    },
    "waits?": {"why": str, "until?": str},
    "error?": {"error": str, "message": str},
}
EVENTS: Final = "text/event-stream"
EVENT: Final = {"number": int, "event": str, "data": dict}
FILES: Final = {"files": [{"name": str, "url": str, "bytes": int}], "next?": str}
PATH: Final = "/v1/jobs"
PAGE: Final = 1000
ENDED: Final = frozenset({"done", "failed", "cancelled"})
LOST: Final = (SourceFailed, SourceTimeout, SourceUnreachable)
"""What a server that is begun anew, or what stands before it, makes of a request."""
WAITS_S: Final = (1.0, 2.0, 4.0, 8.0, *[15.0] * 20)
"""How long to wait for a server that is lost, again and again, before it is given up."""
GOOD, ACCEPTED, GONE = 200, 202, 204


class JobServer(ApiServer):
    """A server and the key with which it is asked. Every call blocks, and raises a SourceError."""

    def __init__(
        self, address: str, key: str = "", wait: Callable[[float], None] = time.sleep
    ) -> None:
        """Take its address, as http://localhost:8100. Raises BadUrl."""
        super().__init__(address, key)
        self._wait = wait

    def submit(self, said: Mapping[str, Any], idempotency: str = "") -> dict[str, Any]:
        """Queue what JSON asks for, and return the job."""
        more = {"idempotency-key": idempotency} if idempotency else None
        return self._job("POST", PATH, said, more)

    def jobs(self, state: str = "", limit: int = 100) -> list[dict[str, Any]]:
        """Return jobs, the newest first."""
        query = urlencode({"state": state, "limit": limit})
        told = checked(self.json("GET", f"{PATH}?{query}"), {"jobs": [JOB]}, self.base)
        jobs: list[dict[str, Any]] = told["jobs"]
        return jobs

    def get(self, job: str) -> dict[str, Any]:
        """Return a job, once that may be asked for."""
        return self._patiently(partial(self._job, "GET", _of(job)))

    def cancel(self, job: str) -> dict[str, Any]:
        """Cancel a job, and return it."""
        return self._job("POST", f"{_of(job)}/cancel")

    def _job(self, method: str, path: str, *said: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Return the job that is answered. Raises BadOption for what is none."""
        job: dict[str, Any] = checked(self.json(method, path, *said), JOB, self.base)
        return job

    def delete(self, job: str) -> bool:
        """Delete a job that has ended, and return whether its results are gone, too."""
        with self.answered("DELETE", _of(job)) as response:
            if response.status not in {GONE, ACCEPTED}:
                raise SourceFailed(f"{self.base}: expected 204 or 202, got {response.status}.")
            return response.status == GONE

    def events(self, job: str) -> Iterator[dict[str, Any]]:
        """Yield what happens to a job until it has ended.

        A server that answered once may be lost for `WAITS_S`, again and again. One that is asked
        too often has answered: it is asked again when it said, as often as one that is lost.
        """
        after, state, waits, often = 0, "", iter(WAITS_S[:0]), iter(WAITS_S)
        while state not in ENDED:
            lost: SourceError = SourceUnreachable(f"{self.base} broke off.")
            try:
                for event in self._events(f"{_of(job)}/events?after={after}"):
                    waits, often = iter(WAITS_S), iter(WAITS_S)
                    if event is not None:
                        after, state = event["number"], event["event"]
                        yield event
            except RateExceeded as why:
                if (usual_s := next(often, None)) is None:
                    raise
                waits = iter([later_s(why, usual_s), *WAITS_S])
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
        seen = set[str]()
        while after is not None:
            if after in seen:
                raise SourceFailed(f"{self.base}: expected an end of the results, got none.")
            seen.add(after)
            query = urlencode({"after": after, "limit": PAGE})
            ask = partial(self.json, "GET", f"{_of(job)}/files?{query}")
            page = checked(self._patiently(ask), FILES, self.base)
            yield from page["files"]
            after = page.get("next")

    def save(self, url: str, file: Path, least: int = 0) -> int:
        """Write a result into a file, and return how many bytes it has, which are no fewer.

        Raises NotWritten.
        """
        return self._patiently(partial(self._save, url, file, least))

    def _save(self, url: str, file: Path, least: int) -> int:
        with self.found(url) as response:
            return _saved(response, file, least)

    def _patiently(self, call: Callable[[], T]) -> T:
        """Return what a call gives, made again when the server says that it may be."""
        for usual_s in WAITS_S:
            try:
                return call()
            except RateExceeded as why:
                self._wait(later_s(why, usual_s))
        return call()

    def _events(self, path: str) -> Iterator[dict[str, Any] | None]:
        """Yield events; at first None, once the server answers."""
        with self.answered("GET", path) as response:
            if not header(response, b"content-type").startswith(EVENTS):
                raise SourceFailed(f"{self.base}: expected events, got none.")
            yield None
            rest = b""
            for part in response.iter_stream():
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    if line.startswith(b"data: "):
                        yield self._event(line[6:])

    def _event(self, line: bytes) -> dict[str, Any]:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = line
        event: dict[str, Any] = checked(told, EVENT, self.base)
        return event


def _of(job: str) -> str:
    return f"{PATH}/{quote(job, safe='')}"


def _saved(response: httpcore.Response, file: Path, least: int) -> int:
    if response.status != GOOD:
        raise SourceFailed(f"Expected a result, got {response.status}.")
    # The name of the file itself may be as long as any.
    short = sha256(file.name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    half = file.with_name(f".{short}.half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as target:
            size = sum(target.write(part) for part in response.iter_stream())
        if size < least:
            raise SourceFailed(f"Expected {least} bytes of {file.name}, got {size}.")
        half.replace(file)
    except OSError as why:
        raise NotWritten(f"Expected to write {file}, got {why.strerror}.") from why
    finally:
        with suppress(OSError):  # it is there only where the whole file is not
            half.unlink()
    return size

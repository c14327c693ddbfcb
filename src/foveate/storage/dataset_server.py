"""A running Foveate, asked for datasets over its HTTP API and WebSockets."""

from __future__ import annotations

import json
from contextlib import contextmanager
from numbers import Real
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from foveate.errors import SourceUnreachable
from foveate.storage.api_server import AWAY, ApiServer
from foveate.storage.dataset_paths import HANDLERS, PATH, RAW
from foveate.storage.shapes import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import httpcore

FILES: Final = 10_000
"""Of those that a dataset consists of, told in one answer."""
MOST_MANIFEST: Final = 2 * 1024**3
"""Bytes; of each file of a dataset it tells in some 250."""
LOOKED_S: Final = 900.0
"""A server looks at all of the raw data before it answers who asks for a dataset of it."""
OPEN_S: Final = 10.0
LOOK_S: Final = 0.5
"""How soon somebody who waits at a WebSocket notices that he is to stop."""
MOST_MESSAGE: Final = 1024 * 1024
FAR: Final = {
    **{f"{each}?": int for each in ("chunks", "of_chunks", "samples", "of_samples")},
    "eta_s?": Real,
    "waits?": str,
}
EVENT: Final = {"number": int, "event": str, "data": FAR}
DATASET: Final = {
    "id": str,
    "state": str,
    "used": str,
    "pinned": bool,
    **dict.fromkeys(("downloads", "bytes", "samples"), int),
    "progress?": FAR,
    "error?": {"error": str, "message": str, "log?": str},
    "last_event?": int,
}
HANDLER: Final = {"name": str, "version": str, "schema": {"properties?": dict}}
MANIFEST: Final = {"format": str, "classes": [str], "shards": list, "splits": dict}


class DatasetServer(ApiServer):
    """A server and the key with which it is asked. Every call blocks, and raises a SourceError."""

    def request(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a dataset, and return how it stands."""
        return self._like(DATASET, self.json("POST", PATH, said, within_s=LOOKED_S))

    def page(self, state: str, search: str, limit: int, after: str = "") -> dict[str, Any]:
        """Return datasets, the newest first, and what is `after` for the next ones."""
        query = urlencode({"state": state, "search": search, "limit": limit, "after": after})
        shape = {"datasets": [DATASET], "next?": str}
        return self._like(shape, self.json("GET", f"{PATH}?{query}"))

    def get(self, dataset: str, after: int = -1, wait_s: float = 0.0) -> dict[str, Any]:
        """Return how a dataset stands: with its events after that one, once there are some."""
        query = f"?after={after}&wait={wait_s:g}" if after >= 0 else ""
        shape = DATASET | ({"events": [EVENT]} if after >= 0 else {})
        return self._like(shape, self.json("GET", _of(dataset) + query))

    def events(
        self, dataset: str, after: int, stopped: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        """Yield what happens to a dataset after that event, until no more is told here.

        Raises SourceUnreachable where the WebSocket ends early, or there is none: a proxy may be
        in its way, or the server is starting again.
        """
        from websockets.exceptions import WebSocketException  # noqa: PLC0415 - for who waits
        from websockets.sync.client import connect  # noqa: PLC0415

        address = f"ws{self.base.removeprefix('http')}{_of(dataset)}/events?after={after}"
        said = {name: self.headers[name] for name in ("authorization",) if name in self.headers}
        try:
            with connect(
                address,
                additional_headers=said,
                user_agent_header="foveate",
                open_timeout=OPEN_S,
                max_size=MOST_MESSAGE,
                proxy=None,
            ) as socket:
                while not stopped():
                    try:
                        yield self._like(EVENT, json.loads(socket.recv(LOOK_S)))
                    except TimeoutError:
                        continue
        except (WebSocketException, OSError, ValueError, RecursionError) as why:
            detail = f"{address}: {type(why).__name__}: {why}"
            sentence = AWAY[SourceUnreachable].format(self.base)
            raise SourceUnreachable(detail, public=sentence) from why

    def manifest(self, dataset: str) -> dict[str, Any]:
        """Return what a dataset that is ready consists of."""
        told = self.json("GET", f"{_of(dataset)}/manifest", most=MOST_MANIFEST)
        splits = self._like(MANIFEST, told)["splits"]
        checked([*splits.values()], [{"samples": int}], self.base)
        return told

    def files(self, dataset: str, after: str = "") -> dict[str, Any]:
        """Return files of a dataset that is ready, and what is `after` for the next ones."""
        query = urlencode({"limit": FILES, "after": after})
        told = self.json("GET", f"{_of(dataset)}/files?{query}")
        return self._like({"files": list, "next?": str}, told)

    @contextmanager
    def file(self, dataset: str, name: str, start: int) -> Iterator[httpcore.Response]:
        """Give a file of a dataset from that byte on: 206, or 200 where it is the whole of it.

        What a file has under one id never changes: no validator is needed to go on with it.
        """
        more = {"range": f"bytes={start}-"} if start else None
        with self.found(f"{_of(dataset)}/shards/{quote(name)}", more) as response:
            yield response

    def pin(self, dataset: str, *, pinned: bool) -> dict[str, Any]:
        """Keep a dataset whatever its age, or no more; return it."""
        told = self.json("POST", f"{_of(dataset)}/{'pin' if pinned else 'unpin'}")
        return self._like(DATASET, told)

    def cancel(self, dataset: str) -> dict[str, Any]:
        """Have a dataset made no further; return it."""
        return self._like(DATASET, self.json("POST", f"{_of(dataset)}/cancel"))

    def delete(self, dataset: str) -> None:
        """Delete a dataset: it is made again when somebody asks for it."""
        self.json("DELETE", _of(dataset))

    def handlers(self) -> list[dict[str, Any]]:
        """Return the handlers that may be asked for, with the schemas of their configurations."""
        told = self._like({"handlers": [HANDLER]}, self.json("GET", HANDLERS))
        handlers: list[dict[str, Any]] = told["handlers"]
        return handlers

    def raw(self) -> list[dict[str, Any]]:
        """Return the raw data that may be asked for."""
        told = self._like({"raw": [{"name": str}]}, self.json("GET", RAW))
        raw: list[dict[str, Any]] = told["raw"]
        return raw

    def _like(self, shape: object, told: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Return JSON of that shape. Raises BadOption for another: it is no server of ours."""
        same: dict[str, Any] = checked(told, shape, self.base)
        return same


def _of(dataset: str) -> str:
    return f"{PATH}/{quote(dataset, safe='')}"

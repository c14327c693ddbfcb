"""A server of datasets that says what none of ours does, and buckets that refuse."""

from __future__ import annotations

import json
import threading
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from foveate.datasets.client import Client
from foveate.errors import BadOption, SourceFailed
from foveate.storage.dataset_server import DatasetServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answers = dict[str, tuple[int, dict[str, str], bytes]]
ID = "a_b-1_0123456789abcdef"
ROW = {"id": ID, "state": "ready", "used": "2026", "pinned": False, "downloads": 0}
ROW |= {"bytes": 1, "samples": 1}


@contextmanager
def saying(answers: Answers) -> Iterator[str]:
    """Serve an answer for each path; one for the empty path is for all others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path.partition("?")[0]) or answers[""]
            self.send_response(status)
            for pair in {"content-length": str(len(body)), **headers}.items():
                self.send_header(*pair)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def all_say(told: object) -> Answers:
    return {"": (200, {}, json.dumps(told).encode())}


ASKS: dict[str, Callable[[Client], object]] = {
    "list": lambda client: list(client.list()),
    "get": lambda client: client.get(ID),
    "wait": lambda client: client.wait(ID, 5),
    "request": lambda client: client.request("c"),
    "pin": lambda client: client.pin(ID),
    "handlers": lambda client: client.handlers(),
    "raw": lambda client: client.raw(),
    "manifest": lambda client: client.manifest(ID),
    "download": lambda client: client.download(ID, "none"),
}
NONE = {"datasets": [{}], "handlers": [{}], "raw": [{}], "splits": {"a": 1}}
ODD = [[], None, {}, NONE, {**ROW, "last_event": "zz"}, {**ROW, "progress": []}]


@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS.keys())
def test_json_of_another_shape_is_refused_in_a_sentence(ask: Callable[[Client], object]) -> None:
    for told in ODD:
        with saying(all_say(told)) as address, closing(Client(address)) as client:
            _refused(partial(ask, client))


def test_events_of_another_shape_are_refused() -> None:
    told = {**ROW, "events": [{}]}
    with saying(all_say(told)) as address, closing(DatasetServer(address)) as server:
        _refused(lambda: server.get(ID, 0))


def _refused(call: Callable[[], object]) -> None:
    with pytest.raises(BadOption, match="server of Foveate"):
        call()


@pytest.mark.parametrize("what", ["datasets", "files"])
def test_a_list_without_an_end_is_given_up(what: str) -> None:
    answers = all_say({what: [], "next": "x"})
    with (
        saying(answers) as address,
        closing(Client(address)) as client,
        pytest.raises(SourceFailed, match="end of the list"),
    ):
        list(client.list()) if what == "datasets" else client.download(ID, "none")


@pytest.mark.parametrize("status", [403, 404, 503])
def test_what_a_bucket_refuses_is_no_file(status: int) -> None:
    answers: dict[str, Any] = {"/bucket": (status, {}, b"<Error>SlowDown</Error>")}
    with saying(answers) as address, closing(DatasetServer(address)) as server:
        answers[""] = (307, {"location": f"{address}/bucket"}, b"")
        with pytest.raises(SourceFailed, match=str(status)), server.file(ID, "a.tar", 0):
            pass

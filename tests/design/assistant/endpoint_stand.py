"""An endpoint that speaks chat completions and says what a test has it say: over HTTP, for real."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from foveate.settings import Assistant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered to one request."""

    text: str = ""
    status: int = 200
    error: str = ""
    """The message of another status than 200."""
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: tuple[int, int] | None = (100, 50)
    """None tells of no tokens."""
    finish: str = "stop"
    piece: int = 16
    """Letters in an event."""
    pause_s: float = 0.0
    """Before each event."""
    wait_s: float = 0.0
    """Before the head."""
    breaks_after: int | None = None
    """So many events come, then the connection is closed."""
    tool: bool = False
    """The text is an argument of a function that is called."""
    raw: bytes | None = None
    """What is sent in place of events."""


class Script:
    """What is answered in turn, the last again and again; and what was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = [*replies]
        self.asked: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.gone = threading.Event()
        """Whether somebody went away before the end of an answer."""
        self.base_url = ""

    def next(self) -> Reply:
        """Return what is answered now."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def said(self, number: int = -1) -> str:
        """Return all the words of one request."""
        return "\n".join(_words(each["content"]) for each in self.asked[number]["messages"])

    def settings(self, **more: Any) -> Assistant:
        """Return the settings of who asks here."""
        given = {"base_url": self.base_url, "model": "scripted", "timeout_s": 10.0, **more}
        return Assistant(**given)


def _words(content: str | Sequence[Mapping[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(each.get("text", "") for each in content)


class _Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.script.asked.append(json.loads(body))
        self.script.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.script.paths.append(self.path)
        reply = self.script.next()
        time.sleep(reply.wait_s)
        try:
            self._answer(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.script.gone.set()
        self.close_connection = True

    def _answer(self, reply: Reply) -> None:
        if reply.status != 200:
            told = json.dumps({"error": {"message": reply.error, "type": "x", "code": None}})
            self._head(reply.status, {"content-type": "application/json", **reply.headers})
            self.wfile.write(told.encode())
            return
        self._head(200, {"content-type": "text/event-stream", **reply.headers})
        if reply.raw is not None:
            self.wfile.write(reply.raw)
            return
        for number, event in enumerate(_events(reply)):
            if number == reply.breaks_after:
                return
            time.sleep(reply.pause_s)
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
        self.wfile.write(b"data: [DONE]\n\n")

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()


def _events(reply: Reply) -> Iterator[dict[str, Any]]:
    pieces = [reply.text[at : at + reply.piece] for at in range(0, len(reply.text), reply.piece)]
    for piece in pieces:
        call = {"index": 0, "function": {"name": "edit", "arguments": piece}}
        delta = {"tool_calls": [call]} if reply.tool else {"content": piece}
        yield _chunk([{"index": 0, "delta": delta, "finish_reason": None}])
    yield _chunk([{"index": 0, "delta": {}, "finish_reason": reply.finish}])
    if reply.usage is not None:
        went, came = reply.usage
        told = {"prompt_tokens": went, "completion_tokens": came, "total_tokens": went + came}
        yield {**_chunk([]), "usage": told}


def _chunk(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": choices,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        pass


@contextmanager
def endpoint(*replies: Reply) -> Iterator[Script]:
    """Serve what is said in the script, on a port of its own."""
    script = Script(*replies)
    handler = type("Handler", (_Handler,), {"script": script})
    with _Server(("127.0.0.1", 0), handler) as server:
        script.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield script
        finally:
            server.shutdown()

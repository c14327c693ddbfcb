"""A CompreFace as its documentation describes it, as far as moving from it needs."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "00000000-0000-0000-0000-000000000002"


@dataclass
class Kept:
    """What is kept there: pictures and their subjects by the id of the image."""

    examples: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    subjects: list[str] = field(default_factory=list)
    """Those without examples."""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    """What is answered instead, by the path."""
    asked: list[str] = field(default_factory=list)
    pause_s: float = 0.0
    """Between one byte of a body and the next."""
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, target: str, key: str) -> tuple[int, dict[str, str], bytes]:
        url = urlsplit(target)
        path = url.path.removeprefix("/api/v1/recognition")
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        if key != KEY:
            words = f"Recognition service with API Key {key} not found"
            return _json({"message": words, "code": 10}, 404)
        if path == "/subjects":
            named = {subject for subject, _ in self.examples.values()}
            return _json({"subjects": [*sorted(named), *self.subjects]})
        if path == "/faces":
            return _json(self._page(parse_qs(url.query)))
        image = path.removeprefix("/faces/").removesuffix("/img")
        return 200, {}, self.examples[image][1] if image in self.examples else b""

    def _page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        page, size = int(query["page"][0]), min(2, int(query["size"][0]))
        rows = [{"image_id": id_, "subject": who} for id_, (who, _) in self.examples.items()]
        return {
            "faces": rows[page * size : (page + 1) * size],
            "page_number": page,
            "page_size": size,
            "total_pages": -(-len(rows) // size),
            "total_elements": len(rows),
        }


def _json(content: object, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


@contextmanager
def compreface(kept: Kept) -> Iterator[Kept]:
    """Answer for what is kept, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = kept.answer(self.path, self.headers.get("x-api-key", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # nobody waits any more
                self._send(body)

        def _send(self, body: bytes) -> None:
            if not kept.pause_s:
                self.wfile.write(body)
                return
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(kept.pause_s)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    kept.port = server.server_port
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

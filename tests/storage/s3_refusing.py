"""A bucket whose service refuses to delete: many objects in one request, or any."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

OBJECT = (
    "<Contents><Key>{}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    "<ETag>1</ETag><Size>1</Size></Contents>"
)
LISTED = "<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>"


class Refusing(BaseHTTPRequestHandler):
    """Answers 501 to a request to delete many, and `deletes` to one for one."""

    deletes: int
    kept: dict[str, bytes]

    def do_PUT(self) -> None:
        self.kept[self.path] = self._body()
        self._answer(200, "<CopyObjectResult><ETag>1</ETag></CopyObjectResult>")

    def do_GET(self) -> None:
        (prefix,) = parse_qs(urlsplit(self.path).query)["prefix"]
        keys = [path.split("/", 2)[2] for path in self.kept]
        found = "".join(OBJECT.format(key) for key in keys if key.startswith(prefix))
        self._answer(200, LISTED.format(found))

    def do_POST(self) -> None:
        self._body()
        self._answer(501)

    def do_DELETE(self) -> None:
        if self.deletes == 204:
            self.kept.pop(self.path, None)
        self._answer(self.deletes)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["content-length"] or 0))

    def _answer(self, status: int, body: str = "") -> None:
        self.send_response(status)
        self.send_header("etag", '"1"')
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing(*, deletes: int) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Give the address of such a service, and its objects."""
    kept: dict[str, bytes] = {}
    service = type("Service", (Refusing,), {"deletes": deletes, "kept": kept})
    with ThreadingHTTPServer(("127.0.0.1", 0), service) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kept
        server.shutdown()

"""Requests as events of API Gateway (payload 2.0) and of function URLs, and answers to them."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from foveate.errors import BadBody

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    Message = MutableMapping[str, Any]
    """As ASGI has them."""
    Scope = MutableMapping[str, Any]

NEVER_IN_PATHS: Final = re.compile(r"[^\x21-\x7e]|[?#]")
"""What no path has that is percent-encoded: API Gateway decodes paths, function URLs do not."""
NEVER_IN_QUERIES: Final = re.compile(r"[^\x21-\x7e]|#")
SET_COOKIE: Final = b"set-cookie"


def is_request(event: Mapping[str, Any]) -> bool:
    """Return whether an event is a request over HTTP in that form."""
    context = event.get("requestContext")
    return event.get("version") == "2.0" and isinstance(context, dict) and "http" in context


def scope_of(event: Mapping[str, Any]) -> Scope:
    """Return a request as ASGI has it, its path and query as they were sent. Raises BadBody."""
    http = event["requestContext"]["http"]
    if not isinstance(http, dict) or not isinstance(http.get("method"), str):
        raise BadBody("Expected an event with requestContext.http.method, got one without.")
    raw_path = _escaped(NEVER_IN_PATHS, _text(event, "rawPath") or "/")
    headers = _headers(event)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": http["method"].upper(),
        "scheme": headers.get("x-forwarded-proto", "https"),
        "path": unquote(raw_path),
        "raw_path": raw_path.encode(),
        "root_path": "",
        "query_string": _escaped(NEVER_IN_QUERIES, _text(event, "rawQueryString")).encode(),
        "client": (_text(http, "sourceIp"), 0),
        "server": None,
        "headers": [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in headers.items()
        ],
    }


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    """Return headers by their names in small letters, cookies among them. Raises BadBody."""
    said, cookies = event.get("headers") or {}, event.get("cookies") or []
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise BadBody("Expected headers of an event as texts by their names, got something else.")
    if not isinstance(cookies, list) or not all(isinstance(each, str) for each in cookies):
        raise BadBody("Expected cookies of an event as a list of texts, got something else.")
    named = {name.lower(): value for name, value in said.items()}
    return {**named, "cookie": "; ".join(cookies)} if cookies else named


def _text(event: Mapping[str, Any], name: str) -> str:
    """Return a text of an event, empty where it has none. Raises BadBody."""
    said = event.get(name)
    if said is not None and not isinstance(said, str):
        raise BadBody(f"Expected {name} of an event as text, got {type(said).__name__}.")
    return said or ""


def body_of(event: Mapping[str, Any]) -> bytes:
    """Return what was sent. Raises BadBody for no text, and for base64 that is none."""
    text = _text(event, "body")
    if not event.get("isBase64Encoded"):
        return text.encode("utf-8", "surrogatepass")
    try:
        return b64decode(text, validate=True)
    except ValueError as why:
        raise BadBody("Expected a body in base64, got something that is not.") from why


def _escaped(never: re.Pattern[str], text: str) -> str:
    return never.sub(lambda found: quote(found[0], safe="", errors="replace"), text)


@dataclass
class Exchange:
    """One request that is given whole, and the answer, collected."""

    body: bytes
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    pieces: list[bytes | memoryview] = field(default_factory=list)
    _told: bool = False

    async def receive(self) -> Message:
        """Return the body, and after that nothing: whoever invokes a function waits for it."""
        if self._told:
            await asyncio.Event().wait()
        self._told = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif piece := message.get("body", b""):
            self.pieces.append(piece)


def reply(status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> dict[str, Any]:
    """Return an answer as the platform takes it.

    Its body is always base64: so its size is known, and no byte of it is taken for text.
    """
    joined: dict[str, str] = {}
    for name, value in headers:
        if name != SET_COOKIE:
            before = joined.get(name.decode("latin-1"))
            said = value.decode("latin-1")
            joined[name.decode("latin-1")] = said if before is None else f"{before}, {said}"
    return {
        "statusCode": status,
        "headers": joined,
        "cookies": [value.decode("latin-1") for name, value in headers if name == SET_COOKIE],
        "body": b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def size_of(answer: Mapping[str, Any]) -> int:
    """Return how many bytes an answer is as JSON.

    >>> size_of(reply(200, [], b"cat")) == len(json.dumps(reply(200, [], b"cat")))
    True
    """
    return len(json.dumps({**answer, "body": ""})) + len(answer["body"])

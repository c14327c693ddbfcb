"""What a running CompreFace keeps in a face collection, read over its REST API.

Its address is the operator's own, so it may be a private one; but it is asked alone: a redirect is
not followed, since the key would go along. Shapes: docs/Rest-API-description.md of
exadel-inc/CompreFace. It hands out pictures and names; embeddings it does not.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import httpcore

from foveate.errors import (
    SourceFailed,
    SourceNotFound,
    SourceRefused,
    SourceTimeout,
    SourceTooLarge,
)
from foveate.storage.http_failures import as_source_errors
from foveate.storage.policy import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.settings import Limits, Origins
    from foveate.storage.policy import OriginUrl

API: Final = "/api/v1"
KEY: Final = "x-api-key"
PAGE: Final = 200
MOST: Final = 1_000_000
"""Examples of one collection: whoever tells of more is no CompreFace."""
MOST_JSON: Final = 16 * 1024 * 1024
MOST_WORDS: Final = 200
OK, BAD, REDIRECT, GONE = 200, 400, 300, 404


@dataclass(frozen=True, slots=True)
class Example:
    """A picture of somebody."""

    subject: str
    url: str
    """Where its picture is."""


class CompreFace:
    """A face collection over there. Every call blocks; thread-safe."""

    def __init__(self, address: str, key: str, origins: Origins, limits: Limits) -> None:
        """Take its address, as http://localhost:8000, and the key of its recognition service.

        Raises BadUrl.
        """
        self._base = str(parse_url(address)).partition("?")[0].rstrip("/").removesuffix(API) + API
        self._key = key
        self._max_bytes = limits.max_bytes
        self._timeouts = {
            "connect": origins.connect_timeout_s,
            "read": origins.read_timeout_s,
            "write": origins.read_timeout_s,
        }
        self._pool = httpcore.ConnectionPool(max_connections=8)

    def subjects(self) -> list[str]:
        """Return the names of all subjects, those without examples as well."""
        names = self._json("/recognition/subjects").get("subjects")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self._strange("a list of subjects")
        return names

    def examples(self) -> list[Example]:
        """Return all examples, once each."""
        found: dict[str, Example] = {}
        for row in self._rows():
            try:
                image, subject = str(UUID(row["image_id"])), str(row["subject"])
            except (KeyError, TypeError, ValueError, AttributeError) as why:
                raise self._strange("an image_id and a subject") from why
            url = f"{self._base}/recognition/faces/{image}/img"
            found[image] = Example(subject, url)
        return list(found.values())

    def picture(self, url: str) -> bytes:
        """Return the picture of an example. Raises SourceNotFound where none is kept there."""
        data = self._get(parse_url(url), self._max_bytes)
        if not data:
            sentence = (
                "CompreFace keeps no picture of this example (save_images_to_db=false): enrol "
                "from one of your own, by foveate people add."
            )
            raise SourceNotFound(sentence, public=sentence)
        return data

    def close(self) -> None:
        """Close connections."""
        self._pool.close()

    def _rows(self) -> Iterator[Any]:
        page, pages, count = 0, 1, 0
        while page < pages:
            told = self._json(f"/recognition/faces?page={page}&size={PAGE}")
            rows, pages = told.get("faces"), told.get("total_pages", 0)
            if not isinstance(rows, list) or not isinstance(pages, int):
                raise self._strange("a page of examples")
            yield from rows
            page, count = page + 1, count + len(rows)
            if not rows:
                return
            if count > MOST:
                raise self._strange(f"up to {MOST} examples")

    def _json(self, path: str) -> dict[str, Any]:
        data = self._get(parse_url(self._base + path), MOST_JSON)
        try:
            told = json.loads(data)
        except (ValueError, RecursionError) as why:
            raise self._strange("JSON") from why
        if not isinstance(told, dict):
            raise self._strange("a JSON object")
        return told

    def _get(self, target: OriginUrl, most: int) -> bytes:
        """Return a body, of so many bytes at most, within the time for connecting and reading."""
        until = time.monotonic() + self._timeouts["connect"] + self._timeouts["read"]
        with self._answer(target) as answer:
            data = bytearray()
            for piece in answer.iter_stream():
                data += piece
                if len(data) > most:
                    raise SourceTooLarge(f"{target}: expected up to {most} bytes, got more.")
                if time.monotonic() > until:
                    raise SourceTimeout(f"{target}: expected the whole answer by now.")
            if answer.status != OK:
                raise self._refusal(target, answer.status, bytes(data))
            return bytes(data)

    @contextmanager
    def _answer(self, target: OriginUrl) -> Iterator[httpcore.Response]:
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        headers = [
            ("Host", target.authority),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "foveate"),
            (KEY, self._key),
        ]
        asked = self._pool.stream(
            "GET", url, headers=headers, extensions={"timeout": self._timeouts}
        )
        with as_source_errors(str(target)), asked as answer:
            yield answer

    def _refusal(self, target: OriginUrl, status: int, data: bytes) -> Exception:
        """Return what to raise for another status, with what was said, but never with the key."""
        said = f"{target}: expected 200, got {status}"
        if REDIRECT <= status < BAD:
            return SourceRefused(f"{said}: a redirect, which is not followed.")
        words = _message(data).replace(self._key, "***") if self._key else _message(data)
        sentence = f"{said}: {words[:MOST_WORDS]}"
        kinds = {GONE: SourceNotFound, 4: SourceRefused}
        kind = kinds.get(status) or kinds.get(status // 100) or SourceFailed
        return kind(sentence, public=sentence)

    def _strange(self, wanted: str) -> SourceFailed:
        sentence = f"{self._base}: expected {wanted} as CompreFace answers it, got something else."
        return SourceFailed(sentence, public=sentence)


def _message(data: bytes) -> str:
    try:
        told = json.loads(data)
        return str(told["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "no reason was given."

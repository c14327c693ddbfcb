"""Sources of whoever runs the program: files, and addresses that he himself wrote down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from foveate.errors import BadUrl, SourceNotFound
from foveate.storage.failures import of_file
from foveate.storage.files import read_any
from foveate.storage.router import SCHEME, open_origin
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.settings import Limits, Origins
    from foveate.storage.router import Router
    from foveate.values import Facts


def file_of(key: str) -> str | None:
    """Return the file that a name or a file URL stands for, or None for addresses elsewhere.

    Raises BadUrl.

    >>> file_of("~/a b.jpg"), file_of("file:///tmp/a%20b.jpg"), file_of("https://b.com/a.jpg")
    ('~/a b.jpg', '/tmp/a b.jpg', None)
    """
    scheme = SCHEME.match(key)
    if scheme is None:
        return key
    if scheme[1].lower() != "file":
        return None
    try:
        return unquote(urlsplit(key).path)
    except ValueError as why:
        raise BadUrl(f"Expected a file URL such as file:///a.jpg, got {key!r}: {why}.") from why


class Anywhere:
    """An Origin of file names and of http(s), s3 and file URLs.

    The caller chose them, so they need no allow-list; private addresses stay refused unless the
    settings allow them.
    """

    def __init__(self, origins: Origins, limits: Limits, probe: Callable[[bytes], Facts]) -> None:
        self._origins = origins
        self._max_bytes = limits.max_bytes
        self._probe = probe
        self._open = partial(open_origin, limits=limits, probe=probe)
        self._web = self._open(replace(origins, folder="", allow=("*",)))
        self._buckets: dict[str, Router] = {}

    async def version(self, key: str) -> str | None:  # noqa: ARG002 - what a program asks for is new
        """Return None: only reading tells."""
        return None

    def version_now(self, key: str) -> str | None:  # noqa: ARG002
        """Return None: only reading tells."""
        return None

    def last(self, key: str) -> None:
        """Return None: nothing is remembered."""

    def forget_bytes(self) -> None:
        """Do nothing: no bytes are read but for who asks."""

    async def read(self, key: str) -> Source:
        """Return the source. Raises a SourceError, BadUrl or OriginNotAllowed."""
        if (file := file_of(key)) is not None:
            return await asyncio.to_thread(self._read_file, file)
        scheme, _, rest = key.partition("://")
        if scheme.lower() == "s3":
            bucket, _, path = rest.partition("/")
            if not (bucket and path):
                raise BadUrl(f"Expected s3://BUCKET/NAME of an object, got {key!r}.")
            return await self._bucket(bucket).read(path)
        return await self._web.read(key)

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        await self._web.aclose()

    def _bucket(self, name: str) -> Router:
        if name not in self._buckets:
            self._buckets[name] = self._open(replace(self._origins, folder=f"s3://{name}"))
        return self._buckets[name]

    def _read_file(self, path: str) -> Source:
        data = read_file(path, self._max_bytes, self._origins.read_timeout_s)
        return Source(data, probe=self._probe)


def read_file(path: str, max_bytes: int, patience_s: float) -> bytes:
    """Return what is in a file. Blocks; raises SourceNotFound, its siblings or Unavailable."""
    try:
        return read_any(str(Path(path).expanduser()), max_bytes, patience_s)
    except (OSError, ValueError, RuntimeError) as why:
        reason = getattr(why, "strerror", None) or why
        sentence = f"Expected a picture file, got {path!r}: {reason}."
        noun = SourceNotFound if isinstance(why, RuntimeError) else of_file(why)
        raise noun(sentence, public=sentence) from why

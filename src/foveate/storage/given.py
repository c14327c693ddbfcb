"""Pictures that designs were given: files beside the designs, named by what is in them.

`picture:NAME` stands where keys of sources do, NAME being the SHA-256 of the bytes. So the same
picture is kept once, never changes, and what is made of it may be kept as of any source.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foveate.configuration.folder import data_folder, named_folder
from foveate.durable import write_whole
from foveate.errors import NotKept, SourceNotFound, SourceTooLarge
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.settings import Designs
    from foveate.storage.freshness import Known
    from foveate.storage.source import ClosableOrigin
    from foveate.values import Facts

SCHEME: Final = "picture:"
NAME: Final = re.compile(r"[0-9a-f]{64}")
FOLDER: Final = "pictures"
UNKNOWN: Final = (
    "There is no picture of that name with the designs of this server: put it in again."
)


def designs_folder(asked: Designs) -> Path:
    """Return where designs are, and what belongs to them. Raises BadSettings."""
    if asked.folder:
        return named_folder("designs.folder", asked.folder)
    return data_folder("designs.folder") / "designs"


@dataclass(eq=False)
class Given:
    """The pictures of a machine. Thread-safe, and blocks."""

    asked: Designs
    max_bytes: int
    """Of one of them."""
    _there: set[str] = field(default_factory=set, init=False)
    """Names that were read before, which are not looked for again."""

    @cached_property
    def folder(self) -> Path:
        """Where they are. Raises BadSettings."""
        return designs_folder(self.asked) / FOLDER

    def put(self, data: bytes) -> str:
        """Keep a picture; return the key by which it is known.

        Raises SourceTooLarge, and NotKept where there is no room.
        """
        if len(data) > self.max_bytes:
            raise SourceTooLarge(f"Expected at most {self.max_bytes} bytes, got {len(data)}.")
        name = hashlib.sha256(data).hexdigest()
        try:
            if not (self.folder / name).is_file():
                self._make_room(len(data))
                write_whole(self.folder / name, data)
        except OSError as why:
            raise NotKept(f"A picture of a design could not be kept: {why}") from why
        return f"{SCHEME}{name}"

    def _make_room(self, size: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        used = sum(each.stat().st_size for each in self.folder.iterdir())
        most = self.asked.pictures_bytes
        if used + size > most:
            sentence = f"Pictures of designs have {used} of {most} bytes (designs.pictures_bytes)."
            raise NotKept(sentence, public=sentence)

    def check(self, name: str) -> str:
        """Return the name, where there is such a picture. Raises SourceNotFound."""
        if name not in self._there:
            if not NAME.fullmatch(name) or not (self.folder / name).is_file():
                raise _unknown(name)
            self._there.add(name)
        return name

    def read(self, name: str) -> bytes:
        """Return a picture. Raises SourceNotFound."""
        try:
            return (self.folder / self.check(name)).read_bytes()
        except FileNotFoundError as why:  # somebody took it away meanwhile
            self._there.discard(name)
            raise _unknown(name) from why

    def knows(self, name: str) -> bool:
        """Return whether it is known that there is such a picture, without looking."""
        return name in self._there


def _unknown(name: str) -> SourceNotFound:
    return SourceNotFound(f"No picture {name[:80]!r} is known.", public=UNKNOWN)


@dataclass(frozen=True, slots=True)
class WithGiven:
    """An origin that knows pictures of designs too: `picture:NAME`."""

    origin: ClosableOrigin
    given: Given
    probe: Callable[[bytes], Facts]

    async def version(self, key: str) -> str | None:
        """Return the version; that of a picture of designs is its name. Raises SourceNotFound."""
        if not key.startswith(SCHEME):
            return await self.origin.version(key)
        return await asyncio.to_thread(self.given.check, key.removeprefix(SCHEME))

    def version_now(self, key: str) -> str | None:
        """Return the version of a source read before, or None where that takes waiting."""
        if not key.startswith(SCHEME):
            return self.origin.version_now(key)
        name = key.removeprefix(SCHEME)
        return name if self.given.knows(name) else None

    def last(self, key: str) -> Known | None:
        """Return what the origin said last about a source."""
        return None if key.startswith(SCHEME) else self.origin.last(key)

    def forget_bytes(self) -> None:
        """Hand nobody any more what was read before; pictures of designs never change."""
        self.origin.forget_bytes()

    async def read(self, key: str) -> Source:
        """Return the source. Raises a SourceError or OriginNotAllowed."""
        if not key.startswith(SCHEME):
            return await self.origin.read(key)
        name = key.removeprefix(SCHEME)
        data = await asyncio.to_thread(self.given.read, name)
        return Source(data, version=name, probe=self.probe)

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        await self.origin.aclose()

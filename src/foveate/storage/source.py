"""A picture's bytes on their way from an origin to the encoder, and what an origin can be asked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, cast

from foveate.values import NOTHING_SAID, Lifetime

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.storage.freshness import Known
    from foveate.values import Facts


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """The bytes of a picture, which version of it they are, and how long that may be believed."""

    data: bytes
    version: str = ""
    """What changes when the bytes change: an ETag, or size and modification time."""
    lifetime: Lifetime = NOTHING_SAID
    probe: Callable[[bytes], Facts] | None = None
    """What reads a header within the limits; whoever fetches sees to it."""
    reference: str = ""
    """What names the upload that it came from, where it came from one."""
    key: str = ""
    """What its origin was asked for."""
    covered: bool = False
    """Whether these are a few colours in the place of another picture, which is not to be shown."""
    purges: int = 0
    """How many purges there had been when it was read: what was read before one is not kept."""
    _known: dict[str, object] = field(default_factory=dict, init=False)
    """Not `cached_property`: in Python 3.11 that reads one header at a time in the process."""

    def __repr__(self) -> str:
        version = f" version {self.version!r}" if self.version else ""
        return f"<Source {len(self.data):,} bytes{version}>"

    @property
    def name(self) -> str:
        """Return what names these bytes at their origin; empty where nobody may ask again.

        After a purge nothing has the name that it had before: it may be other bytes by then.
        """
        kept_by_nobody = self.lifetime.private or self.lifetime.upload
        told = self.key and self.version and not kept_by_nobody
        return f"{self.key}\0{self.version}\0{self.purges}" if told else ""

    @property
    def digest(self) -> str:
        """Return what names these bytes: by the hash that processors have instructions for."""
        if "digest" not in self._known:
            self._known["digest"] = hashlib.sha256(self.data).hexdigest()
        return cast("str", self._known["digest"])

    @property
    def facts(self) -> Facts:
        """Return what the header says, read once. Raises ImageError or SourceTooLarge."""
        if "facts" not in self._known:
            if self.probe is None:
                raise TypeError("Expected a source with a probe, got one without.")
            self._known["facts"] = self.probe(self.data)
        return cast("Facts", self._known["facts"])


def uploaded(source: Source) -> Source:
    """Return a source as one that came with a request, of which nothing comes to lie on a disk."""
    return replace(source, lifetime=replace(source.lifetime, upload=True))


class Origin(Protocol):
    """Where sources come from. `key` is a path under the origin, or an absolute URL."""

    async def version(self, key: str) -> str | None:
        """Return the version without reading the bytes, or None when only reading tells.

        Cheap enough to be asked on every request. Raises SourceNotFound and its siblings.
        """
        ...

    async def read(self, key: str) -> Source:
        """Return the source. Raises a SourceError or OriginNotAllowed."""
        ...


class VersionedOrigin(Origin, Protocol):
    """An origin that may know the version without waiting."""

    def version_now(self, key: str) -> str | None:
        """Return the version of a source read before, or None when only `version` can tell.

        Raises SourceNotFound and its siblings.
        """
        ...

    def last(self, key: str) -> Known | None:
        """Return what the origin said last about a source, or None where nothing is remembered."""
        ...

    def forget_bytes(self) -> None:
        """Hand nobody any more what was read, or began to be, for the sake of later requests."""
        ...


class ClosableOrigin(VersionedOrigin, Protocol):
    """An origin with connections of its own."""

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        ...

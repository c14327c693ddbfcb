"""No picture at all, where one has to be named: `blank:`, a transparent pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.options.designed import BLANK
from foveate.storage.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.storage.freshness import Known
    from foveate.storage.source import ClosableOrigin
    from foveate.values import Facts

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b"
    "49444154789c6360000200000500017a5eab3f0000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class WithBlank:
    """An origin that knows `blank:` too, which never changes."""

    origin: ClosableOrigin
    probe: Callable[[bytes], Facts]

    async def version(self, key: str) -> str | None:
        """Return the version."""
        return BLANK if key == BLANK else await self.origin.version(key)

    def version_now(self, key: str) -> str | None:
        """Return the version, or None where that takes waiting."""
        return BLANK if key == BLANK else self.origin.version_now(key)

    def last(self, key: str) -> Known | None:
        """Return what the origin said last about a source."""
        return None if key == BLANK else self.origin.last(key)

    def forget_bytes(self) -> None:
        """Hand nobody any more what was read before."""
        self.origin.forget_bytes()

    async def read(self, key: str) -> Source:
        """Return the source. Raises a SourceError or OriginNotAllowed."""
        if key != BLANK:
            return await self.origin.read(key)
        return Source(PNG, version=BLANK, probe=self.probe, key=BLANK)

    async def aclose(self) -> None:
        """Close the connections that are kept alive."""
        await self.origin.aclose()

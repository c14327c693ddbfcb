"""Masks that somebody selected, kept for a while under ids that later requests name."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from foveate.errors import UnknownMask
from foveate.geometry.box import Size
from foveate.storage.disk import DiskCache
from foveate.storage.memory import MemoryCache
from foveate.storage.tiers import TieredCache

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AGAIN: Final = "Ask /v1/select again, and take the id that it answers."
FRONT_BYTES: Final = 4 * 1024 * 1024
"""Of those on disk that are in memory as well."""
PURGE: Final = 1 / 4
"""Part of its time after which masks are looked for whose time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMask:
    """A mask over the whole of an upright picture."""

    png: bytes
    """Grey, 8 bits."""
    size: Size
    """Of the picture."""
    digest: str
    """Of the picture."""
    expires: float
    """Unix seconds: it goes then, or before where others need its room."""
    private: bool = False
    """Whether no cache may keep the picture, nor what is made by this mask."""


@dataclass(eq=False, kw_only=True)
class MaskStore:
    """Masks by their ids, for any number of processes. Calls may wait for a disk."""

    folder: Path
    ttl_s: float
    max_bytes: int
    """Of all of them on disk."""
    private_bytes: int
    """Of those that lie in memory alone."""
    clock: Callable[[], float] = time.time
    _purged: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Keep those apart that are nowhere else: what is read from disk must not displace them."""
        self._private: MemoryCache[bytes] = MemoryCache(self.private_bytes)

    # Both are opened by the first who has a mask: a cache looks at its folder.
    @cached_property
    def _disk(self) -> DiskCache:
        return DiskCache(self.folder, self.max_bytes)

    @cached_property
    def _cache(self) -> TieredCache:
        return TieredCache(MemoryCache(FRONT_BYTES), self._disk)

    def put(self, name: str, png: bytes, *, size: Size, digest: str, disk: bool) -> KeptMask:
        """Keep a mask from now on for its time, on no `disk` where that is said."""
        expires = self.clock() + self.ttl_s
        about = {"width": size.width, "height": size.height, "of": digest, "expires": expires}
        about["private"] = not disk
        value = json.dumps(about).encode() + b"\n" + png
        if disk:
            self._cache.put(_key(name), value)
            self._private.forget(_key(name))
        else:
            self._private.put(_key(name), value)
        self._purge()
        return KeptMask(png=png, size=size, digest=digest, expires=expires, private=not disk)

    def get(self, name: str) -> KeptMask:
        """Return a mask. Raises UnknownMask for one that there is not, or whose time is over."""
        found = self._private.get(_key(name)) or self._cache.get_blocking(_key(name))
        self._purge()
        if found is None:
            raise UnknownMask(f"There is no mask {name}, or its time is over. {AGAIN}")
        head, _, png = found.partition(b"\n")
        about = json.loads(head)
        if about["expires"] <= self.clock():
            raise UnknownMask(f"The time of the mask {name} is over. {AGAIN}")
        size = Size(about["width"], about["height"])
        return KeptMask(
            png=png,
            size=size,
            digest=about["of"],
            expires=about["expires"],
            private=about.get("private", False),
        )

    def _purge(self) -> None:
        """Delete, every so often, what is left of masks whose time is over."""
        if self.clock() - self._purged > PURGE * self.ttl_s:
            self._purged = self.clock()
            self._disk.forget_older(self.ttl_s)


def _key(name: str) -> str:
    return f"mask {name}"

"""What was last seen of each original, and until when that may be believed."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from foveate.values import Lifetime

MAX_ENTRIES: Final = 20_000
"""Some 1,300 bytes each, and 4,700 where an origin writes all that is kept of it; the one not asked
for longest goes first."""


@dataclass(frozen=True, slots=True)
class Known:
    """The version last seen, and with which headers to ask whether it still holds."""

    version: str
    lifetime: Lifetime
    validators: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the answer, as far as a 304 may change them."""
    status: int = 0
    """With which its origin said so; 0 where that has failed since, or speaks no HTTP."""
    fresh_until: float = 0.0
    """What it may be believed until, without asking."""
    stale_since: float = 0.0
    """When its time is or was over; with a failing origin before `fresh_until`."""


class Freshness:
    """A bounded table from key to `Known`, for one event loop."""

    def __init__(
        self,
        floor_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        max_entries: int = MAX_ENTRIES,
    ) -> None:
        self._floor_s = floor_s
        self._clock = clock
        self._max_entries = max_entries
        self._rows: OrderedDict[bytes, Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def last(self, key: str) -> Known | None:
        """Return what was last seen, fresh or not."""
        row = _row(key)
        known = self._rows.get(row)
        if known is not None:
            self._rows.move_to_end(row)
        return known

    def is_fresh(self, known: Known) -> bool:
        """Tell whether it may be believed without asking."""
        return self._clock() < known.fresh_until

    def is_usable(self, known: Known) -> bool:
        """Tell whether the origin lets it be used while it is asked."""
        return self._clock() < known.stale_since + known.lifetime.stale_s

    def is_excused(self, known: Known) -> bool:
        """Tell whether the origin lets it be used when it fails."""
        return self._clock() < known.stale_since + known.lifetime.stale_on_error_s

    def version(self, key: str) -> str | None:
        """Return the version if it may be believed without asking."""
        known = self.last(key)
        return known.version if known is not None and self.is_fresh(known) else None

    def note(self, key: str, known: Known) -> None:
        """Believe it from now on, for as long as its lifetime says; nothing of what is private."""
        if known.lifetime.private:
            self.forget(key)
            return
        until = self._clock() + known.lifetime.seconds(self._floor_s)
        self._put(key, replace(known, fresh_until=until, stale_since=until))

    def put_off(self, key: str, known: Known, seconds: float) -> None:
        """Believe what is stale for some seconds more, because its origin fails.

        That is no longer than the origin allows: then whoever comes has to ask.
        """
        allowed_s = max(known.lifetime.stale_s, known.lifetime.stale_on_error_s)
        until = min(self._clock() + seconds, known.stale_since + allowed_s)
        self._put(key, replace(known, fresh_until=until, status=0))

    def forget(self, key: str) -> None:
        """Believe nothing of it any more."""
        self._rows.pop(_row(key), None)

    def _put(self, key: str, known: Known) -> None:
        row = _row(key)
        self._rows[row] = known
        self._rows.move_to_end(row)
        if len(self._rows) > self._max_entries:
            self._rows.popitem(last=False)


def _row(key: str) -> bytes:
    """Return a short name: strangers choose the URLs, and may choose long ones."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()

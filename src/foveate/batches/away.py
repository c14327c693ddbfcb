"""How long a bucket that is away is waited for, by all who write there."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from foveate.errors import (
    DestinationAway,
    SourceFailed,
    SourceTimeout,
    SourceUnreachable,
    SourceUnresolved,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
AWAY: Final = (SourceFailed, SourceTimeout, SourceUnreachable, SourceUnresolved)
"""What a service meets that is begun anew, or whose network is away; not what it refuses."""
PATIENCE_S: Final = 30.0
PAUSE_S: Final = 1.0


@dataclass(slots=True)
class Waiting:
    """Asks a bucket again while it is away. Any number of threads may: they give up together."""

    place: str
    patience_s: float = PATIENCE_S
    pause_s: float = PAUSE_S
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    _until: float | None = field(default=None, init=False)
    """When it is given up; None while it answers."""

    def __call__(self, ask: Callable[[], T]) -> T:
        """Return what `ask` does, once the bucket is there. Blocks; raises DestinationAway."""
        while True:
            try:
                found = ask()
            except AWAY as why:
                self._rest(why)
            else:
                self._until = None
                return found

    def _rest(self, why: Exception) -> None:
        if self._until is None:
            self._until = self.clock() + self.patience_s
        if self.clock() >= self._until:
            waited = f"waited for {self.patience_s:g} s"
            raise DestinationAway(
                f"Expected to write into {self.place}, {waited}, got {why}."
            ) from why
        self.sleep(self.pause_s)

"""How much was worked on in the last minutes, for who looks at the status.

That is seen now and then: what comes and goes between two looks is not in it, and costs nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.metrics import IN_FLIGHT, QUEUED

if TYPE_CHECKING:
    from foveate.metrics import Metrics

EVERY_S: Final = 2.0
MOST: Final = 150
"""Five minutes."""


@dataclass(slots=True)
class Minutes:
    """Looks at what goes on, now and then, as long as the server runs."""

    metrics: Metrics
    every_s: float = EVERY_S
    _seen: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=MOST), init=False)
    _looking: asyncio.Task[None] | None = field(default=None, init=False)

    def begin(self) -> None:
        """Look from now on, on the loop that runs."""
        self._looking = asyncio.get_running_loop().create_task(self._look_on())

    async def end(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking

    async def _look_on(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(self.every_s)

    def look(self) -> None:
        """Take note of what goes on now."""
        gauges = self.metrics.gauges
        in_flight, queued = (int(gauges[row]()) if row in gauges else 0 for row in WATCHED)
        self._seen.append((in_flight, queued))

    def to_json(self) -> dict[str, Any]:
        """Return what was seen, the last at the end."""
        in_flight, queued = ([seen[place] for seen in self._seen] for place in (0, 1))
        return {"every_s": self.every_s, "in_flight": in_flight, "queued": queued}


WATCHED: Final = (IN_FLIGHT, QUEUED)

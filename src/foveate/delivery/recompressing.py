"""Makes smaller what is asked for again and again, while nobody waits for a picture."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.delivery import stored
from foveate.errors import FoveateError, QueueFull, ServerBusy, TimedOut
from foveate.metrics import RECOMPRESSED, RECOMPRESSED_BYTES
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.delivery.ask import Ask
    from foveate.delivery.core import DeliveryCore
    from foveate.delivery.delivery import Delivery
    from foveate.delivery.stored import About
    from foveate.metrics import Metrics
    from foveate.rendition import Rendition
    from foveate.service.work import Work
    from foveate.storage.source import Source

log = logging.getLogger("foveate.delivery")

QUIET_S: Final = 2.0
"""For so long nobody must have come before anything is begun."""
LOOK_EVERY_S: Final = 0.5


@dataclass(slots=True)
class Recompressing:
    """Works through what is hot, one after the other, as long as the server lives."""

    core: DeliveryCore
    delivery: Delivery
    metrics: Metrics
    charge: Callable[[Trace], None]
    """Takes what a try cost, which nobody asked for."""
    quiet_s: float = QUIET_S
    _working: asyncio.Task[None] | None = field(default=None, init=False)

    def begin(self) -> None:
        """Work from now on, on the loop that runs."""
        self._working = asyncio.get_running_loop().create_task(self._work_on())

    async def end(self) -> None:
        """Leave what is underway: what is kept stays as it is."""
        if self._working is not None:
            self._working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._working

    async def _work_on(self) -> None:
        hot, admission = self.delivery.hot, self.delivery.admission
        while True:
            await hot.found.wait()
            if admission.quiet_s > self.quiet_s and not admission.refuses:
                await self._try(*hot.take())
            await asyncio.sleep(min(LOOK_EVERY_S, self.quiet_s))

    async def _try(self, key: str, ask: Ask) -> None:
        trace = Trace()
        try:
            saved = await self.recompress(key, ask, trace)
        except (TimedOut, QueueFull, ServerBusy):
            self.delivery.hot.interrupted(key)
            outcome, saved = "interrupted", 0
        except FoveateError as why:
            log.info("%r stays as it is: %s", ask.source, why)
            outcome, saved = "failed", 0
        except Exception:
            log.exception("Encoding %r once more failed unexpectedly.", ask.source)
            outcome, saved = "failed", 0
        else:
            outcome = "smaller" if saved else "enough"
            self.delivery.forget_heads()  # another process may have made it smaller as well
        self.charge(trace)
        self.metrics.count(RECOMPRESSED, outcome)
        self.metrics.count(RECOMPRESSED_BYTES, by=saved)

    async def recompress(self, key: str, ask: Ask, trace: Trace) -> int:
        """Return by how many bytes what is kept for an ask became smaller, while nobody came.

        It is made anew of its sources, at more effort. 0 is where that gains nothing, which is
        noted with it, or where something else would be made by now. Raises any FoveateError, and
        TimedOut as soon as somebody comes.
        """
        renditions = self.core.renditions
        async with self.delivery.admission.idle(trace) as admitted:
            with contextlib.ExitStack() as stack:
                claim = renditions.claimed(key)
                if not await asyncio.to_thread(stack.enter_context, claim):
                    raise QueueFull("another process works on it")
                async with self.delivery.made_of(admitted, key, ask) as sources:
                    # Only now: what was purged since the sources were read is kept by nobody.
                    blob = await asyncio.to_thread(renditions.reread, key)
                    kept = stored.unpack(blob) if blob is not None else None
                    if not sources or kept is None or kept[0].effort:
                        return 0
                    work = partial(self._work, key, ask, sources, kept)
                    return await admitted.make(work, span="render")

    def _work(
        self, key: str, ask: Ask, sources: Sequence[Source], kept: tuple[About, memoryview]
    ) -> Work[int]:
        """Return the work of keeping a smaller file, or that there is none."""
        about, data = kept
        renditions, others = self.core.renditions, ask.options.extra_sources()
        lay_there = renditions.on_disk(key)

        def finish(made: Rendition) -> int:
            told = stored.describe(made, sources, ask.keys, about.options_class)
            gone = lay_there and not renditions.on_disk(key)  # by somebody else who shares the disk
            if gone or told.lifetime.private:
                return 0
            if len(made.data) >= len(data) or told.content_type != about.content_type:
                packed = stored.pack(replace(about, effort=stored.ENOUGH), bytes(data))
                self.delivery.keep(key, packed, sources)
                return 0
            packed = stored.pack(replace(told, effort=stored.MORE), made.data)
            kept = self.delivery.keep(key, packed, sources) is not None
            return len(data) - len(made.data) if kept else 0

        behind = dict(zip(others, sources[1:], strict=True))
        return self.core.recompressor.prepare(sources[0], ask.options, behind).then(finish)

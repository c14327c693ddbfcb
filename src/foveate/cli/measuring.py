"""How fast renditions are made here: as a server makes them, but without HTTP and caches."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from foveate.cores import cores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.app import App
    from foveate.settings import Settings
    from foveate.storage.source import Source

JPEG: Final = b"\xff\xd8"
BUSY: Final = 0.7
"""Part of the cores that works for us at least, where nothing else runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What making renditions took, several at once."""

    renditions: int
    wall_s: float
    cpu_s: float
    """Of this process, all its threads, and of those that encoded for it."""
    bytes: int
    workers: int
    """Cores that could work for it: no more than there are, however many workers."""

    @property
    def rate(self) -> float:
        """Return renditions a second."""
        return self.renditions / self.wall_s

    @property
    def cpu_ms(self) -> float:
        """Return the processor time of one rendition, in milliseconds."""
        return 1000 * self.cpu_s / self.renditions

    @property
    def busy(self) -> float:
        """Return how many cores worked for it, of those that could: 1 where all did, always."""
        return self.cpu_s / self.wall_s / self.workers


@dataclass(slots=True)
class _Tally:
    """What is left to do, and what came of it, for all who do it."""

    until: float
    asks: Iterator[tuple[Source, str]]
    round: int
    """So many asks are all of them once."""
    lock: threading.Lock
    taken: int = 0
    made: int = 0
    bytes: int = 0

    def take(self) -> tuple[Source, str] | None:
        """Return what to render next; None after the round in which the time was over.

        Whole rounds, so that the same was done whatever it took.
        """
        with self.lock:
            whole = self.taken and self.taken % self.round == 0
            if whole and time.perf_counter() >= self.until:
                return None
            self.taken += 1
            return next(self.asks)

    def note(self, size: int) -> None:
        """Count one rendition of so many bytes."""
        with self.lock:
            self.made += 1
            self.bytes += size


@contextmanager
def without_caches(settings: Settings) -> Iterator[App]:
    """Give a service for these settings that remembers nothing, and leaves nothing behind.

    Raises BadSettings and BadInstallation.
    """
    from foveate.app import create
    from foveate.storage.anywhere import Anywhere

    with TemporaryDirectory(prefix="foveate-") as folder:
        caching = replace(
            settings.caching,
            folder=folder,
            shared="",
            memory_bytes=0,
            disk_bytes=0,
            analysis_memory_bytes=0,
            analysis_disk_bytes=0,
        )
        costs = replace(settings.costs, folder=folder, hard_stop=False)
        yield create(replace(settings, caching=caching, costs=costs), Anywhere)


def speed(app: App, sources: Sequence[Source], options: Sequence[str], *, seconds: float) -> Speed:
    """Return how fast each picture becomes all these renditions, as often as that takes so long.

    Networks are loaded before the clock starts. Raises FoveateError.
    """
    from foveate.delivery.admission import worker_count
    from foveate.library import render

    for each in options:
        render(fresh(sources[0], 0), each, app=app)
    workers = worker_count(app.settings.load)
    began, before = time.perf_counter(), cpu_s()
    asks, whole = _endless(sources, options), len(sources) * len(options)
    tally = _Tally(began + seconds, asks, whole, threading.Lock())
    # More ask than there are workers, so that none of these waits for the next ask.
    asking = 2 * workers
    with ThreadPoolExecutor(asking) as pool:
        for done in [pool.submit(_work, app, tally) for _ in range(asking)]:
            done.result()
    return Speed(
        renditions=tally.made,
        wall_s=time.perf_counter() - began,
        cpu_s=cpu_s() - before,
        bytes=tally.bytes,
        workers=min(workers, cores()),
    )


def _endless(sources: Sequence[Source], options: Sequence[str]) -> Iterator[tuple[Source, str]]:
    for number in count(1):
        for source in sources:
            again = fresh(source, number)
            yield from ((again, each) for each in options)


def fresh(source: Source, number: int) -> Source:
    """Return the picture as one that nobody has seen, so that no work on it is shared.

    A JPEG gets bytes behind its end, which no decoder looks at.
    """
    tail = number.to_bytes(4, "big") if source.data.startswith(JPEG) else b""
    return replace(source, data=source.data + tail, key=source.digest, version=str(number))


def _work(app: App, tally: _Tally) -> None:
    from foveate.library import render

    while (ask := tally.take()) is not None:
        tally.note(len(render(*ask, app=app).data))


def cpu_s() -> float:
    """Return the processor time of this process and of those that encoded for it, until now."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system

"""One recognition that goes on: who is waited for, what is told, and how all of it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.errors import FoveateError, TimedOut, UnsupportedOption
from foveate.service.stages.preprocess import EMBEDDED
from foveate.service.stages.search import SEARCHED, Query
from foveate.service.told import Found, Told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from foveate.deadline import Deadline
    from foveate.geometry.box import Size
    from foveate.service.recognise import Recogniser
    from foveate.service.stages.preprocess import Preprocessed
    from foveate.service.told import Asked
    from foveate.trace import Trace
    from foveate.values import Face

log = logging.getLogger(__name__)

LAST_WORDS_S: Final = 0.2
"""So long before the deadline it is said what has not come."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose faces are known, and what was known of them before."""

    made: Preprocessed
    known: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Values for each face, by word."""
    keep: Callable[[Sequence[Any]], None] | None = None
    """What lets those who ask next know the embeddings."""


@dataclass(frozen=True, slots=True)
class Within:
    """The bounds of one recognition, and where its spans go."""

    deadline: Deadline
    trace: Trace
    began_s: float

    def now_ms(self) -> float:
        """Return how long it has gone on."""
        return (time.perf_counter() - self.began_s) * 1000

    def told(
        self,
        stage: str,
        value: Any,  # noqa: ANN401
        ms: float,
        error: FoveateError | None = None,
    ) -> Told:
        """Return what a stage says, now."""
        return Told(stage=stage, value=value, ms=ms, at_ms=self.now_ms(), error=error)


class Sighting:
    """Faces that a worker has found and still works on. Made on the loop that waits for them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.found: asyncio.Future[Found] = self._loop.create_future()

    def __call__(self, size: Size, faces: tuple[Face, ...]) -> None:
        """Let the loop know, from a worker."""
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits
            self._loop.call_soon_threadsafe(self._note, Found(size, faces))

    def _note(self, found: Found) -> None:
        if not self.found.done():
            self.found.set_result(found)


class Underway:
    """One recognition after its faces were found."""

    def __init__(
        self,
        recogniser: Recogniser,
        asked: Asked,
        opened: Opened,
        within: Within,
    ) -> None:
        self._stages = recogniser
        self._asked = asked
        self._opened = opened
        self._within = within
        self._deadline = within.deadline
        self.pending: dict[asyncio.Task[list[Told]], tuple[str, ...]] = {}
        self._vectors: asyncio.Future[Sequence[Any]] | None = None
        self._start()

    def known(self) -> Iterable[Told]:
        """Yield what is remembered."""
        for word, value in self._opened.known.items():
            if word in self._asked.words:
                yield self._within.told(word, value, 0.0)

    async def next(self) -> list[Told]:
        """Return what is told next. At the end of the time, that is what failed for it."""
        left_s = self._deadline.until - LAST_WORDS_S - time.monotonic()
        done, _ = await asyncio.wait(
            self.pending, timeout=max(0.0, left_s), return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            words = [word for words in self.pending.values() for word in words]
            await self.end()
            return [self._within.told(word, None, 0.0, TimedOut()) for word in words]
        for task in done:
            del self.pending[task]
        told = [each for task in done for each in task.result()]
        return sorted(told, key=lambda each: each.at_ms)

    async def end(self) -> None:
        """End all that goes on."""
        tasks: list[asyncio.Future[Any]] = [*self.pending]
        tasks += [self._vectors] if self._vectors else []
        self.pending.clear()
        await ended(tasks)

    def _start(self) -> None:
        stages, words, crops = self._stages, self._asked.words, self._opened.made.crops
        if EMBEDDED in stages.cut_for(self._asked):
            self._vectors = asyncio.ensure_future(self._embed())
            if EMBEDDED in words and EMBEDDED not in self._opened.known:
                self._branch((EMBEDDED,), partial(_embedded, self._vectors))
        for told, run in stages.reads.items():
            left = tuple(w for w in told if w in words and w not in self._opened.known)
            if left:
                self._branch(left, partial(self._read, left, partial(run, crops, self._deadline)))
        if SEARCHED in words:
            self._branch((SEARCHED,), self._search, after=self._vectors)

    def _branch(
        self,
        words: tuple[str, ...],
        work: Callable[[], Awaitable[Mapping[str, Any]]],
        after: asyncio.Future[Sequence[Any]] | None = None,
    ) -> None:
        self.pending[asyncio.ensure_future(self._tell(words, work, after))] = words

    async def _tell(
        self,
        words: Sequence[str],
        work: Callable[[], Awaitable[Mapping[str, Any]]],
        after: asyncio.Future[Sequence[Any]] | None,
    ) -> list[Told]:
        """Return what a stage says, or that it failed: the others go on."""
        if after is not None:
            await asyncio.wait((after,))
        error, values = None, dict.fromkeys(words)
        try:
            with self._within.trace.waiting("+".join(words)) as span:
                values |= await work()
        except FoveateError as why:
            error = why
        except Exception:
            log.exception("%s failed unexpectedly", ", ".join(words))
            error = FoveateError()
        return [self._within.told(word, values[word], span.ms, error) for word in words]

    async def _embed(self) -> Sequence[Any]:
        known = self._opened.known.get(EMBEDDED)
        if known is not None:
            return known
        rows = await self._stages.embed(self._opened.made.crops, self._deadline)
        if self._opened.keep is not None:
            await asyncio.to_thread(self._opened.keep, rows)
        return rows

    async def _read(
        self, words: Sequence[str], run: Callable[[], Awaitable[Sequence[Mapping[str, Any]]]]
    ) -> Mapping[str, Any]:
        rows = await run()
        return {word: [row[word] for row in rows] for word in words}

    async def _search(self) -> Mapping[str, Any]:
        if self._stages.search is None or self._vectors is None:
            raise UnsupportedOption("There is no face index here: search is not available.")
        rows = self._vectors.result()
        if not len(rows):
            return {SEARCHED: ()}
        query = Query(
            embeddings=np.stack(rows), collection=self._asked.collection, limit=self._asked.limit
        )
        (found,) = await self._stages.search([query], self._deadline)
        return {SEARCHED: found}


async def ended(tasks: Sequence[asyncio.Future[Any]]) -> None:
    """End what goes on, and wait until it has ended."""
    for task in tasks:
        task.cancel()
    # Those that have failed meanwhile as well: nobody else would ask them why.
    await asyncio.gather(*tasks, return_exceptions=True)


async def _embedded(vectors: asyncio.Future[Sequence[Any]]) -> Mapping[str, Any]:
    # A bare await would cancel it for the search as well.
    await asyncio.wait((vectors,))
    return {EMBEDDED: vectors.result()}

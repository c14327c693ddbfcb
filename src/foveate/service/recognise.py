"""Who is in a picture: a stream of what each stage tells, as soon as it is known.

Faces first, then embedding, age, gender, emotion and race side by side, then who they may be.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.errors import FoveateError, TimedOut, UnsupportedOption
from foveate.imaging.pixel_source import PixelSource
from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.stages.preprocess import EMBEDDED, Look
from foveate.service.stages.search import SEARCHED, Query
from foveate.service.told import FACES, TOLD, Found, Recognition, Told
from foveate.service.work import Work
from foveate.vision.attributes import ON_REQUEST

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Iterable,
        Mapping,
        Sequence,
    )

    from foveate.deadline import Deadline
    from foveate.ports import Picture
    from foveate.service.analysis import Analyses
    from foveate.service.stages.preprocess import FaceCrops, Preprocessed
    from foveate.service.stages.stage import Run
    from foveate.service.told import Asked
    from foveate.trace import Trace

    Opens = Callable[[Callable[[Picture], Work["Opened"]]], Awaitable["Opened"]]
    """Gets at the picture, prepares the work on it, and has it done: a door's admission."""
    Reads = Mapping[tuple[str, ...], Run[FaceCrops, Mapping[str, Any]]]

log = logging.getLogger(__name__)

LAST_WORDS_S: Final = 0.2
"""So long before the deadline it is said what has not come."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose faces are known, and what was known of them before."""

    made: Preprocessed
    ms: float
    known: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Values for each face, by word."""
    keep: Callable[[Sequence[Any]], None] = lambda _: None
    """What lets those who ask next know the embeddings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recogniser:
    """A picture in, a stream of what is told of it out. Its stages may run anywhere."""

    analyses: Analyses
    """What was seen before, for those who ask for that."""
    preprocess: Callable[[Look], Work[Preprocessed]]
    embed: Run[FaceCrops, Any]
    reads: Reads
    """By the words that each tells: those that the settings let anybody guess."""
    search: Run[Query, Any] | None = None
    """None where there is no face index."""

    def switched_off(self, asked: Asked) -> tuple[str, ...]:
        """Return what was asked for and what the settings do not let anybody guess."""
        on = {word for words in self.reads for word in words}
        return tuple(word for word in asked.words if word in ON_REQUEST and word not in on)

    async def recognise(
        self, asked: Asked, opens: Opens, deadline: Deadline, trace: Trace
    ) -> AsyncGenerator[Told]:
        """Yield what each stage tells as soon as it is known: faces first.

        Raises a FoveateError where the picture cannot be looked at; what fails later is told, and
        the rest goes on. Ends all that goes on when it is closed.
        """
        began_s = time.perf_counter()
        opened = await opens(partial(self._prepare, asked))
        underway = _Underway(self, asked, opened, _Within(deadline, trace, began_s))
        try:
            for told in underway.known():
                yield told
            while underway.pending:
                for told in await underway.next():
                    yield told
        finally:
            await underway.end()

    def _prepare(self, asked: Asked, picture: Picture) -> Work[Opened]:
        look = Look(picture=picture, words=tuple(self.cut_for(asked)), remembered=asked.remembered)
        see = partial(self._remember, look) if asked.remembered else partial(self._see, look)
        return Work(self.preprocess(look).memory_bytes, see)

    def _see(self, look: Look, deadline: Deadline, trace: Trace) -> Opened:
        began_s = time.perf_counter()
        made = self.preprocess(look).run(deadline, trace)
        return Opened(made, (time.perf_counter() - began_s) * 1000)

    def _remember(self, look: Look, deadline: Deadline, trace: Trace) -> Opened:
        """Look only for what is not known."""
        analysis = self.analyses.open(PixelSource(look.picture, deadline, trace))
        read, vectors = analysis.known(ATTRIBUTES), analysis.known(EMBEDDING)
        known: dict[str, Sequence[Any]] = {} if vectors is None else {EMBEDDED: list(vectors)}
        for word in ON_REQUEST if read is not None else ():
            known[word] = [getattr(each, word) for each in read or ()]
        known = {word: known[word] for word in look.words if word in known}
        left = tuple(word for word in look.words if word not in known)
        opened = self._see(replace(look, words=left), deadline, trace)

        def keep(rows: Sequence[Any]) -> None:
            if len(rows) == len(opened.made.faces) and len(rows):
                analysis.keep(EMBEDDING, np.stack(rows))

        return replace(opened, known=known, keep=keep)

    def cut_for(self, asked: Asked) -> Iterable[str]:
        """Yield the words for which networks look at faces."""
        if EMBEDDED in asked.words or (SEARCHED in asked.words and self.search is not None):
            yield EMBEDDED
        yield from (word for words in self.reads for word in words if word in asked.words)


@dataclass(frozen=True, slots=True)
class _Within:
    """The bounds of one recognition, and where its spans go."""

    deadline: Deadline
    trace: Trace
    began_s: float


class _Underway:
    """One recognition after its faces were found."""

    def __init__(
        self,
        recogniser: Recogniser,
        asked: Asked,
        opened: Opened,
        within: _Within,
    ) -> None:
        self._stages = recogniser
        self._asked = asked
        self._opened = opened
        self._deadline = within.deadline
        self._trace = within.trace
        self._began_s = within.began_s
        self.pending: dict[asyncio.Task[list[Told]], tuple[str, ...]] = {}
        self._vectors: asyncio.Future[Sequence[Any]] | None = None
        self._start()

    def known(self) -> Iterable[Told]:
        """Yield what is known already: the faces, and what is remembered."""
        made, words = self._opened.made, self._asked.words
        if FACES in words:
            yield self._told(FACES, Found(made.size, made.faces), self._opened.ms)
        for word, value in self._opened.known.items():
            if word in words:
                yield self._told(word, value, 0.0)

    async def next(self) -> list[Told]:
        """Return what is told next. At the end of the time, that is what failed for it."""
        left_s = self._deadline.until - LAST_WORDS_S - time.monotonic()
        done, _ = await asyncio.wait(
            self.pending, timeout=max(0.0, left_s), return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            words = [word for words in self.pending.values() for word in words]
            await self.end()
            return [self._told(word, None, 0.0, TimedOut()) for word in words]
        for task in done:
            del self.pending[task]
        told = [each for task in done for each in task.result()]
        return sorted(told, key=lambda each: each.at_ms)

    async def end(self) -> None:
        """End all that goes on."""
        tasks: list[asyncio.Future[Any]] = [*self.pending]
        tasks += [self._vectors] if self._vectors else []
        self.pending.clear()
        ended = [task for task in tasks if task.cancel()]
        await asyncio.gather(*ended, return_exceptions=True)

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
            with self._trace.waiting("+".join(words)) as span:
                values |= await work()
        except FoveateError as why:
            error = why
        except Exception:
            log.exception("%s failed unexpectedly", ", ".join(words))
            error = FoveateError()
        return [self._told(word, values[word], span.ms, error) for word in words]

    async def _embed(self) -> Sequence[Any]:
        known = self._opened.known.get(EMBEDDED)
        if known is not None:
            return known
        rows = await self._stages.embed(self._opened.made.crops, self._deadline)
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

    def _told(
        self,
        stage: str,
        value: Any,  # noqa: ANN401
        ms: float,
        error: FoveateError | None = None,
    ) -> Told:
        at_ms = (time.perf_counter() - self._began_s) * 1000
        return Told(stage=stage, value=value, ms=ms, at_ms=at_ms, error=error)


async def _embedded(vectors: asyncio.Future[Sequence[Any]]) -> Mapping[str, Any]:
    # A bare await would cancel it for the search as well.
    await asyncio.wait((vectors,))
    return {EMBEDDED: vectors.result()}


async def gathered(stream: AsyncIterator[Told], switched_off: tuple[str, ...]) -> Recognition:
    """Return all that is told, in the order of `TOLD`."""
    told = {each.stage: each async for each in stream}
    ordered = {stage: told[stage] for stage in TOLD if stage in told}
    return Recognition(told=ordered, switched_off=switched_off)

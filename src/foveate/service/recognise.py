"""Who is in a picture: a stream of what each stage tells, as soon as it is known.

Faces first, then embedding, age, gender, emotion and race side by side, then who they may be.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from foveate.imaging.pixel_source import PixelSource
from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.stages.preprocess import EMBEDDED, MOST, Look
from foveate.service.stages.search import SEARCHED, Query
from foveate.service.told import FACES, TOLD, Found, Recognition, Told
from foveate.service.underway import Opened, Sighting, Underway, Within, ended
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
        within = Within(deadline, trace, time.perf_counter())
        seen = Sighting()
        opening = asyncio.ensure_future(opens(partial(self._prepare, asked, seen)))
        try:
            found = await _faces_first(opening, seen)
            if FACES in asked.words:
                # Boxes are there for people to see while faces are still cut out.
                yield within.told(FACES, found, within.now_ms())
            opened = await opening
        finally:
            await ended((opening,))
        underway = Underway(self, asked, opened, within)
        try:
            for told in underway.known():
                yield told
            while underway.pending:
                for told in await underway.next():
                    yield told
        finally:
            await underway.end()

    def _prepare(self, asked: Asked, seen: Sighting, picture: Picture) -> Work[Opened]:
        words = tuple(self.cut_for(asked))
        look = Look(picture=picture, words=words, remembered=asked.remembered, seen=seen)
        work = self.preprocess(look)
        if not asked.remembered:
            return work.then(Opened)
        return Work(work.memory_bytes, partial(self._remember, look))

    def _remember(self, look: Look, deadline: Deadline, trace: Trace) -> Opened:
        """Look only for what is not known."""
        analysis = self.analyses.open(PixelSource(look.picture, deadline, trace))
        read, vectors = analysis.known(ATTRIBUTES), analysis.known(EMBEDDING)
        # As of what is looked at now, no more than the first are told of.
        known: dict[str, Sequence[Any]] = {}
        if vectors is not None:
            known[EMBEDDED] = list(vectors[:MOST])
        for word in ON_REQUEST if read is not None else ():
            known[word] = [getattr(each, word) for each in (read or ())[:MOST]]
        known = {word: known[word] for word in look.words if word in known}
        left = tuple(word for word in look.words if word not in known)
        made = self.preprocess(replace(look, words=left)).run(deadline, trace)

        def keep(rows: Sequence[Any]) -> None:
            if len(rows) == len(made.faces) and len(rows):
                analysis.keep(EMBEDDING, np.stack(rows))

        return Opened(made, known, keep)

    def cut_for(self, asked: Asked) -> Iterable[str]:
        """Yield the words for which networks look at faces."""
        if EMBEDDED in asked.words or (SEARCHED in asked.words and self.search is not None):
            yield EMBEDDED
        yield from (word for words in self.reads for word in words if word in asked.words)


async def _faces_first(opening: asyncio.Future[Opened], seen: Sighting) -> Found:
    """Return the faces as soon as a worker has found them, or the whole of it is there."""
    await asyncio.wait((opening, seen.found), return_when=asyncio.FIRST_COMPLETED)
    if seen.found.done():
        return seen.found.result()
    made = (await opening).made  # a stage elsewhere, which tells all it has at once
    return Found(made.size, made.faces)


async def gathered(stream: AsyncIterator[Told], switched_off: tuple[str, ...]) -> Recognition:
    """Return all that is told, in the order of `TOLD`."""
    told = {each.stage: each async for each in stream}
    ordered = {stage: told[stage] for stage in TOLD if stage in told}
    return Recognition(told=ordered, switched_off=switched_off)

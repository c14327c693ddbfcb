"""A design drawn: its pictures come the way that every rendition comes, then it is painted."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from foveate.background import desk_of
from foveate.delivery.ask import Ask
from foveate.errors import FoveateError, MemoryBudgetSpent, TimedOut, UnsupportedOption
from foveate.jobs.threads import Threads
from foveate.options.allowed import ONLY_PRESETS
from foveate.service.audited import local_naming
from foveate.service.draw import Pixels, picture_options, prepare_pixels
from foveate.storage.given import SCHEME
from foveate.storage.keys import is_remote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from foveate.app import App
    from foveate.delivery.delivery import Delivery
    from foveate.design.drawing.asked import Asked
    from foveate.design.scene.model import Scene
    from foveate.options.grammar import Presets
    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition
    from foveate.service.draw import Draughtsman, Drawing
    from foveate.service.work import Work
    from foveate.settings import Settings
    from foveate.storage.memory import MemoryCache
    from foveate.storage.source import Source
    from foveate.trace import Trace

AT_ONCE: Final = 4
"""Pictures of one design that are asked for at a time."""
TOO_MUCH: Final = (
    "The design needs more memory than there is for pictures: ask for a smaller scale, or for "
    "smaller pictures in it."
)
WAITING: Final = 4
"""Threads of one easel in which work may wait for pictures."""
MOST_NAME: Final = 200
"""Letters of a source that an error tells."""
NAMELESS: Final = "Expected pictures of designs to name nobody of the face index here, got {}."


class Analyser(Protocol):
    """Says what is in a picture."""

    def prepare(self, picture: Source, names: Sequence[str]) -> Work[Any]:
        """Return the work of looking for those parts."""
        ...


class Core(Protocol):
    """The application as far as designs are drawn with it."""

    @property
    def settings(self) -> Settings:
        """Return everything that can be set."""
        ...

    @property
    def presets(self) -> Presets:
        """Return what presets ask for, by their names."""
        ...

    @property
    def draughtsman(self) -> Draughtsman:
        """Return what draws."""
        ...

    @property
    def analyser(self) -> Analyser:
        """Return what sees faces."""
        ...

    def source_of(self, data: bytes) -> Source:
        """Return the bytes of a picture as a source."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Easel:
    """Where designs are drawn: on one event loop, within the bounds of its delivery."""

    core: Core
    delivery: Delivery
    turn: AbstractAsyncContextManager[Any] = field(default_factory=nullcontext)
    """Where work waits that delivery would send away."""
    kept: MemoryCache[Pixels] | None = None
    """Pictures as they were drawn, for designs that have the same ones."""
    threads: Threads = field(default_factory=lambda: Threads("easel", WAITING))
    """Where work waits for pictures: none of the threads in which these are read."""

    async def draw(self, scene: Scene, drawing: Drawing, trace: Trace | None = None) -> Rendition:
        """Return a rendition of a design. Raises any FoveateError.

        Its pictures are cached, moderated and limited as those of any other door, each by itself,
        before a place is taken to draw it.
        """
        draughtsman, most = self.core.draughtsman, self.core.settings.load.memory_bytes
        # Before its pictures are fetched, which wait for it outside of any place.
        if draughtsman.prepare(scene, drawing, {}).memory_bytes > most:
            raise MemoryBudgetSpent(f"a design needs more than {most} bytes", public=TOO_MUCH)
        pictures = await self._pictures(draughtsman.wanted(scene, drawing))
        prepare = partial(draughtsman.prepare, scene, drawing, pictures)
        async with self.turn, self.delivery.admission.admit(trace) as admitted:
            return await self.delivery.run(admitted, (), prepare, span="design")

    async def _pictures(self, asked: Sequence[Asked]) -> Mapping[Asked, Pixels]:
        """Return pictures as they are drawn, those that are asked for. Raises TimedOut."""
        places = asyncio.Semaphore(AT_ONCE)
        tasks = {each: asyncio.create_task(self._held(each, places)) for each in asked}
        try:
            async with asyncio.timeout(self.core.settings.limits.timeout_s):
                return {each: await task for each, task in tasks.items()}
        except TimeoutError as why:
            raise TimedOut("Stopped: the pictures of a design took too long.") from why
        finally:
            for task in tasks.values():
                task.cancel()

    async def _held(self, asked: Asked, places: asyncio.Semaphore) -> Pixels:
        async with places:
            return await self.picture(asked)

    async def picture(self, asked: Asked) -> Pixels:
        """Return one picture at the size that is wanted. Raises any FoveateError."""
        key = repr(asked)
        if self.kept is not None and (found := self.kept.get(key)) is not None:
            return found
        try:
            made = await self._made(asked, picture_options(asked, self.core.presets))
        except FoveateError as why:
            raise _about(why, asked.src) from why
        if self.kept is not None:
            self.kept.put(key, made)
        return made

    async def seen(self, data: bytes, names: Sequence[str]) -> Any:  # noqa: ANN401 - as parts are
        """Return these parts of what is seen in a picture, by name. Raises any FoveateError."""
        source = await asyncio.to_thread(self.core.source_of, data)
        prepare = partial(self.core.analyser.prepare, names=names)
        async with self.turn, self.delivery.admission.admit() as admitted:
            return await self.delivery.run(admitted, [source], prepare, span="analyse")

    async def _made(self, asked: Asked, options: TransformOptions) -> Pixels:
        """Return a picture. Raises UnsupportedOption where it names people, OptionNotAllowed."""
        if asked.options and self.core.settings.only_presets:
            ONLY_PRESETS.check(asked.options, self.core.presets)
        if named := options.subjects():
            raise UnsupportedOption(NAMELESS.format(named[0].name))
        async with self.turn:
            made = await self.delivery.rendition(Ask(options=options, source=asked.src))
        return Pixels(bytes(made.data))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEasel(Easel):
    """Where designs of who runs the program are drawn: with files of his, and whom he enrolled."""

    app: App
    folder: Path | None = None
    """Where sources lie that are names of files; None is the folder in which the program runs."""

    @classmethod
    def of(cls, app: App, folder: Path | None, kept: MemoryCache[Pixels] | None = None) -> OwnEasel:
        """Return that of the library. To be called on its loop."""
        desk = desk_of(app)
        return cls(
            core=app, app=app, delivery=desk.delivery, turn=desk.workers, kept=kept, folder=folder
        )

    async def _made(self, asked: Asked, options: TransformOptions) -> Pixels:
        source = await self.app.origin.read(self._place(asked.src))
        others = {key: await self.app.origin.read(key) for key in options.extra_sources()}
        renderer = self.app.renderer
        if others or renderer.moderator.options(options).moderate is not None:
            async with self.turn:
                ask = Ask(options=options, source=source, in_hand=others)
                made = Pixels(bytes((await self.delivery.rendition(ask)).data))
        else:
            prepare = partial(prepare_pixels, renderer, options=options)
            async with self.turn, self.delivery.admission.admit() as admitted:
                made = await self.delivery.run(admitted, [source], prepare, span="render")
        if named := options.subjects():
            await asyncio.to_thread(local_naming(self.app.access.audit, named).note)
        return made

    def _place(self, src: str) -> str:
        if self.folder is None or is_remote(src) or src.startswith(("file:", "~", SCHEME)):
            return src
        return str(self.folder / src)


def _about(why: FoveateError, src: str) -> FoveateError:
    """Return an error that says of which picture of a design it is.

    Another one, since who waits for the same picture elsewhere is told the first.
    """
    kind = type(why)
    error = kind.__new__(kind)
    error.__dict__.update(why.__dict__)
    said, place = str(why), src if len(src) <= MOST_NAME else f"{src[:MOST_NAME]}..."
    error.args = (said if src in said else f"{place}: {said}",)
    error.public = why.public if src in why.public else f"{place}: {why.public}"
    return error

"""A design edited by a sentence: by plain words, or by a language model; and what is checked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.assistant import Assistant
from foveate.design.assistant.endpoint import Endpoint
from foveate.design.assistant.purse import ENDLESS
from foveate.design.assistant.states import Answered, Changed, Done, Question, Understood
from foveate.design.assistant.told import Usage
from foveate.design.changes.difference import difference
from foveate.design.checks.checking import Checks
from foveate.design.tree import spots
from foveate.design.words.answer import Outcome
from foveate.design.words.assistant import understand
from foveate.designs.library.opened import library_of
from foveate.designs.looks import held, looks_of
from foveate.designs.opinion import second_opinion
from foveate.errors import EditRefused
from foveate.service.draw import Drawing, page_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from foveate.deadline import Deadline
    from foveate.design.assistant.purse import Purse
    from foveate.design.assistant.states import State
    from foveate.design.scene.model import Scene
    from foveate.design.words.answer import Answer
    from foveate.designs.easel import Easel
    from foveate.designs.library.library import Library
    from foveate.settings import Assistant as Asked

MOST_SENT: Final = 2000
"""Tokens of what somebody is told who chooses."""
THUMBNAIL: Final = 512.0
"""Pixels of the longer side of what a model is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Edits designs. On one event loop.

    What plain words say is done by rules, in milliseconds and without a model. What they do not
    say for certain is for the language model of the settings, where there is one.
    """

    easel: Easel
    asked: Asked
    purse: Purse = ENDLESS
    by_words: bool = True
    pictures: str = ""
    """A folder in which pictures are looked for, in place of that of the settings."""
    beside: Path | None = None
    """Where designs are that name pictures beside them; None names them as the origin does."""

    async def edit(
        self,
        scene: Scene,
        request: str,
        *,
        key: str,
        deadline: Deadline,
        before: tuple[str, ...] = (),
    ) -> AsyncIterator[State]:
        """Yield what happens, up to Question, or Changed and Done.

        `before` are ids of blocks that are meant by *it* in plain words. Raises EditRefused, and as
        the assistant does.
        """
        loop = asyncio.get_running_loop()
        run, apart = self.easel.threads.run, self.easel.threads.while_awaited
        checks = Checks(await run(looks_of, self.easel, loop))
        library = await run(self._library, loop)
        answer = None
        if self.by_words or self.asked.only_chooses:
            answer = await run(understand, scene, request, before, library=library)
        if answer is not None and self.asked.base_url and self.asked.only_chooses:
            async for each in self._chosen(scene, request, answer, key):
                if isinstance(each, Answered):
                    yield each
                else:
                    answer = each
        if answer is not None and (answer.outcome is Outcome.EDITED or not self._proposes):
            for state in await apart(_by_words, scene, request, answer, checks):
                yield state
            return
        assistant = Assistant(
            model=Endpoint(self.asked),
            check=replace(checks, strict=True),
            purse=self.purse,
            thumbnail=partial(self._thumbnail, loop),
            tries=self.asked.tries,
            timeout_s=self.asked.timeout_s,
            library=library,
            apart=apart,
        )
        async for state in assistant.edit(scene, request, key=key, deadline=deadline):
            yield state

    @property
    def _proposes(self) -> bool:
        """Return whether there is a model that proposes designs."""
        return bool(self.asked.base_url) and not self.asked.only_chooses

    async def _chosen(
        self, scene: Scene, request: str, answer: Answer, key: str
    ) -> AsyncIterator[Answered | Answer]:
        """Yield what a second opinion took, and what comes of it. Raises AllowanceSpent."""
        model = Endpoint(self.asked)
        most = model.price.of(Usage(MOST_SENT, model.most_tokens))
        async with self.purse.held(key, most) as held:
            async for each in second_opinion(model, scene, request, answer):
                held.paid = each.paid if isinstance(each, Answered) else held.paid
                yield each

    def _library(self, loop: asyncio.AbstractEventLoop) -> Library | None:
        return library_of(self.easel, loop, folder=self.pictures, beside=self.beside)

    def _thumbnail(self, loop: asyncio.AbstractEventLoop, scene: Scene) -> bytes:
        """Return a small PNG of the first page, as a thread asks for it."""
        page = page_of(scene, "")
        scale = min(1.0, THUMBNAIL / max(page.width, page.height, 1.0))
        drawing = Drawing("png", scale=scale)
        seconds = self.easel.core.settings.limits.timeout_s
        return held(self.easel.draw(scene, drawing), loop, seconds).data


def _by_words(scene: Scene, request: str, answer: Answer, checks: Checks) -> list[State]:
    """Return what comes of an answer to plain words, once it is checked. Raises EditRefused."""
    if answer.outcome is Outcome.ASKED:
        choices = tuple(each.id for each in answer.choices)
        return [Question(attempt=1, said=answer.said, choices=choices)]
    if answer.outcome is Outcome.REFUSED:
        raise EditRefused(answer.said, reasons=(answer.said,))
    return list(_done(scene, request, answer, checks))


def _turned(scene: Scene, answer: Answer, mended: Scene) -> bool:
    """Return whether mending moves something the other way than was asked."""
    before, asked, after = (spots(each) for each in (scene, answer.scene, mended))
    ways = (
        (getattr(asked[name].block, axis) - old, getattr(after[name].block, axis) - old)
        for name in answer.targets
        for axis in ("x", "y")
        for old in [getattr(before[name].block, axis)]
    )
    return any(wanted * made < 0 for wanted, made in ways)


def _done(scene: Scene, request: str, answer: Answer, checks: Checks) -> Iterator[State]:
    started = time.monotonic()
    found = checks(scene, answer.scene, request)
    if found.refused:
        raise EditRefused(" ".join(found.refused), reasons=found.refused)
    if found.scene == scene or (answer.verb == "move" and _turned(scene, answer, found.scene)):
        raise EditRefused(" ".join(found.repaired), reasons=found.repaired)
    yield Understood(attempt=1, said=answer.said, pictures=answer.offers)
    changes = difference(scene, found.scene)
    yield Changed(
        attempt=1,
        scene=found.scene,
        changes=changes,
        repaired=found.repaired,
        warned=found.warned,
    )
    seconds = time.monotonic() - started
    yield Done(attempt=1, scene=found.scene, usage=Usage(), paid=0.0, seconds=seconds)

"""One edit, try by try."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Final

from foveate.backoff import wait_s
from foveate.design.assistant.example import example
from foveate.design.assistant.grammar import form
from foveate.design.assistant.prompt import DESCRIBED, Prompt, template
from foveate.design.assistant.states import (
    Answered,
    Answering,
    Asked,
    Away,
    Changed,
    Done,
    Refused,
)
from foveate.design.assistant.streamed import check, sleep, streamed
from foveate.design.assistant.told import Answer, Usage, reckoned
from foveate.design.assistant.view import fitting
from foveate.design.changes.difference import difference
from foveate.errors import AssistantAway, EditRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from foveate.deadline import Deadline
    from foveate.design.assistant.assistant import Assistant
    from foveate.design.assistant.judge import Judge, Verdict
    from foveate.design.assistant.prompt import Template
    from foveate.design.assistant.purse import Held
    from foveate.design.assistant.states import State
    from foveate.design.assistant.told import Message
    from foveate.design.assistant.view import View

FIRST_WAIT_S: Final = 0.5
MOST_WAIT_S: Final = 30.0
MARGIN: Final = 1.25
"""Times what is reckoned to be sent, where no more may be spent than is left."""
TELL_EVERY_S: Final = 0.25
"""How often it is told how far an answer is."""


@dataclass(slots=True)
class Editing:
    """What one edit has come to."""

    assistant: Assistant
    judge: Judge
    key: str
    deadline: Deadline
    attempt: int = 0
    usage: Usage = field(default_factory=Usage)
    paid: float = 0.0
    view: View = field(init=False)
    _began: float = field(default_factory=time.perf_counter)
    _answer: Answer | None = None

    def __post_init__(self) -> None:
        self.view = fitting(self.judge.grant, self.assistant.views)

    async def states(self) -> AsyncIterator[State]:
        """Yield what happens. Raises EditRefused once all tries are over."""
        prompt = await self._prompt()
        said, refused = prompt.messages(), None
        while self.attempt < self.assistant.tries:
            self.attempt += 1
            async for state in self._asked(said, prompt):
                yield state
            if self._answer is None:
                continue
            verdict: Verdict = await self.assistant.apart(self.judge, self._answer, self.view)
            check(self.deadline)
            if verdict.scene is not None:
                for state in await self._changed(verdict):
                    yield state
                return
            refused = Refused(attempt=self.attempt, stage=verdict.stage, reasons=verdict.reasons)
            yield refused
            said = prompt.again(self._answer.text, verdict.reasons)
        raise self._given_up(refused)

    async def _prompt(self) -> Prompt:
        judge, thumbnail = self.judge, self.assistant.thumbnail
        picture = b""
        if self.assistant.model.sees and thumbnail is not None:
            picture = await self.assistant.apart(thumbnail, judge.before)
        return Prompt(
            template=self.assistant.template or self._usual(),
            view=self.view,
            example=example(self.view, translates=judge.grant.translates),
            design=self.view.write(judge.before),
            request=judge.request,
            picture=picture,
        )

    def _usual(self) -> Template:
        """Return the template that fits the request, and whether pictures can be looked for."""
        if self.judge.grant.translates:
            return template("translate")
        return template("edit", DESCRIBED if self.assistant.library is not None else None)

    async def _asked(self, said: Sequence[Message], prompt: Prompt) -> AsyncIterator[State]:
        """Yield what happens while the model is asked once; there is no answer if it is away."""
        self._answer = None
        sent = await asyncio.to_thread(lambda: sum(each.tokens for each in said))
        yield Asked(
            attempt=self.attempt,
            model=self.assistant.model.name,
            template=str(prompt.template),
            view=self.view.name,
            tokens=sent,
        )
        try:
            async with self.assistant.purse.held(self.key, self._at_most(sent)) as held:
                async for state in self._answered(said, held):
                    yield state
        except AssistantAway as why:
            wait = why.again_s or wait_s(self.attempt - 1, FIRST_WAIT_S, MOST_WAIT_S)
            if self.attempt == self.assistant.tries or self._is_late(wait):
                raise
            yield Away(attempt=self.attempt, reason=why.public, wait_s=wait)
            await sleep(wait, self.deadline)

    def _at_most(self, sent: int) -> float:
        model = self.assistant.model
        return model.price.of(Usage(ceil(sent * MARGIN), model.most_tokens))

    def _is_late(self, wait: float) -> bool:
        return time.monotonic() + wait > self.deadline.until

    async def _answered(self, said: Sequence[Message], held: Held) -> AsyncIterator[State]:
        model, began = self.assistant.model, time.perf_counter()
        bound = form(whole=self.view.matters is None)
        parts, letters, told_at = list[str](), 0, began
        try:
            async for piece in streamed(model.ask(said, bound), self.deadline):
                if isinstance(piece, Answer):
                    self._answer = piece
                    continue
                parts.append(piece)
                letters += len(piece)
                if time.perf_counter() - told_at > TELL_EVERY_S:
                    told_at = time.perf_counter()
                    yield Answering(attempt=self.attempt, letters=letters)
        finally:
            usage = self._answer.usage if self._answer else reckoned(said, "".join(parts))
            held.paid = model.price.of(usage)
            self.usage, self.paid = self.usage + usage, self.paid + held.paid
        seconds = time.perf_counter() - began
        yield Answered(attempt=self.attempt, usage=usage, paid=held.paid, seconds=seconds)

    async def _changed(self, verdict: Verdict) -> tuple[State, State]:
        scene = verdict.scene
        assert scene is not None  # noqa: S101 - it is what was judged
        changes = await asyncio.to_thread(difference, self.judge.before, scene)
        changed = Changed(
            attempt=self.attempt,
            scene=scene,
            changes=changes,
            repaired=verdict.repaired,
            warned=verdict.warned,
        )
        seconds = time.perf_counter() - self._began
        done = Done(
            attempt=self.attempt, scene=scene, usage=self.usage, paid=self.paid, seconds=seconds
        )
        return changed, done

    def _given_up(self, refused: Refused | None) -> EditRefused:
        reasons = refused.reasons if refused else ()
        tries = f"{self.attempt} answers" if self.attempt > 1 else "an answer"
        told = f"Expected what may be done to the design, got {tries} that may not: "
        return EditRefused(told + " ".join(reasons), reasons=reasons)

"""Templates, models and tasks tried against each other, so that a template is chosen by figures."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.background import default_app, streamed
from foveate.design.assistant.assistant import Assistant
from foveate.design.assistant.checks import unchecked
from foveate.design.assistant.endpoint import Endpoint
from foveate.design.assistant.prompt import template, templates
from foveate.design.assistant.states import Answered, Changed, Question
from foveate.design.assistant.trial import USUAL, Trial
from foveate.design.changes.difference import difference
from foveate.design.checks.checking import Checks
from foveate.design.checks.model import Looks
from foveate.design.tasks.judging import Came
from foveate.design.words.answer import Outcome
from foveate.design.words.assistant import understand
from foveate.designs.looks import measured
from foveate.designs.opinion import second_opinion
from foveate.errors import BadOption, EditRefused, FoveateError, TimedOut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from pathlib import Path

    from foveate.app import App
    from foveate.design.assistant.prompt import Template
    from foveate.design.assistant.states import State
    from foveate.design.scene.model import Scene
    from foveate.design.tasks.numbered import Numbered

WORDS: Final = "words"
"""The name of who has no model: plain words."""
AND: Final = "+"
"""Between that and a model whose opinion is asked for: `words+qwen3`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Who is tried, and what he is told."""

    model: str
    template: str

    @property
    def words(self) -> bool:
        """Return whether no model proposes designs."""
        return self.model.partition(AND)[0] == WORDS

    @property
    def second(self) -> str:
        """Return the model that chooses where plain words are not sure; empty for none."""
        return self.model.partition(AND)[2] if self.words else ""


@dataclass(slots=True)
class Coming:
    """What has come of one task so far."""

    scene: Scene
    came: Came = Came.REFUSED
    choices: tuple[str, ...] = ()
    tries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    paid: float = 0.0

    def take(self, state: State) -> None:
        """Take in what happens."""
        if isinstance(state, Answered):
            self.tries += 1
            self.tokens_in += state.usage.tokens_in
            self.tokens_out += state.usage.tokens_out
            self.paid += state.paid
        elif isinstance(state, Changed):
            self.scene, self.came = state.scene, Came.EDITED
        elif isinstance(state, Question):
            self.came, self.choices = Came.ASKED, state.choices


def pairs(models: Sequence[str], names: Sequence[str]) -> list[Pair]:
    """Return who is tried with what: plain words once, each model with each template.

    Raises BadOption for a template that is none.
    """
    known = {USUAL, *map(str, templates())}
    if strange := [name for name in names if name not in known]:
        raise BadOption(
            f"Expected templates of {', '.join(sorted(known))}, got {', '.join(strange)}."
        )
    alone = [Pair(each, "") for each in models if Pair(each, "").words]
    others = [each for each in models if not Pair(each, "").words]
    return alone + [Pair(each, name) for each in others for name in names]


def evaluated(
    pairs: Sequence[Pair], tasks: Sequence[Numbered], results: Path, *, app: App | None = None
) -> Iterator[Trial]:
    """Yield what comes of each task with each of those, those first that the file has.

    A line of the file is written as soon as a task is done: what ends this loses one at most.
    Raises as the model does where its address is not set.
    """
    app = app or default_app()
    had = {_key(each): each for each in kept(results)}
    left = []
    for pair in pairs:
        for task in tasks:
            found = had.get((pair.model, pair.template, task.name))
            if found is not None:
                yield found
            else:
                left.append((pair, task))
    with results.open("a", encoding="utf-8") as file:
        for trial in streamed(partial(_tried, app, left)):
            file.write(json.dumps(asdict(trial), ensure_ascii=False) + "\n")
            file.flush()
            yield trial


def kept(results: Path) -> list[Trial]:
    """Return the trials of a file; a line that was not written to its end is none."""
    if not results.exists():
        return []
    found = []
    for line in results.read_text("utf-8").splitlines():
        try:
            found.append(Trial(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def _key(trial: Trial) -> tuple[str, str, str]:
    return trial.model, trial.template, trial.task


async def _tried(
    app: App, left: Sequence[tuple[Pair, Numbered]], tell: Callable[[Trial], None]
) -> None:
    for pair, task in left:
        tell(await _one(_states(app, pair, task), pair, task))


def _states(app: App, pair: Pair, task: Numbered) -> AsyncIterator[State]:
    """Return what happens: as when designs are edited, but that nothing is mended.

    Where letters have to fit, that is checked, and mended, as always.
    """
    if pair.words:
        return _by_words(app, pair, task)
    typefaces = app.draughtsman.fonts.typefaces
    looks = Looks(measures=partial(measured, typefaces), fonts=typefaces.shelf)
    asked = app.settings.assistant
    assistant = Assistant(
        model=Endpoint(replace(asked, model=pair.model)),
        check=Checks(looks, strict=True) if task.fits else unchecked,
        template=_template(pair.template),
        tries=asked.tries,
        timeout_s=asked.timeout_s,
    )
    return assistant.edit(task.scene, task.request)


async def _by_words(app: App, pair: Pair, task: Numbered) -> AsyncIterator[State]:
    """Yield what plain words make of a task, with a second opinion where there is one.

    Raises EditRefused.
    """
    answer = await asyncio.to_thread(understand, task.scene, task.request)
    if pair.second:
        asked = replace(app.settings.assistant, model=pair.second, structured="grammar")
        async for piece in second_opinion(Endpoint(asked), task.scene, task.request, answer):
            if isinstance(piece, Answered):
                yield piece
            else:
                answer = piece
    if answer.outcome is Outcome.REFUSED:
        raise EditRefused(answer.said, reasons=(answer.said,))
    if answer.outcome is Outcome.ASKED:
        choices = tuple(each.id for each in answer.choices)
        yield Question(attempt=1, said=answer.said, choices=choices)
        return
    changes = difference(task.scene, answer.scene)
    yield Changed(attempt=1, scene=answer.scene, changes=changes)


def _template(name: str) -> Template | None:
    if name in {"", USUAL}:
        return None
    first, _, version = name.rpartition("-")
    return template(first, int(version))


async def _one(states: AsyncIterator[State], pair: Pair, task: Numbered) -> Trial:
    began, coming, why = time.perf_counter(), Coming(task.scene), ""
    try:
        async for state in states:
            coming.take(state)
    except EditRefused as refused:
        why = str(refused)
    except FoveateError as error:
        if not coming.tries and not isinstance(error, TimedOut):
            raise  # the address is away, or there is none: every other task would meet that
        why = f"{type(error).__name__}: {error}"
    went = await asyncio.to_thread(task.judge, coming.scene, coming.came, coming.choices)
    return Trial(
        template=pair.template,
        model=pair.model,
        task=task.name,
        language=task.language,
        outcome=went.value,
        why=why,
        tries=coming.tries,
        tokens_in=coming.tokens_in,
        tokens_out=coming.tokens_out,
        paid=coming.paid,
        seconds=time.perf_counter() - began,
    )

"""Templates, models and tasks measured against each other: what is right, and what that takes.

A task has a program that judges what came of it, so that a template is chosen by figures, and two
people who measure it see the same.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from foveate.design.assistant.states import Answered, Changed
from foveate.errors import FoveateError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from foveate.design.assistant.assistant import Assistant
    from foveate.design.assistant.prompt import Template
    from foveate.design.assistant.told import Model
    from foveate.design.scene.model import Scene

USUAL: Final = "usual"
"""The template that fits a request, where none is said."""


class Judge(Protocol):
    """Says whether a design is as the request wants it."""

    def __call__(self, before: Scene, after: Scene) -> str:
        """Return what is wrong in a sentence; nothing where all is right."""


@dataclass(frozen=True, slots=True)
class Task:
    """One request about one design."""

    name: str
    scene: Scene
    request: str
    judge: Judge
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of one task with one template and model."""

    template: str
    model: str
    task: str
    language: str
    outcome: str
    """`right`, `wrong`, `asked`, `refused`, or the name of the error that changed nothing."""
    why: str = ""
    tries: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    paid: float = 0.0
    seconds: float = 0.0


class Row(NamedTuple):
    """A template and a model, over all tasks."""

    template: str
    model: str
    tasks: int
    right: float
    """Which part of them, as those below."""
    wrong: float
    """A change that is not what was asked: worse than none."""
    asked: float
    """Asked back where all was said."""
    refused: float
    tries: float
    """In the mean, as those below."""
    tokens_in: float
    tokens_out: float
    paid: float
    seconds: float


RIGHT: Final = "right"
WRONG: Final = "wrong"
ASKED: Final = "asked"
HEAD: Final = (
    *("template", "model", "tasks", "right", "wrong", "asked", "refused", "tries"),
    *("tokens in", "tokens out", "price", "seconds"),
)


async def trials(
    assistant: Assistant,
    models: Sequence[Model],
    templates: Sequence[Template | None],
    tasks: Sequence[Task],
) -> AsyncIterator[Trial]:
    """Try each task with each model and template, one after the other; None is what fits."""
    for model in models:
        for template in templates:
            tried = replace(assistant, model=model, template=template)
            for task in tasks:
                yield await _trial(tried, task)


async def _trial(assistant: Assistant, task: Task) -> Trial:
    began, answers = time.perf_counter(), list[Answered]()
    after, error = None, None
    try:
        async for state in assistant.edit(task.scene, task.request):
            if isinstance(state, Answered):
                answers.append(state)
            elif isinstance(state, Changed):
                after = state.scene
    except FoveateError as why:
        error = why
    outcome, why_not = _outcome(task, after, error)
    return Trial(
        template=str(assistant.template or USUAL),
        model=assistant.model.name,
        task=task.name,
        language=task.language,
        outcome=outcome,
        why=why_not,
        tries=len(answers),
        tokens_in=sum(each.usage.tokens_in for each in answers),
        tokens_out=sum(each.usage.tokens_out for each in answers),
        paid=sum(each.paid for each in answers),
        seconds=time.perf_counter() - began,
    )


def _outcome(task: Task, after: Scene | None, error: FoveateError | None) -> tuple[str, str]:
    if after is None:
        return type(error).__name__, str(error)
    wrong = task.judge(task.scene, after)
    return (WRONG, wrong) if wrong else (RIGHT, "")


def rows(done: Iterable[Trial]) -> list[Row]:
    """Return a row for each template and model, those that are most often right first."""
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in done:
        groups.setdefault((trial.template, trial.model), []).append(trial)
    found = [_row(*names, group) for names, group in groups.items()]
    return sorted(found, key=lambda row: (-row.right, row.wrong, row.paid, row.tokens_out))


def _row(template: str, model: str, group: list[Trial]) -> Row:
    count = len(group)

    def share(outcomes: Iterable[bool]) -> float:
        return sum(outcomes) / count

    right = share(trial.outcome == RIGHT for trial in group)
    wrong = share(trial.outcome == WRONG for trial in group)
    asked = share(trial.outcome == ASKED for trial in group)
    return Row(
        template=template,
        model=model,
        tasks=count,
        right=right,
        wrong=wrong,
        asked=asked,
        refused=share(trial.outcome not in {RIGHT, WRONG, ASKED} for trial in group),
        tries=sum(trial.tries for trial in group) / count,
        tokens_in=sum(trial.tokens_in for trial in group) / count,
        tokens_out=sum(trial.tokens_out for trial in group) / count,
        paid=sum(trial.paid for trial in group) / count,
        seconds=sum(trial.seconds for trial in group) / count,
    )


def table(found: Sequence[Row]) -> str:
    """Return rows as Markdown."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    return "\n".join([*lines, *(f"| {' | '.join(cells(row))} |" for row in found)])


def cells(row: Row) -> list[str]:
    """Return a row as text, under `HEAD`."""
    shares = [f"{share:.0%}" for share in (row.right, row.wrong, row.asked, row.refused)]
    means = [f"{row.tries:.1f}", f"{row.tokens_in:,.0f}", f"{row.tokens_out:,.0f}"]
    return [
        *(row.template, row.model, f"{row.tasks}"),
        *(*shares, *means),
        *(f"{row.paid:.5f}", f"{row.seconds:.1f}"),
    ]

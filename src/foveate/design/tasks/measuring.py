"""How often an assistant is right, by language and by verb, and how long it takes."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from foveate.design.tasks.judging import Came, Verdict, verdict
from foveate.design.tasks.task import scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from foveate.design.scene.model import Scene
    from foveate.design.tasks.task import Task

HEAD: Final = ("", "requests", "right", "wrong", "asked back", "refused", "median ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an assistant did of one request."""

    scene: Scene
    came: Came
    choices: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    """What was meant: told with what is asked next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How one request went."""

    task: Task
    verdict: Verdict
    seconds: float


class Ask(Protocol):
    """An assistant."""

    def __call__(self, scene: Scene, request: str, before: tuple[str, ...], /) -> Reply:
        """Return what it does of a request; `before` are ids of what was meant before."""


class Row(NamedTuple):
    """Some requests together."""

    name: str
    requests: int
    right: float
    """Which part of them, as those below."""
    wrong: float
    asked: float
    refused: float
    seconds: float
    """The median."""


def tried(tasks: Iterable[Task], ask: Ask) -> list[Tried]:
    """Return how each request goes, after what was asked before it."""
    return [_tried(task, ask) for task in tasks]


def _tried(task: Task, ask: Ask) -> Tried:
    before = scene(task.design)
    targets: tuple[str, ...] = ()
    for turn in task.turns[:-1]:
        reply = ask(before, turn, targets)
        before, targets = reply.scene, reply.targets
    began = time.perf_counter()
    reply = ask(before, task.turns[-1], targets)
    seconds = time.perf_counter() - began
    went = verdict(task, before, reply.scene, reply.came, reply.choices)
    return Tried(task=task, verdict=went, seconds=seconds)


def rows(done: Sequence[Tried], by: Callable[[Task], str]) -> list[Row]:
    """Return a row for each group of requests, by what a task says of itself."""
    groups: dict[str, list[Tried]] = {}
    for each in done:
        groups.setdefault(by(each.task), []).append(each)
    return [_row(name, group) for name, group in groups.items()]


def _row(name: str, group: Sequence[Tried]) -> Row:
    counts = Counter(each.verdict for each in group)
    right, wrong, asked, refused = (counts[one] / len(group) for one in Verdict)
    seconds = sorted(each.seconds for each in group)[len(group) // 2]
    return Row(name, len(group), right, wrong, asked, refused, seconds)


def cells(row: Row) -> tuple[str, ...]:
    """Return a row as text, under `HEAD`."""
    shares = (f"{share:.1%}" for share in (row.right, row.wrong, row.asked, row.refused))
    return (row.name, str(row.requests), *shares, f"{row.seconds * 1000:.1f}")

"""What is told while a design is edited, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from foveate.design.assistant.told import Usage
from foveate.design.changes.in_json import changes_to_json

if TYPE_CHECKING:
    from foveate.design.changes.model import ChangeSet
    from foveate.design.scene.model import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One of them."""

    event: ClassVar[str]
    attempt: int
    """Which try it is of, from 1."""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is streamed: its plain fields."""
        told: dict[str, Any] = {"event": self.event}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Usage):
                told |= {"tokens_in": value.tokens_in, "tokens_out": value.tokens_out}
            elif isinstance(value, str | int | float | tuple):
                told[each.name] = [*value] if isinstance(value, tuple) else value
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood(State):
    """It is understood without a language model, and this is done: a sentence."""

    event = "understood"
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(State):
    """It may mean several things: what has to be known, and which blocks may be meant."""

    event = "question"
    said: str
    choices: tuple[str, ...] = ()
    """Their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(State):
    """The model is asked."""

    event = "asked"
    model: str
    template: str
    view: str
    tokens: int
    """About how many are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(State):
    """It answers: so many letters came."""

    event = "answering"
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(State):
    """It has answered."""

    event = "answered"
    usage: Usage
    paid: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Away(State):
    """It did not answer, and is asked again after a while."""

    event = "away"
    reason: str
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(State):
    """What it answered is not to be done: it is told why, if it is asked again."""

    event = "refused"
    stage: str
    """Who found it: `scan`, `read`, `guard`, `check`, or `same` where nothing changed."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(State):
    """What it answered may be done: this comes of it."""

    event = "changed"
    scene: Scene
    changes: ChangeSet
    repaired: tuple[str, ...] = ()
    """What was mended in it, a sentence each."""
    warned: tuple[str, ...] = ()
    """What is to be known of it, a sentence each."""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is streamed: with the changes, and a sentence for each."""
        return {**State.to_json(self), **changes_to_json(self.changes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(State):
    """It is over: what it took, with all tries."""

    event = "done"
    scene: Scene
    usage: Usage
    paid: float
    seconds: float

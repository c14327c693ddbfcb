"""What comes of a request: the design edited, a question, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foveate.design.changes.model import ChangeSet
    from foveate.design.scene.model import Scene
    from foveate.design.sought import Candidate


class Outcome(StrEnum):
    """What was done of what was asked."""

    EDITED = "edited"
    ASKED = "asked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several that may be meant."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was understood, and the design then: the one that was given where nothing is edited."""

    outcome: Outcome
    said: str
    """A sentence: what was done, what has to be known, or why nothing was done."""
    scene: Scene
    changes: ChangeSet | None = None
    """What makes the scene that was given this one; None where nothing is edited."""
    choices: tuple[Choice, ...] = ()
    """Of a question: the blocks that may be meant."""
    targets: tuple[str, ...] = ()
    """Ids of the blocks that were meant: *it*, in what is asked next."""
    verb: str = ""
    offers: tuple[Candidate, ...] = ()
    """Pictures that may be put in instead of those that were."""
    by_rules_alone: bool = False
    """Sentence vectors are not installed here, so that fewer words are understood."""


class CannotBe(Exception):
    """What is asked is understood, and cannot be done."""


class Unclear(Exception):
    """What is asked may be several things."""

    def __init__(self, question: str, choices: tuple[Choice, ...] = ()) -> None:
        super().__init__(question)
        self.choices = choices

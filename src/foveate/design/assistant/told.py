"""What is said to a language model, and what comes back: plain values, whoever answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeGuard

from foveate.design.views.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

Who = Literal["system", "user", "assistant"]
MILLION: Final = 1_000_000
PICTURE_TOKENS: Final = 1000
"""Of a thumbnail: more than most count for one of 512 pixels."""
FRAME_TOKENS: Final = 8
"""Of a message, for who says it."""
MOST_TOLD: Final = 10**9
"""Tokens of one call; whoever tells of more tells nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that was said."""

    who: Who
    text: str
    picture: bytes = b""
    """A PNG that goes with it."""

    @property
    def tokens(self) -> int:
        """Return about how many tokens it has."""
        return tokens(self.text) + FRAME_TOKENS + (PICTURE_TOKENS if self.picture else 0)


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens went there and came back."""

    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


def told_usage(sent: object, answered: object) -> Usage | None:
    """Return what an endpoint tells of tokens; None where that cannot be.

    >>> told_usage(20, 3), told_usage(20, None), told_usage(-20, 3), told_usage(float("nan"), 3)
    (Usage(tokens_in=20, tokens_out=3), None, None, None)
    """
    if _is_count(sent) and _is_count(answered):
        return Usage(sent, answered)
    return None


def _is_count(told: object) -> TypeGuard[int]:
    return type(told) is int and 0 <= told <= MOST_TOLD


def reckoned(said: Sequence[Message], answered: str) -> Usage:
    """Return about what went and came, where nobody tells; nothing where nothing came."""
    if not answered:
        return Usage()
    return Usage(sum(each.tokens for each in said), tokens(answered))


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost."""

    sent: float = 0.0
    answered: float = 0.0

    def of(self, usage: Usage) -> float:
        """Return what so many cost.

        >>> round(Price(3, 15).of(Usage(2000, 1000)), 6)
        0.021
        """
        return (usage.tokens_in * self.sent + usage.tokens_out * self.answered) / MILLION


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer may look like, for endpoints that can be held to it."""

    schema: Mapping[str, object] = field(default_factory=dict)
    """JSON Schema: the design is in a string of it."""
    grammar: str = ""
    """GBNF, as llama.cpp has it: the design itself."""


FREE: Final = Form()


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a model said."""

    text: str
    usage: Usage = Usage()
    cut: bool = False
    """Whether it had more to say than it may."""
    counted: bool = True
    """Whether who answered told the tokens; else they are reckoned."""


class Model(Protocol):
    """Who can be asked."""

    @property
    def name(self) -> str:
        """What it is called, for tables and traces."""

    @property
    def sees(self) -> bool:
        """Whether it can be shown pictures."""

    @property
    def price(self) -> Price:
        """What its tokens cost."""

    @property
    def most_tokens(self) -> int:
        """How many tokens an answer may have."""

    def ask(self, said: Sequence[Message], form: Form = FREE) -> AsyncIterator[str | Answer]:
        """Give the answer piece by piece, and all of it at the end.

        Raises AssistantAway where it may be there in a while, and AssistantRefused.
        """

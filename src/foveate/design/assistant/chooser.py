"""A model that may choose, and nothing else: one number of a list, held to it by a grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.told import Answer, Form, Message, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.assistant.told import Model

ORDER: Final = (
    "Somebody wants a design changed. Say which one of the numbered changes is meant, by its "
    "number alone, or 0 where none is."
)
SHOWN: Final = (
    ("enlarge the company sign", ("Logo: make it bigger", "Logo: make it smaller"), 1),
    ("the price should stand out by being tilted", ("Price: fade it", "Price: tilt it"), 2),
    ("sing me a song", ("Title: make it darker", "Title: shrink it"), 0),
)
"""Requests, changes, and the number that is right."""


def form(count: int) -> Form:
    """Return the form of an answer: 0 to that number, as grammar and as schema.

    >>> form(2).grammar
    'root ::= "0" | "1" | "2"'
    """
    numbers = range(count + 1)
    grammar = "root ::= " + " | ".join(f'"{number}"' for number in numbers)
    return Form(schema={"type": "integer", "enum": [*numbers]}, grammar=grammar)


def messages(request: str, sentences: Sequence[str]) -> list[Message]:
    """Return what is said, with some choices that were made before."""
    said = [Message("system", ORDER)]
    for asked, changes, number in SHOWN:
        said += [Message("user", _listed(asked, changes)), Message("assistant", str(number))]
    return [*said, Message("user", _listed(request, sentences))]


def _listed(request: str, sentences: Sequence[str]) -> str:
    lines = [f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1)]
    return "\n".join((f"Request: {request}", *lines, "Number:"))


async def chosen(model: Model, request: str, sentences: Sequence[str]) -> tuple[int | None, Usage]:
    """Return the number of the sentence that is meant, from 0, or None; and what that took.

    Raises AssistantAway, AssistantRefused.
    """
    answer = Answer("")
    async for piece in model.ask(messages(request, sentences), form(len(sentences))):
        if isinstance(piece, Answer):
            answer = piece
    found = re.fullmatch(r"\s*(\d{1,3})\s*\.?\s*", answer.text)
    number = int(found[1]) if found else 0
    return (number - 1 if 0 < number <= len(sentences) else None), answer.usage

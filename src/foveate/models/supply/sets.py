"""Weights come in sets: what is used together is fetched together.

A card is in the set that names its task, so a new one joins by that alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import hint, meant, nearest
from foveate.errors import UnknownModel
from foveate.models.supply.card import Task

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from foveate.models.supply.card import ModelCard


@dataclass(frozen=True, slots=True)
class CardSet:
    """What the cards of a set are for, and the tasks by which they are in it."""

    about: str
    tasks: tuple[Task, ...]


SETS: Final[Mapping[str, CardSet]] = {
    "core": CardSet(
        "crops, cut-outs, sample pictures",
        (Task.FACES, Task.SALIENCY, Task.MATTE, Task.SAMPLE),
    ),
    "people": CardSet("who it is, age, emotion, pose, liveness", (Task.EMBEDDING, Task.ATTRIBUTES)),
    "see": CardSet(
        "objects, tags, text, moderation",
        (Task.OBJECTS, Task.TAGS, Task.TEXT, Task.MODERATION),
    ),
    "upscale": CardSet("pictures enlarged, and JPEG's traces taken out", (Task.UPSCALE,)),
    # Apart: it comes from no package index, which is all that some machines can reach.
    "design": CardSet("fonts of designs: Latin, Greek, Cyrillic, Hebrew, Arabic", (Task.FONT,)),
    "cjk": CardSet("fonts of designs: Chinese, Japanese, Korean", (Task.FONT_CJK,)),
    "space": CardSet("how near things are: refocus, light", (Task.DEPTH,)),
}
_SET_OF: Final = {task: name for name, each in SETS.items() for task in each.tasks}


def set_of(card: ModelCard) -> str:
    """Return the set that a card is in; empty for an operator's own of another task."""
    return _SET_OF.get(card.task, "")


def chosen(cards: Sequence[ModelCard], words: Collection[str]) -> tuple[ModelCard, ...]:
    """Return the cards of these sets and names, each once, in that order; all for no word.

    A card's name wins over a set's, so that what operators called their own stays theirs. Raises
    UnknownModel.
    """
    named = {card.name: (card,) for card in cards}
    of_sets = {name: tuple(card for card in cards if set_of(card) == name) for name in SETS}
    known = of_sets | named
    if unknown := [word for word in words if word not in known]:
        got = ", ".join(f"{word}{_meant(word, cards, known)}" for word in unknown)
        raise UnknownModel(
            f"Expected one of {', '.join(named)}, or of the sets {', '.join(SETS)}; got {got}."
        )
    found = [card for word in words for card in known[word]] if words else cards
    return tuple(dict.fromkeys(found))


def _meant(word: str, cards: Sequence[ModelCard], known: Collection[str]) -> str:
    """Return what to add to a word that there is not: who writes a task means its networks."""
    of_tasks: dict[str, list[str]] = {}
    for card in cards:
        of_tasks.setdefault(card.task.value, []).append(card.name)
    task = nearest(word, of_tasks)
    return meant(word, known) or (hint(" ".join(of_tasks[task])) if task else "")


def words_for(cards: Sequence[ModelCard]) -> tuple[str, ...]:
    """Return the fewest words that `chosen` finds these cards by, with others of their sets."""
    return tuple(dict.fromkeys(set_of(card) or card.name for card in cards))

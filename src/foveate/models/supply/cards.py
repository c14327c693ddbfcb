"""All cards: ours, and the operator's own, TOML files of the same fields in the folder `cards`.

Adding a model is adding a card.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadSettings, UnknownModel
from foveate.models.supply.card import Artefact, Client, Member, ModelCard, Reference, Task
from foveate.models.supply.networks import NETWORKS
from foveate.models.supply.samples import SAMPLES
from foveate.models.supply.sets import set_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = [
    "CARDS",
    "Artefact",
    "Client",
    "ModelCard",
    "Task",
    "card_of",
    "choose",
    "read_cards",
    "reference",
]

CARDS: Final = (*NETWORKS, *SAMPLES)
COLUMNS: Final = (
    *("name", "set", "task", "licence", "whose work", "acknowledge"),
    *("from", "built by", "input", "output"),
)
"""Of the reference."""


def _numbers(told: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return the lists of a reference as the tuples that they are in a card."""
    return {
        "shape": tuple(told["shape"]),
        "firsts": tuple(map(tuple, told["firsts"])),
        "means": tuple(told.get("means", ())),
    }


def card_of(table: Mapping[str, Any]) -> ModelCard:
    """Return the card that a TOML table describes. Raises TypeError or ValueError.

    What a bare file need not repeat is filled in: `file` and `sha256` from its artefact.
    """
    artefact = Artefact(**{**table["artefact"], "sources": tuple(table["artefact"]["sources"])})
    facts = {"task": "custom", "file": artefact.file, "sha256": artefact.sha256, **table}
    told = facts.get("reference")
    typed = {
        "artefact": artefact,
        "task": Task(facts["task"]),
        "beside": tuple(Member(**member) for member in facts.get("beside", ())),
        "build": tuple(facts.get("build", ())),
        "reference": Reference(**{**told, **_numbers(told)}) if told else None,
    }
    return ModelCard(**{**facts, **typed})


def read_cards(folder: Path) -> tuple[ModelCard, ...]:
    """Return the cards of the TOML files in a folder. Raises BadSettings naming every bad file."""
    cards, problems = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            cards.append(card_of(tomllib.loads(path.read_text())))
        except KeyError as why:
            problems.append(
                f"{path}: expected whole tables [artefact] and [reference], without {why}"
            )
        except (OSError, TypeError, ValueError) as why:
            problems.append(f"{path}: {why}")
    if problems:
        raise BadSettings("; ".join(problems), public="; ".join(problems))
    return tuple(cards)


def choose(cards: Iterable[ModelCard], names: Iterable[str]) -> tuple[ModelCard, ...]:
    """Return the cards of those names, in that order. Raises UnknownModel."""
    known = {card.name: card for card in cards}
    if unknown := [name for name in names if name not in known]:
        got = ", ".join(f"{name}{meant(name, known)}" for name in unknown)
        raise UnknownModel(f"Expected one of {', '.join(known)}; got {got}.")
    return tuple(known[name] for name in names)


def reference() -> str:
    """Return docs/reference/models.md below its title: every card of ours."""
    rows = (
        f"| `{card.name}` | `{set_of(card)}` | {card.task} | {card.licence} | {card.upstream} "
        f"| {card.acknowledge or '-'} | `{card.artefact.sources[0]}` "
        f"| {' '.join(f'`{word}`' for word in card.build) or '-'} "
        f"| {card.input or '-'} | {card.output} |"
        for card in CARDS
    )
    head = (
        f"| {' | '.join(COLUMNS)} |",
        f"| {' | '.join('---' for _ in COLUMNS)} |",
    )
    return "\n".join([*head, *rows])

"""All cards: ours, and the operator's own, TOML files of the same fields in the folder `cards`.

Adding a model is adding a card.
"""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadSettings, UnknownModel
from foveate.models.supply.card import (
    Artefact,
    Client,
    Face,
    Member,
    ModelCard,
    Reference,
    Task,
)
from foveate.models.supply.fonts import FONTS
from foveate.models.supply.networks import NETWORKS
from foveate.models.supply.samples import SAMPLES
from foveate.models.supply.sets import set_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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

CARDS: Final = (*NETWORKS, *SAMPLES, *FONTS)
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
    _words_of(ModelCard, table, "the card", optional=("task", "file", "sha256"))
    artefact = _artefact(table["artefact"])
    facts = {"task": "custom", "file": artefact.file, "sha256": artefact.sha256, **table}
    told = facts.get("reference")
    typed = {
        "artefact": artefact,
        "task": Task(facts["task"]),
        "beside": tuple(map(_member, facts.get("beside", ()))),
        "build": tuple(facts.get("build", ())),
        "faces": tuple(map(_face, facts.get("faces", ()))),
        "reference": _reference(told) if told else None,
    }
    return ModelCard(**{**facts, **typed})


def _artefact(told: object) -> Artefact:
    words = _words_of(Artefact, told, "[artefact]")
    return Artefact(**{**words, "sources": tuple(words["sources"])})


def _member(told: object) -> Member:
    return Member(**_words_of(Member, told, "[[beside]]"))


def _face(told: object) -> Face:
    words = _words_of(Face, told, "[[faces]]")
    return Face(**{**words, "weights": tuple(words.get("weights", ()))})


def _reference(told: object) -> Reference:
    words = _words_of(Reference, told, "[reference]")
    return Reference(**{**words, **_numbers(words)})


def _words_of(
    kind: type[ModelCard | Artefact | Face | Member | Reference],
    told: object,
    where: str,
    optional: Sequence[str] = (),
) -> Mapping[str, Any]:
    """Return what a table says, which are words of `kind`, and all that it needs.

    Raises TypeError for what is no table, and ValueError, which names the first word that is none,
    or those that are not there.
    """
    if not isinstance(told, dict):
        raise TypeError(f"expected a table for {where}, got {str(told)[:80]!r}")
    known = {each.name: each.default for each in fields(kind)}
    if unknown := [word for word in told if word not in known]:
        got = f"{unknown[0][:80]!r}{meant(unknown[0], known)}"
        raise ValueError(f"expected words out of {', '.join(known)} in {where}, got {got}")
    needed = [word for word, default in known.items() if default is MISSING]
    if lacking := [word for word in needed if word not in told and word not in optional]:
        raise ValueError(f"expected {', '.join(lacking)} in {where}, got none")
    return told


def read_cards(folder: Path) -> tuple[ModelCard, ...]:
    """Return the cards of the TOML files in a folder. Raises BadSettings naming every bad file."""
    cards, problems = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            cards.append(card_of(tomllib.loads(path.read_text())))
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

"""What an assistant is asked, and what of a design it may change then."""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from foveate.design.xml.reading import loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from foveate.design.scene.model import Scene

DESIGNS: Final = (
    "story",
    "square",
    "flyer",
    "card",
    "banner",
    "menu",
    "poster",
    "invitation",
)
LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
THEN: Final = " >> "
"""Between what was asked before and what is asked."""
_SLOT: Final = re.compile(r"\{([A-Z])\}")
_HERE: Final = files("foveate.design.tasks")


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that must hold of the design then."""

    verb: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request. Of `wanted` one row has to hold, with all its clauses, and nothing else."""

    design: str
    lang: str
    turns: tuple[str, ...]
    wanted: tuple[tuple[Clause, ...], ...]
    aside: bool
    """It is not looked at while an assistant is tuned."""

    @property
    def verb(self) -> str:
        """Return what is wanted first, by one word."""
        return self.wanted[0][0].verb


def tasks(designs: tuple[str, ...] = DESIGNS, langs: tuple[str, ...] = LANGUAGES) -> list[Task]:
    """Return all requests for some designs, in some languages."""
    return [task for design in designs for lang in langs for task in _tasks(design, lang)]


@cache
def scene(design: str) -> Scene:
    """Return one of the designs. Raises BadInstallation where lxml is missing."""
    return loads((_HERE / "designs" / f"{design}.xml").read_bytes())


def _tasks(design: str, lang: str) -> Iterator[Task]:
    sections = _sections(_HERE / "requests" / f"{design}.txt")
    slots = [[cell.strip() for cell in line.split("|")] for line in sections["slots"]]
    ids = {row[0]: row[1] for row in slots}
    nouns = {row[0]: row[2 + LANGUAGES.index(lang)] for row in slots}
    for wanted, phrase in _shared(lang, DESIGNS.index(design)):
        yield _task(design, lang, _filled(wanted, ids), _filled(phrase, nouns), phrase)
    for line in sections[lang]:
        wanted, _, phrase = line.partition(" | ")
        yield _task(design, lang, wanted, phrase, phrase)


def _shared(lang: str, number: int) -> Iterator[tuple[str, str]]:
    for kind in (_HERE / "requests" / f"shared.{lang}.txt").read_text("utf-8").split("= ")[1:]:
        wanted, *phrases = kind.strip().splitlines()
        yield wanted, phrases[number % len(phrases)]


def _sections(file: Traversable) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in filter(None, file.read_text("utf-8").splitlines()):
        if line.startswith("["):
            found[line.strip("[]")] = []
        else:
            found[next(reversed(found))].append(line)
    return found


def _filled(text: str, slots: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda found: slots[found[1]], text)


def _task(design: str, lang: str, wanted: str, phrase: str, template: str) -> Task:
    rows = tuple(tuple(map(_clause, row.split(" & "))) for row in wanted.split(" / "))
    # By the words alone, so that what is said of several designs is on one side.
    aside = hashlib.sha256(f"{lang} {template}".encode()).digest()[0] % 2 == 1
    turns = tuple(phrase.split(THEN))
    return Task(design=design, lang=lang, turns=turns, wanted=rows, aside=aside)


def _clause(text: str) -> Clause:
    verb, *words = shlex.split(text)
    return Clause(verb, tuple(words))

"""A second opinion: where a request may mean several things, somebody chooses one of these.

Whoever chooses sees sentences with numbers and answers with one. What is done then is what plain
words do, to one block, with the values that the request says: nothing else can come of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.design.tree import spots
from foveate.design.words.answer import Outcome
from foveate.design.words.assistant import meant, said_by
from foveate.design.words.frames import verb_of
from foveate.design.words.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.design.scene.model import Scene
    from foveate.design.words.answer import Answer

    Chooser = Callable[[str, Sequence[str]], int | None]
    """Is told a request and sentences; returns the number of the one that it means, or None."""

MOST: Final = 24
"""Alternatives of one request."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that may be meant."""

    verb: str
    id: str
    sentence: str


def alternatives(scene: Scene, request: str, asked: Answer) -> list[Alternative]:
    """Return what a request may mean that was asked back; none where that is not known."""
    said = said_by(scene, request)
    if asked.outcome is not Outcome.ASKED or said is None:
        return []
    verb = verb_of(said)
    verbs = [verb] if verb in VERBS else [] if verb else [*VERBS]
    found = list(_found(scene, verbs, [each.id for each in asked.choices]))
    return found if len(found) <= MOST or verb else found[:MOST]


def _found(scene: Scene, verbs: Sequence[str], ids: Sequence[str]) -> Iterator[Alternative]:
    placed = spots(scene)
    for name in (each for each in ids if each in placed):
        block = placed[name].block
        for verb in verbs:
            row = VERBS[verb]
            if row.fits(block) and (row.phrases or len(verbs) == 1):
                phrase = row.phrases[0] if row.phrases else verb
                yield Alternative(verb, name, f"{block.name or name}: {phrase}")


def choose(scene: Scene, request: str, asked: Answer, chooser: Chooser) -> Answer:
    """Return what comes of the choice; the question where none is made, or it cannot be done."""
    found = alternatives(scene, request, asked)
    if not found:
        return asked
    number = chooser(request, [each.sentence for each in found])
    if number is None or not 0 <= number < len(found):
        return asked
    done = meant(scene, request, found[number].verb, found[number].id)
    return done if done.outcome is Outcome.EDITED else asked

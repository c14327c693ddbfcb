"""A sentence for a picture, by template, of the words and counts that others found.

It says what is sure and nothing else: where nothing is, a photo is "a photo".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.classes import ANIMALS, PERSON
from foveate.service.english import number_of
from foveate.vision.vocabulary import KIND_OF, SPELLED, Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.vision.tags import Tag

SURE: Final = 0.5
"""A word at least so probable is said as a fact."""
UNSURE: Final = "a photo"
ANIMAL: Final = "animal"
PLACES: Final = ("outdoors", "indoors")
MOST_THINGS: Final = 3
SHORT_TEXT: Final = 40
"""Characters: longer text is said to be there, and not read out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What else was seen of a picture; None is what nobody looked for."""

    faces: int | None = None
    objects: Sequence[tuple[str, float]] | None = None
    """Class and score of each object that a detector has surely found."""
    filled: bool = False
    """Whether animals among them fill the picture."""
    text: Sequence[str] | None = None
    """Lines that are surely written, in their order."""


NOTHING: Final = Counted()


@dataclass(frozen=True, slots=True)
class Caption:
    """What is said of a picture."""

    text: str
    """`two people and a dog, outdoors`."""
    alt: str
    """The same as a sentence, with text that can be read in the picture."""


def caption(labels: Sequence[Tag], counted: Counted = NOTHING) -> Caption:
    """Return what is said of a picture with these labels, the most probable first."""
    counts = _counts(counted, labels)
    things = [number_of(word, count) for word, count in counts.items()][:MOST_THINGS]
    if len(things) < MOST_THINGS:
        things += _named(_but_animals(labels) if _are_known(counts, counted) else labels, counts)
    place = _place(labels)
    text = _joined(things) if things else UNSURE
    text += f", {place}" if place else ""
    return Caption(text, _sentence(text, counted.text))


def _counts(counted: Counted, labels: Sequence[Tag]) -> dict[str, int]:
    """Return how many there are of each class, people first, then the most frequent."""
    animal = next((tag for tag in labels if tag.kind is Kind.THING and _is_animal(tag.label)), None)
    counts: Counter[str] = Counter()
    for label, score in counted.objects or ():
        # What looks like a dog in a box is a cat, where the whole picture is surely one of a cat.
        another = animal is not None and animal.score > max(score, SURE) and _is_animal(label)
        counts[animal.label if animal and another else label] += 1
    people = max(counts.pop(PERSON, 0), counted.faces or 0)
    found = {PERSON: people} if people else {}
    return {**found, **dict(counts.most_common())}


def _are_known(counts: Iterable[str], counted: Counted) -> bool:
    """Return whether which animals there are is known from their boxes, better than by tags."""
    return counted.filled or any(label in ANIMALS - vocabulary().words.keys() for label in counts)


def _but_animals(labels: Iterable[Tag]) -> list[Tag]:
    return [tag for tag in labels if tag.label != ANIMAL and not _is_animal(tag.label)]


def _is_animal(word: str) -> bool:
    known = vocabulary().words.get(word)
    return known is not None and ANIMAL in known.broader


def _named(labels: Sequence[Tag], counts: Iterable[str]) -> list[str]:
    """Return the surest thing of the labels, unless it is counted already: its count is better.

    Of things that are not sure on their own, what they have in common may be.
    """
    known = vocabulary().words
    sure = [tag for tag in labels if tag.score >= SURE and tag.label not in PLACES]
    for kind in (Kind.THING, Kind.BROADER):
        for tag in sure:
            if tag.kind is kind:
                word = known[tag.label]
                # A cat is not said again as a pet, nor a dog as another dog.
                ours = set(map(_our_word, counts))
                told = {*ours, *(over for each in ours & known.keys()
                                 for over in known[each].broader)}  # fmt: skip
                said = tag.label in told or not ours.isdisjoint(word.broader)
                return [] if said else [number_of(tag.label, 1)]
    return []


def _our_word(label: str) -> str:
    """Return the word of a tag that says as much as a class of COCO."""
    return KIND_OF.get(label) or SPELLED.get(label, label)


def _place(labels: Sequence[Tag]) -> str:
    found = [tag.label for tag in labels if tag.label in PLACES and tag.score >= SURE]
    return found[0] if found else ""


def _sentence(text: str, lines: Sequence[str] | None) -> str:
    said = " ".join(line.strip() for line in lines or () if line.strip())
    if said and len(said) <= SHORT_TEXT:
        text += f", with the text “{said}”"
    elif said:
        text += ", with text"
    return f"{text[0].upper()}{text[1:]}."


def _joined(things: Sequence[str]) -> str:
    *first, last = things
    return f"{', '.join(first)} and {last}" if first else last

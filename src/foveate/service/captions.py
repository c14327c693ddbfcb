"""A sentence for a picture, by template, of the words and counts that others found.

It says what is sure and nothing else: where nothing is, a photo is "a photo".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.classes import ANIMALS, PERSON
from foveate.service.english import number_of
from foveate.vision.vocabulary import KIND_OF, SPELLED, Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.values import Thing
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
    objects: Sequence[Thing] | None = None
    """The things that a detector has found, each once."""
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
    """Return how many there are of each class, people first, then what matters most.

    A class matters as much as its things are large and sure, as for crops. Nothing is said of
    doubtful ones beside a sure one: most of them are something else.
    """
    things = counted.objects or ()
    seen = _by_class(things, labels)
    people = max(len(seen.pop(PERSON, ())), counted.faces or 0)
    sure = [label for label in seen if any(_is_sure(thing) for thing in seen[label])]
    told = sure if sure or people else list(seen)
    told.sort(key=lambda label: -sum(_weight(thing, things) for thing in seen[label]))
    return {**({PERSON: people} if people else {}), **{label: len(seen[label]) for label in told}}


def _by_class(objects: Iterable[Thing], labels: Sequence[Tag]) -> dict[str, list[Thing]]:
    """Return the things of each class.

    What looks like a dog in a box is a cat, where the whole picture is surely one of a cat.
    """
    animal = next((tag for tag in labels if tag.kind is Kind.THING and _is_animal(tag.label)), None)
    seen: dict[str, list[Thing]] = {}
    for thing in objects:
        surer = animal is not None and animal.score > max(thing.score, SURE)
        another = surer and _is_animal(thing.label)
        seen.setdefault(animal.label if animal and another else thing.label, []).append(thing)
    return seen


def _weight(thing: Thing, among: Iterable[Thing]) -> float:
    """Return how large and sure a thing is, without what lies on it: a table is under a cake."""
    hidden = sum(
        shared.area
        for other in among
        if other.label != thing.label and other.box.area < thing.box.area
        if (shared := thing.box.overlap(other.box))
    )
    return max(0.0, thing.box.area - hidden) * thing.score


def _is_sure(thing: Thing) -> bool:
    return thing.score >= SURE


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

"""A sentence for a picture, by template, of the words and counts that others found.

It says what is sure and nothing else: where nothing is, a photo is "a photo".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.vision.vocabulary import Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from foveate.vision.tags import Tag

SURE: Final = 0.5
"""A word at least so probable is said as a fact."""
SURELY_THERE: Final = 0.4
"""Of a detector's objects those with such a score are counted."""
UNSURE: Final = "a photo"
PERSON: Final = "person"
ANIMAL: Final = "animal"
PLACES: Final = ("outdoors", "indoors")
MOST_THINGS: Final = 3
SHORT_TEXT: Final = 40
"""Characters: longer text is said to be there, and not read out."""
_NUMBERS: Final = (
    "no",
    "a",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
_PLURALS: Final[Mapping[str, str]] = {
    "person": "people",
    "sheep": "sheep",
    "knife": "knives",
    "mouse": "mice",
    "goose": "geese",
    "skis": "skis",
    "scissors": "scissors",
    "broccoli": "broccoli",
}
_HISSING: Final = ("s", "x", "z", "ch", "sh")
_VOWELS: Final = tuple("aeiou")
_AS_IF_YOU: Final = ("uni", "use", "euro")
"""Written with a vowel and said with none."""
_SILENT: Final = ("hour",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What else was seen of a picture; None is what nobody looked for."""

    faces: int | None = None
    objects: Sequence[tuple[str, float]] | None = None
    """Class and score of each object of a detector."""
    text: Sequence[str] | None = None
    """Lines that can be read, in their order."""


NOTHING: Final = Counted()


@dataclass(frozen=True, slots=True)
class Caption:
    """What is said of a picture."""

    things: tuple[str, ...] = ()
    place: str = ""
    text: str = field(default="")
    """`two people and a dog, outdoors`."""
    alt: str = ""
    """The same as a sentence, with text that can be read in the picture."""


def caption(labels: Sequence[Tag], counted: Counted = NOTHING) -> Caption:
    """Return what is said of a picture with these labels, the most probable first."""
    counts = _counts(counted, labels)
    things = [number_of(word, count) for word, count in counts.items()][:MOST_THINGS]
    if len(things) < MOST_THINGS:
        things += _named(labels, counts)
    place = _place(labels)
    text = _joined(things) if things else UNSURE
    text += f", {place}" if place else ""
    return Caption(tuple(things), place, text, _sentence(text, counted.text))


def _counts(counted: Counted, labels: Sequence[Tag]) -> dict[str, int]:
    """Return how many there are of each class, people first, then the most frequent."""
    animal = next((tag for tag in labels if tag.kind is Kind.THING and _is_animal(tag.label)), None)
    counts: Counter[str] = Counter()
    for label, score in counted.objects or ():
        # What looks like a dog in a box is a cat, where the whole picture is surely one of a cat.
        another = animal is not None and animal.score > max(score, SURE) and _is_animal(label)
        counts[animal.label if animal and another else label] += score >= SURELY_THERE
    counts = +counts
    people = max(counts.pop(PERSON, 0), counted.faces or 0)
    found = {PERSON: people} if people else {}
    return {**found, **dict(counts.most_common())}


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
                told = {*counts, *(over for each in counts if each in known
                                   for over in known[each].broader)}  # fmt: skip
                said = tag.label in told or any(over in counts for over in word.broader)
                return [] if said else [number_of(tag.label, 1)]
    return []


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


def number_of(word: str, count: int) -> str:
    """Return so many of a thing in English.

    >>> number_of("person", 2), number_of("umbrella", 1), number_of("bus", 12)
    ('two people', 'an umbrella', '12 buses')
    >>> number_of("coffee", 1), number_of("unicycle", 1)
    ('coffee', 'a unicycle')
    """
    known = vocabulary().words.get(word)
    if known is not None and not known.counted:
        return word
    if count == 1:
        return f"{article(word)} {word}" if not _is_plural(word) else word
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number} {plural(word)}"


def _is_plural(word: str) -> bool:
    return word != "sheep" and _PLURALS.get(word) == word


def article(word: str) -> str:
    """Return `a` or `an`."""
    low = word.lower()
    vowel = low.startswith((*_VOWELS, *_SILENT)) and not low.startswith(_AS_IF_YOU)
    return "an" if vowel else "a"


def plural(word: str) -> str:
    """Return the plural of an English noun of our vocabularies.

    >>> [plural(word) for word in ("dog", "sandwich", "teddy bear", "butterfly", "wine glass")]
    ['dogs', 'sandwiches', 'teddy bears', 'butterflies', 'wine glasses']
    """
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith(_HISSING):
        return f"{word}es"
    if word.endswith("y") and not word[:-1].endswith(_VOWELS):
        return f"{word[:-1]}ies"
    return f"{word}s"

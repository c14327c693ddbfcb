"""Tags: words for what a picture shows, and a sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.classes import ANIMALS
from foveate.service.captions import Counted, caption
from foveate.service.part import Offer, Part, json_codec
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.parts.glance import GLANCE, GLANCER, MEMORY_BYTES, glance_size
from foveate.service.parts.objects import OBJECTS, found_objects
from foveate.service.parts.text import TEXT
from foveate.service.quoting import quoted
from foveate.vision.apart import apart
from foveate.vision.tags import LEAST, MOST, TEMPERATURE, Tag, probabilities, tags
from foveate.vision.vocabulary import Kind, edition
from foveate.vision.whose import of_people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.geometry.box import Size
    from foveate.service.analysis import Analysis
    from foveate.values import Face, Thing

SURE_FACE: Final = 0.8
FILLED: Final = 0.5
"""Share of a picture that its animals' boxes have together, from which on it is one of them."""


@dataclass(frozen=True, slots=True)
class Described:
    """A picture in words."""

    labels: tuple[Tag, ...]
    """The most probable first."""
    caption: str
    """`a dog, outdoors`; `a photo` where nothing is sure."""
    alt: str
    """The same as a sentence, with what else was seen: a proposal for people to look at."""


def _compute(analysis: Analysis) -> tuple[Tag, ...]:
    return tags(probabilities(analysis.get(GLANCE)))


def _described(analysis: Analysis) -> Described:
    """Return the words, and what they make of all that was looked for in the same request."""
    labels = analysis.get(TAGS)
    said = caption(labels, _counted(analysis))
    return Described(labels, said.text, said.alt)


def _counted(analysis: Analysis) -> Counted:
    """Return what else this request has found, of what it looked for anyway."""
    made = analysis.wanted_by(TAGS)
    found = found_objects(analysis) if OBJECTS in made else ()
    faces = of_people(_sure_faces(analysis), found) if FACES in made else ()
    things = apart(found, [face.box for face in faces])
    return Counted(
        faces=len(faces) if FACES in made else None,
        objects=things if OBJECTS in made else None,
        filled=_are_filling(things, analysis.size),
        text=quoted(made[TEXT]) if TEXT in made else None,
    )


def _are_filling(things: Sequence[Thing], size: Size) -> bool:
    """Return whether the animals among them are what the picture shows."""
    return sum(thing.box.area for thing in things if thing.label in ANIMALS) >= FILLED * size.area


def _sure_faces(analysis: Analysis) -> list[Face]:
    """Return the faces that are surely some: what may be a cat's is nobody's."""
    return [face for face in found_faces(analysis) if face.score >= SURE_FACE]


def _from_row(row: Mapping[str, Any]) -> Tag:
    return Tag(row["label"], row["score"], Kind(row["kind"]))


def _to_rows(found: Sequence[Tag]) -> list[dict[str, Any]]:
    return [{"label": tag.label, "score": tag.score, "kind": tag.kind.value} for tag in found]


def _to_json(found: Described) -> dict[str, Any]:
    labels = [{"label": tag.label, "score": tag.score} for tag in found.labels]
    return {"labels": labels, "caption": found.caption, "alt": found.alt}


def _sentence(found: Described) -> str:
    words = ", ".join(f"{tag.label} {tag.score:.0%}" for tag in found.labels)
    return f"{found.alt} Tags: {words or 'none that is sure'}."


TAGS: Final[Part[tuple[Tag, ...]]] = Part(
    name="tags",
    compute=_compute,
    codec=json_codec(_to_rows, lambda rows: tuple(map(_from_row, rows))),
    wants=(FACES, OBJECTS, TEXT),
    networks=(GLANCER,),
    input_size=glance_size,
    settings=lambda _: (GLANCE.version, edition(), LEAST, MOST, TEMPERATURE),
    memory_bytes=lambda _: MEMORY_BYTES,
    offer=Offer(
        "words for what the picture shows, a caption, and a proposal for its alt text; faces, "
        "objects and text that are asked for as well are in both",
        {
            "labels": [
                {"label": "espresso", "score": 0.9},
                {"label": "coffee", "score": 0.92},
                {"label": "drink", "score": 0.93},
            ],
            "caption": "coffee",
            "alt": "Coffee.",
        },
        _to_json,
        _sentence,
        _described,
    ),
)
"""Words, the most probable first."""

"""Tags: words for what a picture shows, and a sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from foveate.service.captions import Counted, apart, caption
from foveate.service.part import Offer, Part, json_codec
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.parts.glance import GLANCE, GLANCER, MEMORY_BYTES, glance_size
from foveate.service.parts.objects import OBJECTS, found_objects
from foveate.service.parts.text import TEXT
from foveate.vision.tags import LEAST, MOST, TEMPERATURE, Tag, probabilities, tags
from foveate.vision.vocabulary import Kind, edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.service.analysis import Analysis


SURE_FACE: Final = 0.8


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
    return Counted(
        faces=_people(analysis) if FACES in made else None,
        objects=_things(analysis) if OBJECTS in made else None,
        text=[line.text for line in made[TEXT]] if TEXT in made else None,
    )


def _things(analysis: Analysis) -> list[tuple[str, float]]:
    return [(thing.label, thing.score) for thing in apart(found_objects(analysis))]


def _people(analysis: Analysis) -> int:
    """Return how many faces are surely some: what may be a cat's is nobody."""
    return sum(face.score >= SURE_FACE for face in found_faces(analysis))


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

"""Objects: things of COCO's 80 classes, each with its box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.serialise import THING_EXAMPLE, thing_from_json, thing_to_json
from foveate.settings import MIB
from foveate.vision.apart import apart
from foveate.vision.objects import MergedDetector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from foveate.geometry.box import Size
    from foveate.ports import ThingDetector
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.values import Thing

MEMORY_BYTES: Final = 60 * MIB
"""What both networks work with, measured."""


def _make(networks: Networks) -> ThingDetector:
    settings = networks.settings.objects
    return MergedDetector(
        networks.session("centernet"),
        networks.session("nanodet"),
        score=min(settings.score, settings.gravity_score, settings.redact_score),
    )


DETECTOR: Final[Network[ThingDetector]] = Network("objects", _make, ("centernet", "nanodet"))


def _input_size(networks: Networks, size: Size) -> Size:
    return networks.of(DETECTOR).input_size(size)


def _compute(analysis: Analysis) -> tuple[Thing, ...]:
    """Return every thing with any score that counts for anybody, best score first."""
    return analysis.networks.of(DETECTOR)(analysis.thumbnail, analysis.size)


def found_objects(analysis: Analysis) -> tuple[Thing, ...]:
    """Return the things that count as found, best score first."""
    score = analysis.networks.settings.objects.score
    return tuple(thing for thing in analysis.get(OBJECTS) if thing.score >= score)


def objects_to_keep(analysis: Analysis) -> tuple[Thing, ...]:
    """Return the things that count for a crop, best score first."""
    score = analysis.networks.settings.objects.gravity_score
    return tuple(thing for thing in analysis.get(OBJECTS) if thing.score >= score)


def _to_rows(things: Iterable[Thing]) -> list[dict[str, object]]:
    return [thing_to_json(thing) for thing in things]


def _to_json(things: Iterable[Thing]) -> list[dict[str, object]]:
    """Return all boxes, and of each whether it counts: parts and second names do not."""
    found = tuple(things)
    once = {id(thing) for thing in apart(found)}
    return [{**thing_to_json(thing), "counted": id(thing) in once} for thing in found]


def _sentence(things: Sequence[Thing]) -> str:
    """Return what there is, each counted once, in the order of the surest of each.

    >>> from foveate.geometry.box import Box
    >>> from foveate.values import Thing
    >>> names = enumerate(("dog", "cup", "dog"))
    >>> _sentence([Thing(name, Box(9 * place, 0, 9, 9), 0.5) for place, name in names])
    'Seen: 2 x dog, cup.'
    """
    counts: dict[str, int] = {}
    for thing in apart(things):
        counts[thing.label] = counts.get(thing.label, 0) + 1
    named = (f"{count} x {label}" if count > 1 else label for label, count in counts.items())
    return f"Seen: {', '.join(named)}." if counts else "No thing of a known class was found."


OBJECTS: Final[Part[tuple[Thing, ...]]] = Part(
    name="objects",
    compute=_compute,
    codec=json_codec(_to_rows, lambda rows: tuple(map(thing_from_json, rows))),
    networks=(DETECTOR,),
    input_size=_input_size,
    counts=lambda settings: settings.objects.gravity_score,
    memory_bytes=lambda _: MEMORY_BYTES,
    offer=Offer(
        "things of COCO's 80 classes: names, scores and boxes",
        [THING_EXAMPLE | {"counted": True}],
        _to_json,
        _sentence,
        found_objects,
    ),
)

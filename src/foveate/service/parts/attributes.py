"""Attributes: pose, quality and liveness of each found face, and what may be guessed of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.parts.faces import FACES, found_faces
from foveate.service.parts.people import READING_BYTES, people, people_size
from foveate.service.serialise import ATTRIBUTES_EXAMPLE, attributes_to_json
from foveate.values import Attributes, FaceQuality, HeadPose
from foveate.vision.attributes import AttributeReader, readings_for
from foveate.vision.readings import READINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.ports import FaceReader
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks


def _make(networks: Networks) -> FaceReader:
    return AttributeReader(networks.session, networks.settings.attributes)


READER: Final[Network[FaceReader]] = Network(
    "attributes",
    _make,
    tuple(reading.card for reading in READINGS),
    lambda settings: [reading.card for reading in readings_for(settings.attributes)],
)


def _compute(analysis: Analysis) -> tuple[Attributes, ...]:
    return analysis.networks.of(READER)(*people(analysis, found_faces(analysis)))


def _from_row(row: Mapping[str, Any]) -> Attributes:
    pose, quality = HeadPose(**row["pose"]), FaceQuality(**row["quality"])
    return Attributes(**{**row, "pose": pose, "quality": quality})


def _to_json(read: Sequence[Attributes]) -> list[dict[str, object]]:
    return [attributes_to_json(each) for each in read]


ATTRIBUTES: Final[Part[tuple[Attributes, ...]]] = Part(
    name="attributes",
    compute=_compute,
    codec=json_codec(
        lambda read: [asdict(each) for each in read], lambda rows: tuple(map(_from_row, rows))
    ),
    version=3,
    needs=(FACES,),
    networks=(READER,),
    input_size=lambda _, size: people_size(size),
    settings=lambda settings: settings.faces.score,
    memory_bytes=lambda _: READING_BYTES,
    offer=Offer(
        "head pose, quality and liveness of each face in the order of `faces`, and what "
        "FOVEATE_ATTRIBUTES lets be guessed",
        [ATTRIBUTES_EXAMPLE],
        _to_json,
    ),
)

"""A face as CompreFace's answers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foveate.service.parts.embedding import EMBEDDER
from foveate.service.parts.faces import DETECTOR
from foveate.vision.readings import AGES_WITHIN, READINGS, age_range
from foveate.vision.similarity import probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from foveate.server.compreface.asked import Parameters
    from foveate.service.networks import Networks
    from foveate.service.seen import Seen
    from foveate.values import Attributes, Face

DIGITS: Final = 5
SPANS: Final = {
    "detector": "faces",
    "calculator": "embedding",
    "age": "attributes",
    "gender": "attributes",
    "pose": "attributes",
}
"""What was measured of which plugin: those beside each other look at a face together."""
CARDS: Final = {
    word: reading.card for reading in READINGS for word in reading.gives if word in SPANS
}


def similarity(cosine: float) -> float:
    """Return 0..1: how likely two faces are of one person, if both were as likely before."""
    return round(probability(cosine), DIGITS)


def face_to_json(seen: Seen, asked: Parameters, took_ms: Mapping[str, float]) -> dict[str, Any]:
    """Return a face with what was asked for of it, as far as it is known."""
    read = _read(seen.attributes)
    told: dict[str, Any] = {word: value for word, value in read.items() if word in asked.plugins}
    if "calculator" in asked.plugins:
        told["embedding"] = [float(number) for number in seen.embedding]
    told["box"] = _box(seen.face)
    if "landmarks" in asked.plugins:
        told["landmarks"] = [[round(x), round(y)] for x, y in seen.face.landmarks]
    if asked.status:
        names = _plugins(told)
        told["execution_time"] = {name: round(took_ms.get(SPANS[name], 0.0), 1) for name in names}
    return told


def versions(networks: Networks, told: Mapping[str, Any]) -> dict[str, str]:
    """Return which network stands behind each plugin of a face that was told."""
    known = {
        "detector": networks.of(DETECTOR).name,
        "calculator": networks.of(EMBEDDER).name,
        **CARDS,
    }
    return {name: known[name] for name in _plugins(told)}


def _plugins(told: Mapping[str, Any]) -> Sequence[str]:
    """Return those at work on a face: two of them always are."""
    return [name for name in SPANS if name in told or name in {"detector", "calculator"}]


def _read(attributes: Attributes) -> dict[str, object]:
    pose = attributes.pose
    told: dict[str, object] = {
        "pose": {name: round(getattr(pose, name), 1) for name in ("pitch", "roll", "yaw")}
    }
    if attributes.age is not None:
        low, high = age_range(attributes.age)
        told["age"] = {"probability": AGES_WITHIN, "high": high, "low": low}
    if attributes.gender is not None:
        value, likely = max(attributes.gender.items(), key=lambda pair: pair[1])
        told["gender"] = {"probability": round(float(likely), DIGITS), "value": value}
    return told


def _box(face: Face) -> dict[str, object]:
    box = face.box
    return {
        "probability": round(float(face.score), DIGITS),
        "x_max": round(box.right),
        "y_max": round(box.bottom),
        "x_min": max(0, round(box.left)),
        "y_min": max(0, round(box.top)),
    }

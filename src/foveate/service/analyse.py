"""What is known of one source: computed on first use, kept by the digest of its bytes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadOption
from foveate.geometry.box import Box, Point, Size
from foveate.imaging.guard import guard
from foveate.imaging.probe import probe
from foveate.ports import LANDMARKS, Face
from foveate.service.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.imaging.stop import Deadline
    from foveate.ports import Cache, FaceDetector
    from foveate.settings import Limits

PARTS: Final = ("faces", "saliency")
STRIPES: Final = 64


def digest(data: bytes) -> str:
    """Return what names these bytes: by the hash that processors have instructions for."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """The networks, and what they saw before."""

    detector: FaceDetector
    memo: Cache
    locks: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(STRIPES))
    )
    """Two sizes of one photo asked for at once are looked at once."""


class Sight:
    """ports.Analysis of one picture."""

    def __init__(self, picture: Picture, eyes: Eyes) -> None:
        self._picture = picture
        self._eyes = eyes
        self._known: dict[str, Any] = {}
        self._digest = ""
        self.timings_ms: dict[str, float] = {}

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        return self._picture.facts.size

    def faces(self) -> Sequence[Face]:
        """Return the faces, best score first."""
        rows = self._part("faces", self._eyes.detector.name, self._look_for_faces)
        return [face_from_json(row) for row in rows]

    def salient_point(self, within: Box) -> Point:
        """Return the place of the whole source that draws the eye in that part of it."""

        def look() -> list[float]:
            point = self._picture.salient_point(within)
            return [point.x, point.y]

        part = f"{within.left:g},{within.top:g},{within.width:g},{within.height:g}"
        x, y = self._part("saliency", f"attention@{part}", look)
        return Point(x, y)

    def _part(self, part: str, model: str, look: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        """Return a part as JSON values: from this request, from the memo, or by looking."""
        name = f"{part}/{model}"
        if name in self._known:
            return self._known[name]
        self._digest = self._digest or digest(self._picture.data)
        key = f"{self._digest}/{name}"
        with self._eyes.locks[hash(key) % STRIPES]:
            if (kept := self._eyes.memo.get(key)) is not None:
                self._known[name] = json.loads(kept)
                return self._known[name]
            started = time.perf_counter()
            seen = look()
            self.timings_ms[part] = (time.perf_counter() - started) * 1000
            self._eyes.memo.put(key, json.dumps(seen).encode())
        self._known[name] = seen
        return seen

    def _look_for_faces(self) -> list[dict[str, object]]:
        detect = self._eyes.detector
        size = detect.detector_size(self.size)
        across, down = self.size.width / size.width, self.size.height / size.height
        return [face_to_json(_grown(f, across, down)) for f in detect(self._picture.glance(size))]


def _grown(face: Face, across: float, down: float) -> Face:
    marks = tuple((x * across, y * down) for x, y in face.landmarks)
    return Face(face.box.scaled(across, down), face.score, marks)


def box_to_json(box: Box) -> dict[str, float]:
    """Return a box as it stands in every JSON answer, to a hundredth of a pixel."""
    return {
        name: round(float(getattr(box, name)), 2) for name in ("left", "top", "width", "height")
    }


def face_to_json(face: Face) -> dict[str, object]:
    """Return a face as it stands in every JSON answer."""
    points = ([round(float(x), 2), round(float(y), 2)] for x, y in face.landmarks)
    return {
        "box": box_to_json(face.box),
        "score": round(float(face.score), 5),
        "landmarks": dict(zip(LANDMARKS, points, strict=True)),
    }


def face_from_json(row: dict[str, Any]) -> Face:
    """Return the face that `face_to_json` wrote."""
    marks = tuple((x, y) for x, y in (row["landmarks"][name] for name in LANDMARKS))
    return Face(Box(**row["box"]), row["score"], marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyser:
    """Picture in, JSON-ready analysis out."""

    eyes: Eyes
    limits: Limits

    def __call__(
        self, data: bytes, parts: Sequence[str], *, deadline: Deadline
    ) -> dict[str, object]:
        """Return width, height, one key per part, and timings. Raises BadOption, ImageError."""
        check_parts(parts)
        facts = probe(data, self.limits)
        sight = Sight(Picture(data, facts, deadline, scale=0.0), self.eyes)
        answer: dict[str, object] = {"width": facts.size.width, "height": facts.size.height}
        with deadline, guard():
            if "faces" in parts:
                answer["faces"] = [face_to_json(face) for face in sight.faces()]
            if "saliency" in parts:
                point = sight.salient_point(Box.of(facts.size))
                answer["saliency"] = {"point": [round(point.x, 4), round(point.y, 4)]}
        answer["timings_ms"] = {part: round(ms, 1) for part, ms in sight.timings_ms.items()}
        return answer


def check_parts(parts: Sequence[str]) -> None:
    """Raise BadOption for a part that does not exist."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown or not parts:
        raise BadOption(
            f"Expected parts out of {', '.join(PARTS)}, got {','.join(unknown) or '-'}."
        )

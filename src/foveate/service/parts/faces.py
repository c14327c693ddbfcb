"""Faces: boxes, scores and five landmarks, from the detector."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Box
from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.serialise import FACE_EXAMPLE, face_from_json, face_to_json
from foveate.vision.faces import RetinaFace
from foveate.vision.second_look import MOST, Sheet, one_for_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from foveate.geometry.box import Size
    from foveate.ports import FaceDetector
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.settings import Faces
    from foveate.values import Face

FINE_SIDE: Final = 1280
FINE_ENLARGE: Final = 3.0
"""A finer look finds half of the small faces that the first one misses, for four times the time."""
LARGE: Final = 1920
"""From this long side on a picture may hold faces that the first look is too coarse for."""
QUARTER: Final = 1 / 4
"""A second look is never finer than that: faces of a hundred pixels have 25 there, and a decode
that serves the first look often gives as much."""
FOUND: Final = 0.6
"""From this score on there is nothing to be looked at again."""
TALL: Final = 1 / 13
"""Share of the long side from which on a face is what the picture is about."""


def _make(networks: Networks, *, fine: bool = False, doubts: int = 0) -> FaceDetector:
    faces = networks.settings.faces
    return RetinaFace(
        networks.session("retinaface"),
        long_side=FINE_SIDE if fine else faces.long_side,
        max_enlarge=FINE_ENLARGE if fine else faces.max_enlarge,
        score=_least_score(networks),
        doubts=doubts,
    )


def finest_side(settings: Faces) -> int:
    """Return the long side of the largest thumbnails at which faces are looked for."""
    return max(FINE_SIDE, settings.long_side)


def _least_score(networks: Networks) -> float:
    """Return the lowest score from which on a face counts for anybody."""
    faces = networks.settings.faces
    return min(faces.score, faces.gravity_score, faces.redact_score)


DETECTOR: Final[Network[FaceDetector]] = Network("faces", _make, ("retinaface",))
FINE_DETECTOR: Final[Network[FaceDetector]] = Network(
    "fine-faces", partial(_make, fine=True), ("retinaface",)
)
"""The same with a finer look, for small faces that must be hidden."""
DOUBTFUL_DETECTOR: Final[Network[FaceDetector]] = Network(
    "doubtful-faces", partial(_make, doubts=MOST), ("retinaface",)
)
"""The same, with what may be faces as well."""


def _input_size(networks: Networks, size: Size) -> Size:
    return networks.of(DETECTOR).input_size(size)


def _compute(analysis: Analysis) -> tuple[Face, ...]:
    """Return every face with any score that counts for anybody, best score first."""
    networks, settings = analysis.networks, analysis.networks.settings.faces
    again = settings.second_look > settings.long_side and analysis.size.long_side >= LARGE
    detect = networks.of(DOUBTFUL_DETECTOR if again else DETECTOR)
    rgb = analysis.thumbnail(detect.input_size(analysis.size))
    faces = [_over(face, rgb, analysis.size) for face in detect(rgb)]
    least = _least_score(networks)
    known = [face for face in faces if face.score > least]
    doubtful = [face for face in faces if face.score < FOUND]
    if not again or not doubtful or any(_is_tall(face, analysis.size) for face in known):
        return tuple(known)
    return tuple(one_for_each(known + _second_look(analysis, doubtful, settings.second_look)))


def _is_tall(face: Face, size: Size) -> bool:
    return face.score >= FOUND and face.box.height > TALL * size.long_side


def _second_look(analysis: Analysis, doubtful: Sequence[Face], side: int) -> list[Face]:
    """Return the faces among what may be some, from the picture at that long side."""
    fine = max(1, min(side, round(QUARTER * analysis.size.long_side)))
    rgb = analysis.pixels.aside(analysis.size.within(fine))
    scale = rgb.shape[1] / analysis.size.width
    sheet = Sheet.of(face.box.scaled(scale) for face in doubtful[:MOST])
    found = sheet.back(analysis.networks.of(DETECTOR)(sheet.drawn(rgb)))
    whole = Box.of(analysis.size)
    placed = (_over(face, rgb, analysis.size) for face in found)
    return [replace(face, box=box) for face in placed if (box := whole.overlap(face.box))]


def _over(face: Face, rgb: NDArray[np.uint8], size: Size) -> Face:
    height, width, _ = rgb.shape
    return face.scaled(size.width / width, size.height / height)


def found_faces(analysis: Analysis) -> tuple[Face, ...]:
    """Return the faces that count as found, best score first."""
    faces: tuple[Face, ...] = analysis.get(FACES)
    return counted_as_found(faces, analysis.networks)


def counted_as_found(faces: Iterable[Face], networks: Networks) -> tuple[Face, ...]:
    """Return those that count as found, in their order."""
    score = networks.settings.faces.score
    return tuple(face for face in faces if face.score >= score)


def faces_to_keep(analysis: Analysis) -> tuple[Face, ...]:
    """Return the faces that count for a crop, best score first."""
    score = analysis.networks.settings.faces.gravity_score
    return tuple(face for face in analysis.get(FACES) if face.score >= score)


def _to_rows(faces: Sequence[Face]) -> list[dict[str, Any]]:
    return [face_to_json(face) for face in faces]


def _sentence(faces: Sequence[Face]) -> str:
    return f"{len(faces)} face{'s'[: len(faces) != 1]}" if faces else "No face was found."


FACES: Final[Part[tuple[Face, ...]]] = Part(
    name="faces",
    compute=_compute,
    codec=json_codec(_to_rows, lambda rows: tuple(map(face_from_json, rows))),
    networks=(DETECTOR, DOUBTFUL_DETECTOR),
    version=3,
    settings=lambda settings: settings.faces.second_look,
    input_size=_input_size,
    counts=lambda settings: settings.faces.gravity_score,
    offer=Offer(
        "boxes, scores and five landmarks", [FACE_EXAMPLE], _to_rows, _sentence, found_faces
    ),
)

"""Faces: boxes, scores and five landmarks, from the detector."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.service.networks import Network
from foveate.service.part import Offer, Part, json_codec
from foveate.service.serialise import FACE_EXAMPLE, face_from_json, face_to_json
from foveate.vision.faces import RetinaFace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from foveate.geometry.box import Size
    from foveate.ports import FaceDetector
    from foveate.service.analysis import Analysis
    from foveate.service.networks import Networks
    from foveate.values import Face

FINE_SIDE: Final = 1280
FINE_ENLARGE: Final = 3.0
"""A finer look finds half of the small faces that the first one misses, for four times the time."""


def _make(networks: Networks, *, fine: bool = False) -> FaceDetector:
    faces = networks.settings.faces
    return RetinaFace(
        networks.session("retinaface"),
        long_side=FINE_SIDE if fine else faces.long_side,
        max_enlarge=FINE_ENLARGE if fine else faces.max_enlarge,
        # Whoever asks says from which score on a face counts for it.
        score=min(faces.score, faces.gravity_score, faces.redact_score),
    )


DETECTOR: Final[Network[FaceDetector]] = Network("faces", _make, ("retinaface",))
FINE_DETECTOR: Final[Network[FaceDetector]] = Network(
    "fine-faces", partial(_make, fine=True), ("retinaface",)
)
"""The same with a finer look, for small faces that must be hidden."""


def _input_size(networks: Networks, size: Size) -> Size:
    return networks.of(DETECTOR).input_size(size)


def _compute(analysis: Analysis) -> tuple[Face, ...]:
    """Return every face with any score that counts for anybody, best score first."""
    rgb = analysis.thumbnail(_input_size(analysis.networks, analysis.size))
    height, width, _ = rgb.shape
    across, down = analysis.size.width / width, analysis.size.height / height
    return tuple(face.scaled(across, down) for face in analysis.networks.of(DETECTOR)(rgb))


def found_faces(analysis: Analysis) -> tuple[Face, ...]:
    """Return the faces that count as found, best score first."""
    score = analysis.networks.settings.faces.score
    return tuple(face for face in analysis.get(FACES) if face.score >= score)


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
    networks=(DETECTOR,),
    input_size=_input_size,
    counts=lambda settings: settings.faces.gravity_score,
    offer=Offer(
        "boxes, scores and five landmarks", [FACE_EXAMPLE], _to_rows, _sentence, found_faces
    ),
)

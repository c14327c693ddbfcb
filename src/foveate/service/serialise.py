"""How boxes, faces and maps stand in every JSON answer, and examples of them for the API."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Box
from foveate.imaging.maps import map_png
from foveate.values import LANDMARKS, Face, TextLine, Thing
from foveate.vision.readings import age_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from foveate.values import Attributes

BOX_EXAMPLE: Final = {"left": 166, "top": 61, "width": 107, "height": 140}
FACE_EXAMPLE: Final = {
    "box": BOX_EXAMPLE,
    "score": 0.998,
    "landmarks": {
        "left_eye": [197.1, 112.4],
        "right_eye": [245.0, 110.2],
        "nose": [222.3, 139.8],
        "mouth_left": [201.9, 165.0],
        "mouth_right": [243.1, 163.4],
    },
}
THING_EXAMPLE: Final = {"label": "dog", "score": 0.83, "box": BOX_EXAMPLE}
TEXT_EXAMPLE: Final = [
    {
        "text": "STOP",
        "score": 0.97,
        "detection_score": 0.91,
        "box": {"left": 40, "top": 62, "width": 118, "height": 36},
        "quad": [[40, 62], [158, 62], [158, 98], [40, 98]],
    }
]
MAP_EXAMPLE: Final = {"width": 64, "height": 64, "png": "iVBORw0KGgo..."}
ATTRIBUTES_EXAMPLE: Final = {
    "pose": {"yaw": -4.2, "pitch": 3.1, "roll": 2.0},
    "quality": {"score": 0.81, "sharpness": 0.9, "exposure": 0.98, "size": 1.0},
    "liveness": 0.98,
    "gender": {"label": "female", "probabilities": {"female": 0.69, "male": 0.31}},
}


def box_to_json(box: Box) -> dict[str, float]:
    """Return a box, to a hundredth of a pixel."""
    return {
        name: round(float(getattr(box, name)), 2) for name in ("left", "top", "width", "height")
    }


def face_to_json(face: Face) -> dict[str, object]:
    """Return a face: box, score and named landmarks."""
    points = ([round(float(x), 2), round(float(y), 2)] for x, y in face.landmarks)
    return {
        "box": box_to_json(face.box),
        "score": round(float(face.score), 5),
        "landmarks": dict(zip(LANDMARKS, points, strict=True)),
    }


def face_from_json(row: Mapping[str, Any]) -> Face:
    """Return the face that `face_to_json` wrote."""
    marks = tuple((x, y) for x, y in (row["landmarks"][name] for name in LANDMARKS))
    return Face(Box(**row["box"]), row["score"], marks)


def thing_to_json(thing: Thing) -> dict[str, object]:
    """Return a thing: its class by name, its score and its box."""
    score = round(float(thing.score), 4)
    return {"label": thing.label, "score": score, "box": box_to_json(thing.box)}


def thing_from_json(row: Mapping[str, Any]) -> Thing:
    """Return the thing that `thing_to_json` wrote."""
    return Thing(row["label"], Box(**row["box"]), row["score"])


def line_to_json(line: TextLine) -> dict[str, object]:
    """Return a line of text: what it says, scores, box and corners from where it begins."""
    return {
        "text": line.text,
        "score": round(float(line.score), 4),
        "detection_score": round(float(line.detection_score), 4),
        "box": box_to_json(line.box),
        "quad": [[round(float(x), 2), round(float(y), 2)] for x, y in line.quad],
    }


def line_from_json(row: Mapping[str, Any]) -> TextLine:
    """Return the line that `line_to_json` wrote."""
    one, two, three, four = ((float(x), float(y)) for x, y in row["quad"])
    return TextLine((one, two, three, four), row["score"], row["text"], row["detection_score"])


def map_to_json(values: NDArray[np.floating]) -> dict[str, object]:
    """Return a map in 0..1 over the whole picture: its own size, and a grey PNG in base64."""
    height, width = values.shape
    return {"width": width, "height": height, "png": base64.b64encode(map_png(values)).decode()}


def attributes_to_json(read: Attributes) -> dict[str, object]:
    """Return what was guessed of a face; what is switched off is left out."""
    pose, quality = read.pose, read.quality
    answer: dict[str, object] = {
        "pose": {name: round(getattr(pose, name), 1) for name in ("yaw", "pitch", "roll")},
        "quality": {
            name: round(getattr(quality, name), 3)
            for name in ("score", "sharpness", "exposure", "size")
        },
        "liveness": round(read.liveness, 4),
    }
    if read.age is not None:
        answer["age"] = age_to_json(read.age)
    for name in ("gender", "emotion", "race"):
        if (guess := getattr(read, name)) is not None:
            answer[name] = choice_to_json(guess)
    return answer


def choice_to_json(probabilities: Mapping[str, float]) -> dict[str, object]:
    """Return the most probable word, and how probable each one is."""
    best = max(probabilities, key=lambda label: probabilities[label])
    shown = {label: round(float(share), 4) for label, share in probabilities.items()}
    return {"label": best, "probabilities": shown}


def age_to_json(years: float) -> dict[str, object]:
    """Return an age, and the range in which four fifths of those read as that old are."""
    return {"years": round(years, 1), "range": list(age_range(years))}

"""Faces as Rekognition's answers have them: places as shares of the picture, scores in percent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from foveate.geometry.box import Size
from foveate.server.face_ids import to_uuid
from foveate.server.openapi import VERSION
from foveate.server.rekognition.asked import EXTERNAL_ID_FITS, is_number
from foveate.service.serialise import attributes_to_json, face_to_json
from foveate.vision.similarity import probability

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from foveate.enrolled import EnrolledFace
    from foveate.geometry.box import Box
    from foveate.service.seen import Seen

Json = dict[str, Any]
MODEL: Final = f"foveate-{VERSION}"
"""What answers say that saw the picture."""
DIGITS: Final = 6
SIDES: Final = ("left", "top", "width", "height")
"""Of a box, as ours name them; theirs begin with a capital."""
LANDMARKS: Final = {
    "left_eye": "eyeLeft",
    "right_eye": "eyeRight",
    "nose": "nose",
    "mouth_left": "mouthLeft",
    "mouth_right": "mouthRight",
}
EMOTIONS: Final = {
    "angry": "ANGRY",
    "disgust": "DISGUSTED",
    "fear": "FEAR",
    "happy": "HAPPY",
    "sad": "SAD",
    "surprise": "SURPRISED",
    "neutral": "CALM",
}
"""Their words for ours; nobody is CONFUSED here."""
_DIGEST: Final = re.compile(r"[0-9a-f]{32,}")
"""Of the bytes of a picture; one that was imported may be any text."""
LONGEST_SIDE: Final = 10**6
EXTERNAL_ID: Final = "external_image_id"
"""Under which a face keeps the ExternalImageId of its picture."""


def percent(share: float) -> float:
    """Return 0..100 of 0..1.

    >>> percent(0.98765432)
    98.765432
    """
    return round(100 * float(share), DIGITS)


def similarity(cosine: float) -> float:
    """Return 0..100: how likely two faces are of one person, if both were as likely before."""
    return percent(probability(cosine))


def box_to_json(box: Mapping[str, float], size: Size) -> Json:
    """Return a box in pixels of a picture of that size as shares of it."""
    whole = (size.width, size.height) * 2
    return {
        name.title(): round(box[name] / side, DIGITS)
        for name, side in zip(SIDES, whole, strict=True)
    }


def shares_of(box: Box, size: Size) -> Json:
    """Return a box in a picture of that size as shares of it."""
    return box_to_json({name: float(getattr(box, name)) for name in SIDES}, size)


def point_to_json(point: tuple[float, float] | list[float], size: Size) -> Json:
    """Return a place in pixels of a picture of that size as shares of it."""
    x, y = point
    return {"X": round(x / size.width, DIGITS), "Y": round(y / size.height, DIGITS)}


def bare_face(face: Mapping[str, Any], size: Size) -> Json:
    """Return where a face is, and how sure that is, from our JSON."""
    return {"BoundingBox": box_to_json(face["box"], size), "Confidence": percent(face["score"])}


def detail(face: Mapping[str, Any], read: Mapping[str, Any], size: Size) -> Json:
    """Return what is told of every face, from our JSON of it and of its attributes."""
    marks = [
        {"Type": LANDMARKS[name], **point_to_json(point, size)}
        for name, point in face["landmarks"].items()
    ]
    quality = read["quality"]
    return {
        **bare_face(face, size),
        "Landmarks": marks,
        "Pose": {name.title(): read["pose"][name] for name in ("roll", "yaw", "pitch")},
        "Quality": {
            "Brightness": percent(quality["exposure"]),
            "Sharpness": percent(quality["sharpness"]),
        },
    }


def guessed(read: Mapping[str, Any], wanted: Collection[str]) -> Json:
    """Return what judges people, as far as it is wanted and the settings let it be guessed."""
    told: Json = {}
    if "age" in read and not {"ALL", "AGE_RANGE"}.isdisjoint(wanted):
        told["AgeRange"] = dict(zip(("Low", "High"), read["age"]["range"], strict=True))
    if "gender" in read and not {"ALL", "GENDER"}.isdisjoint(wanted):
        label = read["gender"]["label"]
        sure = percent(read["gender"]["probabilities"][label])
        told["Gender"] = {"Value": label.title(), "Confidence": sure}
    if "emotion" in read and not {"ALL", "EMOTIONS"}.isdisjoint(wanted):
        told["Emotions"] = _emotions(read["emotion"]["probabilities"])
    return told


def _emotions(probabilities: Mapping[str, float]) -> list[Json]:
    told = [
        {"Type": EMOTIONS[name], "Confidence": percent(share)}
        for name, share in probabilities.items()
    ]
    return sorted(told, key=lambda each: -each["Confidence"])


def seen_detail(seen: Seen, size: Size, wanted: Collection[str] = ()) -> Json:
    """Return a face that was seen, with what is wanted beside what is always told."""
    face, read = face_to_json(seen.face), attributes_to_json(seen.attributes)
    return {**detail(face, read, size), **guessed(read, wanted)}


def compared(seen: Seen, size: Size) -> Json:
    """Return a face that was compared with another."""
    read = attributes_to_json(seen.attributes)
    emotions = guessed(read, ("EMOTIONS",))
    return {**detail(face_to_json(seen.face), read, size), **emotions}


def kept_face(face: EnrolledFace) -> Json:
    """Return a face of the index, with what was kept of it.

    Faces that were not indexed here lie in pictures whose size was not kept: of them no box is
    told, and no confidence. Who has a name has it as UserId.
    """
    said = face.metadata
    told: Json = {"FaceId": to_uuid(face.id)}
    if _DIGEST.fullmatch(face.digest):
        told["ImageId"] = image_id(face.digest)
    external = said.get(EXTERNAL_ID)
    if isinstance(external, str) and EXTERNAL_ID_FITS.fullmatch(external):
        told["ExternalImageId"] = external
    if (size := _size(said)) is not None:
        told["BoundingBox"] = shares_of(face.box, size)
    if is_number(score := said.get("face_score")) and 0 <= score <= 1:
        told["Confidence"] = percent(score)
    if face.subject:
        told["UserId"] = face.subject
    return told


def _size(said: Mapping[str, Any]) -> Size | None:
    """Return the size of the picture, where that was kept: metadata may say anything."""
    width, height = said.get("image_width"), said.get("image_height")
    if not (is_number(width) and is_number(height)):
        return None
    fits = min(width, height) >= 1 and max(width, height) <= LONGEST_SIDE
    return Size(int(width), int(height)) if fits else None


def image_id(digest: str) -> str:
    """Return the id of a picture: of the same bytes it is always the same.

    >>> image_id("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    '9f86d081-884c-7d65-9a2f-eaa0c55ad015'
    """
    return to_uuid(digest[:32])

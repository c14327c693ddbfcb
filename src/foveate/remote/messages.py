"""Values as messages and back, bit for bit: what another process is told is what we would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import DIMENSIONS
from foveate.errors import BadBody
from foveate.geometry.box import Box, Size
from foveate.remote import stages_pb2 as pb
from foveate.service.stages.arrays import array_from_bytes, array_to_bytes
from foveate.service.stages.preprocess import CUT, EMBEDDED, MOST, READ_BY, FaceCrops, Preprocessed
from foveate.service.stages.search import SEARCHED, SubjectMatch
from foveate.service.told import FACES
from foveate.values import LANDMARKS, Face

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.service.told import Told

RGB: Final = 3
SHAPES: Final = {
    EMBEDDED: (1, 112, 112, RGB),
    **{each.card: (len(each.looks), each.side, each.side, RGB) for each in READ_BY.values()},
}
"""Of crops, by their names."""
_BEFORE_NUMBERS: Final = pb.Embedding(values=[0.0] * DIMENSIONS).SerializeToString()[
    : -4 * DIMENSIONS
]
"""What an embedding begins with on the wire."""
MOST_PIXELS: Final = 4096 * 4096
"""Of a thumbnail."""


def size_message(size: Size) -> pb.Size:
    """Return a size."""
    return pb.Size(width=size.width, height=size.height)


def face_message(face: Face) -> pb.Face:
    """Return a face."""
    box = face.box
    marks = [float(x) for mark in face.landmarks for x in mark]
    return pb.Face(
        left=box.left,
        top=box.top,
        width=box.width,
        height=box.height,
        score=face.score,
        landmarks=marks,
    )


def face_from(said: pb.Face) -> Face:
    """Return a face. Raises BadBody without its landmarks."""
    marks = list(said.landmarks)
    if len(marks) != 2 * len(LANDMARKS):
        raise BadBody(f"Expected {2 * len(LANDMARKS)} numbers as landmarks, got {len(marks)}.")
    pairs = tuple(zip(marks[::2], marks[1::2], strict=True))
    return Face(Box(said.left, said.top, said.width, said.height), said.score, pairs)


def crops_messages(faces: Iterable[FaceCrops], names: Iterable[str]) -> list[pb.FaceCrops]:
    """Return the crops of faces that have these names, which is all that goes on its way."""
    wanted = tuple(dict.fromkeys(names))
    return [
        pb.FaceCrops(
            crops=[
                pb.Crop(name=name, array=array_to_bytes(face.crops[name]))
                for name in wanted
                if name in face.crops
            ]
        )
        for face in faces
    ]


def crops_from(said: Sequence[pb.FaceCrops], words: Sequence[str]) -> list[FaceCrops]:
    """Return faces with crops for these words. Raises BadBody for what no network can take."""
    if len(said) > MOST:
        raise BadBody(f"Expected at most {MOST} faces, got {len(said)}.")
    needed = {CUT[word][0] for word in words}
    faces = [FaceCrops(crops={crop.name: _crop(crop) for crop in face.crops}) for face in said]
    for face in faces:
        if lack := needed - face.crops.keys():
            raise BadBody(f"Expected crops for {', '.join(sorted(needed))}, got no {min(lack)}.")
    return faces


def _crop(said: pb.Crop) -> NDArray[np.uint8]:
    array = array_from_bytes(said.array)
    if array.dtype != np.uint8 or array.shape != SHAPES.get(said.name):
        wanted = SHAPES.get(said.name, f"a crop out of {', '.join(SHAPES)}")
        got = f"{said.name[:40]!r}, {array.shape} of {array.dtype}"
        raise BadBody(f"Expected {wanted} of uint8, got {got}.")
    return array


def preprocessed_message(made: Preprocessed) -> pb.PreprocessReply:
    """Return the faces of a picture, and their crops."""
    return pb.PreprocessReply(
        size=size_message(made.size),
        faces=map(face_message, made.faces),
        crops=crops_messages(made.crops, SHAPES),
    )


def preprocessed_from(said: pb.PreprocessReply, words: Sequence[str]) -> Preprocessed:
    """Return them. Raises BadBody, also where faces lack their crops."""
    faces, crops = tuple(map(face_from, said.faces)), tuple(crops_from(said.crops, words))
    wanted = min(len(faces), MOST) if words else 0
    if len(crops) != wanted:
        raise BadBody(f"Expected the crops of {wanted} faces, got those of {len(crops)}.")
    return Preprocessed(size=Size(said.size.width, said.size.height), faces=faces, crops=crops)


def embedding_message(vector: NDArray[np.float32]) -> pb.Embedding:
    """Return an embedding."""
    # As it is on the wire: a twentieth of what 512 numbers take one by one.
    said: pb.Embedding = pb.Embedding.FromString(_BEFORE_NUMBERS + vector.astype("<f4").tobytes())
    return said


def embedding_from(said: pb.Embedding) -> NDArray[np.float32]:
    """Return an embedding. Raises BadBody for one of another length."""
    if len(said.values) != DIMENSIONS:
        raise BadBody(f"Expected {DIMENSIONS} numbers as embedding, got {len(said.values)}.")
    return np.array(said.values, np.float32)


def guess_message(word: str, value: Any) -> pb.Guess:  # noqa: ANN401 - an age has no labels
    """Return what a word says of a face: probabilities by label, or years."""
    if isinstance(value, float):
        return pb.Guess(word=word, years=value)
    return pb.Guess(word=word, labels=value, probabilities=map(float, value.values()))


def guess_from(said: pb.Guess) -> Any:  # noqa: ANN401
    """Return what a word says of a face. Raises BadBody for labels without probabilities."""
    if not said.labels:
        return said.years
    if len(said.labels) != len(said.probabilities):
        wanted = f"{len(said.labels)} probabilities of {said.word[:40]!r}"
        raise BadBody(f"Expected {wanted}, got {len(said.probabilities)}.")
    return dict(zip(said.labels, said.probabilities, strict=True))


def guesses_message(row: Mapping[str, Any]) -> pb.Guesses:
    """Return what several words say of a face."""
    return pb.Guesses(guesses=[guess_message(word, value) for word, value in row.items()])


def guesses_from(said: pb.Guesses, words: Collection[str]) -> dict[str, Any]:
    """Return what these words say of a face. Raises BadBody where one of them says nothing."""
    told = {each.word: guess_from(each) for each in said.guesses}
    if lack := [word for word in words if word not in told]:
        raise BadBody(f"Expected what {', '.join(words)} say of a face, got no {lack[0]}.")
    return {word: told[word] for word in words}


def matches_message(matches: Iterable[SubjectMatch]) -> pb.Matches:
    """Return who a face may be."""
    return pb.Matches(
        matches=[
            pb.Match(
                subject=each.subject,
                face=each.face,
                cosine=each.cosine,
                probability=each.probability,
            )
            for each in matches
        ]
    )


def matches_from(said: pb.Matches) -> tuple[SubjectMatch, ...]:
    """Return who a face may be."""
    return tuple(
        SubjectMatch(
            subject=each.subject,
            face=each.face,
            cosine=each.cosine,
            probability=each.probability,
        )
        for each in said.matches
    )


def told_message(told: Told) -> pb.Told:
    """Return what a stage says, without its error."""
    message = pb.Told(stage=told.stage, ms=told.ms, at_ms=told.at_ms)
    if told.error is not None:
        return message
    if told.stage == FACES:
        found = told.value
        message.faces.size.CopyFrom(size_message(found.size))
        message.faces.faces.extend(map(face_message, found.faces))
    elif told.stage == EMBEDDED:
        message.embeddings.extend(map(embedding_message, told.value))
    elif told.stage == SEARCHED:
        message.matches.extend(map(matches_message, told.value))
    else:
        message.guesses.extend(guess_message(told.stage, value) for value in told.value)
    return message


def thumbnail_from(data: bytes) -> NDArray[np.uint8]:
    """Return a (height, width, 3) RGB thumbnail. Raises BadBody for anything else."""
    array = array_from_bytes(data)
    flat = array.ndim == RGB and array.shape[2] == RGB and array.dtype == np.uint8
    if not flat or not 0 < array.size <= RGB * MOST_PIXELS:
        got = f"{array.shape} of {array.dtype}"
        raise BadBody(f"Expected (height, width, 3) of uint8, got {got}.")
    return array

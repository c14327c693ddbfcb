"""What a stage says, held against what can be: one that says what cannot be is no such stage.

A face that is nowhere in the picture would be hidden nowhere, and a number that is none would stop
whoever computes with it. All of it raises BadBody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from foveate.enrolled import MOST_CHARACTERS, on_one_line
from foveate.errors import BadBody
from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.service.stages.preprocess import MOST
from foveate.vision.saliency import FINER, PATCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.service.stages.preprocess import Preprocessed
    from foveate.service.stages.search import SubjectMatch
    from foveate.values import Face

MAPS: Final = 3
MOST_FACES: Final = 10_000
FAR: Final = 4.0
"""How many times its long side something of a face may be away from a picture's corner."""
NEARLY: Final = 1e-3
"""By so much numbers may be beyond what they can be: they were rounded."""
AGE: Final = "age"
OLDEST: Final = 200.0
LONGEST: Final = 1e6
"""Of embeddings, which networks leave at some tens."""


def believed_faces(faces: Sequence[Face], size: Size) -> tuple[Face, ...]:
    """Return faces that can be in a picture of that size."""
    if len(faces) > MOST_FACES:
        raise BadBody(f"Expected at most {MOST_FACES} faces, got {len(faces)}.")
    for face in faces:
        _check_face(face, size)
    return tuple(faces)


def _check_face(face: Face, size: Size) -> None:
    box, far = face.box, FAR * size.long_side
    numbers = (box.left, box.top, box.width, box.height, *sum(face.landmarks, ()))
    # In these words, so that what is no number is not within them.
    near = all(-far <= each <= far for each in numbers) and 0 <= face.score <= 1
    if not near or min(box.width, box.height) <= 0 or box.overlap(Box.of(size)) is None:
        raise BadBody(f"Expected a face within {size}, got {box} of score {face.score}.")


def believed_maps(maps: NDArray[Any], rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (3, rows, columns) in 0..1, as there are of a (height, width, 3) thumbnail."""
    wanted = (MAPS, *(nearest(side / PATCH) * FINER for side in rgb.shape[:2]))
    if maps.shape != wanted or maps.dtype != np.float32:
        raise BadBody(f"Expected maps {wanted} of float32, got {maps.shape} of {maps.dtype}.")
    if not (maps.min() >= -NEARLY and maps.max() <= 1 + NEARLY):
        raise BadBody(f"Expected maps in 0..1, got {maps.min()} to {maps.max()}.")
    return maps


def believed_preprocessed(made: Preprocessed, size: Size, words: Sequence[str]) -> Preprocessed:
    """Return the faces of a picture of that size, with crops where words are to be told."""
    if made.size != size:
        raise BadBody(f"Expected faces of a picture of {size}, got those of one of {made.size}.")
    believed_faces(made.faces, size)
    wanted = min(len(made.faces), MOST) if words else 0
    if len(made.crops) != wanted:
        raise BadBody(f"Expected crops of {wanted} faces, got those of {len(made.crops)}.")
    return made


def believed_embedding(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return an embedding that has a direction."""
    length = float(np.linalg.norm(vector.astype(np.float64)))
    if not 1 / LONGEST < length < LONGEST:
        raise BadBody(f"Expected an embedding of numbers, got one of length {length}.")
    return vector


def believed_guesses(row: Mapping[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """Return what these words say of a face: years, or probabilities by label."""
    if missing := [word for word in words if word not in row or not _is_guess(word, row[word])]:
        raise BadBody(f"Expected what {missing[0]} says of a face, got something else.")
    return {word: row[word] for word in words}


def _is_guess(word: str, said: Any) -> bool:  # noqa: ANN401 - years, or probabilities
    if word == AGE:
        return isinstance(said, float) and 0 <= said <= OLDEST
    probable = isinstance(said, dict) and said
    return bool(probable) and all(-NEARLY <= each <= 1 + NEARLY for each in said.values())


def believed_matches(matches: Sequence[SubjectMatch], limit: int) -> tuple[SubjectMatch, ...]:
    """Return who a face may be, so many at most."""
    if len(matches) > limit:
        raise BadBody(f"Expected at most {limit} matches, got {len(matches)}.")
    for match in matches:
        likely = 0 <= match.probability <= 1 and abs(match.cosine) <= 1 + NEARLY
        if not likely or len(match.subject) > MOST_CHARACTERS or not on_one_line(match.subject):
            raise BadBody(f"Expected who a face may be, got {match!r}.")
    return tuple(matches)

"""What CompreFace says when it says no: a status, a code of its own, and a sentence."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from foveate import errors
from foveate.server.errors import status_of


class Code(IntEnum):
    """Its codes, as far as there is a reason to give them."""

    OTHER = 0
    NO_SERVICE = 10
    """No face collection has that API key."""
    NO_HEADER = 20
    NO_IMAGE = 21
    INVALID = 26
    NO_FACE = 28
    SEVERAL_FACES = 31
    NO_PARAMETER = 33
    NO_PART = 34
    EMBEDDING_COUNT = 37
    NO_SUBJECT = 42
    SUBJECT_EXISTS = 43
    NO_EXAMPLE = 44


class Problem(NamedTuple):
    """What is answered."""

    http: int
    code: int
    message: str


class Refused(Exception):
    """A request that CompreFace would refuse, and the like of which there is not at /v1."""

    def __init__(self, code: Code, message: str, http: int = 400) -> None:
        super().__init__(message)
        self.problem = Problem(http, code, message)


CODES: Final[dict[type[errors.FoveateError], tuple[int, Code]]] = {
    errors.BadOption: (400, Code.INVALID),
    errors.BadBody: (400, Code.NO_PART),
    errors.ImageError: (400, Code.NO_IMAGE),
    errors.FaceRefused: (400, Code.NO_FACE),
    errors.UnknownSubject: (404, Code.NO_SUBJECT),
    errors.UnknownCollection: (404, Code.NO_SERVICE),
    errors.NotEnrolled: (404, Code.NO_EXAMPLE),
    errors.SubjectTaken: (400, Code.SUBJECT_EXISTS),
}
"""Others keep our status, and have the code 0. The nearest ancestor decides."""


def problem_of(error: errors.FoveateError) -> Problem:
    """Return how CompreFace would say it."""
    kind = type(error)
    if isinstance(error, errors.FaceRefused) and error.reason == "several":
        return Problem(400, Code.SEVERAL_FACES, error.public)
    http, code = next(
        (CODES[base] for base in kind.__mro__ if base in CODES),
        (status_of(kind).http, Code.OTHER),
    )
    return Problem(http, code, error.public)

"""What Rekognition says when it says no: an error by name, a status and a sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from foveate import errors


class Kind(StrEnum):
    """Its errors, and those of AWS's front doors, by the names that clients know them by."""

    PARAMETER = "InvalidParameterException"
    NO_RESOURCE = "ResourceNotFoundException"
    NOT_READY = "ResourceNotReadyException"
    EXISTS = "ResourceAlreadyExistsException"
    FORMAT = "InvalidImageFormatException"
    TOO_LARGE = "ImageTooLargeException"
    S3_OBJECT = "InvalidS3ObjectException"
    PAGE = "InvalidPaginationTokenException"
    ACCESS = "AccessDeniedException"
    THROTTLED = "ThrottlingException"
    TOO_OFTEN = "ProvisionedThroughputExceededException"
    QUOTA = "ServiceQuotaExceededException"
    CONFLICT = "ConflictException"
    INTERNAL = "InternalServerError"
    SIGNATURE = "InvalidSignatureException"
    UNKNOWN_KEY = "UnrecognizedClientException"
    NO_TOKEN = "MissingAuthenticationTokenException"  # noqa: S105 - an error's name
    INCOMPLETE = "IncompleteSignatureException"
    UNKNOWN_OPERATION = "UnknownOperationException"
    SERIALIZATION = "SerializationException"


FAULTS: Final = frozenset({Kind.THROTTLED, Kind.INTERNAL})
"""Theirs, and so with the status 500; all others have 400."""
SERVER_ERROR: Final = 500
BAD_REQUEST: Final = 400
ASKED_AGAIN: Final = FAULTS | {Kind.TOO_OFTEN}
"""What clients ask again by themselves."""


class Refused(Exception):
    """A request that Rekognition would refuse."""

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


KINDS: Final[dict[type[errors.FoveateError], Kind]] = {
    errors.BadRequest: Kind.PARAMETER,
    errors.BodyTooSlow: Kind.PARAMETER,
    errors.NotEnrolled: Kind.NO_RESOURCE,
    errors.OtherModel: Kind.CONFLICT,
    errors.CollectionFull: Kind.QUOTA,
    errors.KeyNeeded: Kind.UNKNOWN_KEY,
    errors.ScopeNotAllowed: Kind.ACCESS,
    errors.RateExceeded: Kind.TOO_OFTEN,
    errors.SourceError: Kind.S3_OBJECT,
    errors.SourceTooLarge: Kind.TOO_LARGE,
    errors.OriginNotAllowed: Kind.S3_OBJECT,
    **dict.fromkeys(
        (errors.SourceUnreachable, errors.SourceTimeout, errors.SourceFailed), Kind.INTERNAL
    ),
    errors.ImageError: Kind.FORMAT,
    errors.TooManyPixels: Kind.TOO_LARGE,
    errors.AnimationTooLarge: Kind.TOO_LARGE,
    errors.MemoryBudgetSpent: Kind.TOO_LARGE,
    errors.Unavailable: Kind.THROTTLED,
    **dict.fromkeys(errors.MET_AGAIN, Kind.NOT_READY),
    errors.FoveateError: Kind.INTERNAL,
}
"""What each of our errors is called there. The nearest ancestor decides.

A bucket that is away says nothing of the object, so that is theirs, and asked again.

Clients ask again what has a status of 500, and what came too often, with the picture each time. So
what the next request would meet as well has none of these names: a network that is not here is not
ready, as there a model that is not deployed. It is no resource that is not found: programs make a
collection where they hear that.
"""


def refused(error: errors.FoveateError, *, slow: bool = False) -> Refused:
    """Return how Rekognition would say it; `slow` is a picture that took its time by itself."""
    if slow and isinstance(error, errors.TimedOut):
        return Refused(Kind.TOO_LARGE, error.public)
    kind = next(KINDS[base] for base in type(error).__mro__ if base in KINDS)
    return Refused(kind, error.public)


def status_of(kind: Kind) -> int:
    """Return the HTTP status of an error."""
    return SERVER_ERROR if kind in FAULTS else BAD_REQUEST

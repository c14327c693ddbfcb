"""What failures of a bucket are to us."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from foveate.errors import (
    BucketRefused,
    CredentialsMissing,
    SourceError,
    SourceFailed,
    SourceNotFound,
    SourceRefused,
    SourceTimeout,
    SourceUnreachable,
    SourceUnresolved,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NO_BUCKET: Final = "NoSuchBucket"
CODES: Final[Mapping[str, type[SourceError]]] = {
    **dict.fromkeys(("ExpiredToken", "InvalidToken", "TokenRefreshRequired"), BucketRefused),
    **dict.fromkeys(("RequestExpired", "RequestTimeTooSkewed"), BucketRefused),
    "RequestTimeout": SourceTimeout,
}
"""What S3 says with a 400, as of any request that it does not take, and is about us."""
FAILURES: Final[tuple[tuple[type[Exception], type[SourceError]], ...]] = (
    (FileNotFoundError, SourceNotFound),
    (PermissionDeniedError, BucketRefused),
    (UnauthenticatedError, BucketRefused),
    (TimeoutError, SourceTimeout),
)
CAUSES: Final[tuple[tuple[re.Pattern[str], type[SourceError]], ...]] = (
    (re.compile(r"kind: Timeout,"), SourceTimeout),
    (re.compile(r'^\s+"dns error",', re.MULTILINE), SourceUnresolved),
    (re.compile(r"^\s+status: (5\d\d|408|429),", re.MULTILINE), SourceFailed),
    (re.compile(r"^\s+status: 40[13],", re.MULTILINE), BucketRefused),
    (re.compile(r"^\s+status: 404,", re.MULTILINE), SourceNotFound),
    (re.compile(r"^\s+status: 4\d\d,", re.MULTILINE), SourceRefused),
)
"""obstore has one class for all other failures, and tells them apart in its text only."""
SAID: Final[Mapping[type[SourceError], str]] = {
    SourceNotFound: "there is no such object",
    SourceRefused: "the service refused it",
    BucketRefused: "the service refused it",
    SourceTimeout: "no answer in time",
    SourceUnresolved: "no address is known of the service",
    SourceFailed: "the service failed",
}
UNANSWERED: Final = (
    (re.compile(r"^\s+kind: Connect,", re.MULTILINE), "no connection to the service"),
    (re.compile(r"^\s+HttpError {", re.MULTILINE), "the service broke off"),
    (re.compile(""), "no answer that can be read"),
)
CODE: Final = re.compile(r"<Code>(\w{1,64})</Code>")
STATUS: Final = re.compile(r"^\s+status: ([45]\d\d),", re.MULTILINE)
METADATA: Final = re.compile(r"://(169\.254\.1(69\.254|70\.2|70\.23)|\[fd00:ec2::)")
"""Where machines of AWS are told their credentials: asked only where there are no others."""
CREDENTIALS: Final = (
    "FOVEATE_ORIGINS__S3_ACCESS_KEY_ID and FOVEATE_ORIGINS__S3_SECRET_ACCESS_KEY, "
    "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


@contextmanager
def as_source_errors(key: str) -> Iterator[None]:
    """Turn what obstore raises into what this package promises."""
    try:
        yield
    except (BaseError, OSError) as why:
        text = str(why)
        if METADATA.search(text):
            wanted = f"Expected credentials for {key}, got none"
            raise CredentialsMissing(f"{wanted}: set {CREDENTIALS}.") from why
        noun = _noun(why, text)
        raise noun(f"{key}: {_said(noun, text)}") from why


def _noun(why: Exception, text: str) -> type[SourceError]:
    code = CODE.search(text)
    if code and code[1] in CODES:
        return CODES[code[1]]
    noun = next((noun for kind, noun in FAILURES if isinstance(why, kind)), None)
    noun = noun or next((noun for cause, noun in CAUSES if cause.search(text)), None)
    return noun or SourceUnreachable


def _said(noun: type[SourceError], text: str) -> str:
    """Return what went wrong in words that are the same each time: clients add ids and pages.

    >>> _said(SourceRefused, "403: <Error><Code>AccessDenied</Code><RequestId>7f</RequestId>")
    'the service refused it (AccessDenied)'
    """
    told = CODE.search(text) or STATUS.search(text)
    said = SAID.get(noun) or next(said for cause, said in UNANSWERED if cause.search(text))
    if told and told[1] == NO_BUCKET:
        said = "there is no such bucket"
    return f"{said} ({told[1]})" if told else said

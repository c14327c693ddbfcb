"""What the status of an http origin, or the failure of its connection, is to us."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpcore

from foveate.errors import (
    SourceError,
    SourceFailed,
    SourceNotFound,
    SourceRefused,
    SourceTimeout,
    SourceUnreachable,
    Unavailable,
)
from foveate.http_dates import again_s
from foveate.storage.failures import is_shortage
from foveate.storage.headers import join_headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.storage.policy import OriginUrl

WHOLE: Final = frozenset({200, 203})
NOT_MODIFIED: Final = 304
GONE: Final = frozenset({404, 410})
BUSY: Final = frozenset({429, 503})
AGAIN_S: Final = 2.0
"""After how long a busy origin may be asked again that does not say so."""

FAILURES: Final[tuple[tuple[type[Exception], type[SourceError]], ...]] = (
    (httpcore.TimeoutException, SourceTimeout),
    (TimeoutError, SourceTimeout),
    (httpcore.NetworkError, SourceUnreachable),
    (httpcore.ProtocolError, SourceUnreachable),
    (OSError, SourceUnreachable),
)
"""The first row that fits says what a failure of the network is to us."""


def check_status(target: OriginUrl, response: httpcore.Response, *, conditional: bool) -> None:
    """Raise SourceNotFound, SourceRefused or SourceFailed for what is no picture.

    A 304 is one where it was asked for with validators.
    """
    status = response.status
    if status in WHOLE or (conditional and status == NOT_MODIFIED):
        return
    detail = f"{target}: expected 200, got {status}."
    if status in GONE:
        raise SourceNotFound(detail)
    refused = status // 100 == 4  # noqa: PLR2004 - the class of client errors
    why = (SourceRefused if refused else SourceFailed)(detail)
    if status in BUSY:
        said = again_s(join_headers(response.headers).get("retry-after", ""), time.time())
        why.again_s = AGAIN_S if said is None else said
    raise why


@contextmanager
def as_source_errors(url: str) -> Iterator[None]:
    """Turn what the network raises into what this package promises."""
    try:
        yield
    except tuple(kind for kind, _ in FAILURES) as why:
        if is_shortage(why):
            raise Unavailable(f"{url}: {why}") from why
        noun = next(noun for kind, noun in FAILURES if isinstance(why, kind))
        raise noun(f"{url}: {_reason(why, noun)}") from why


def _reason(why: Exception, noun: type[SourceError]) -> str:
    """Return what went wrong: the network often has a class for it, and no words."""
    if noun is SourceTimeout:
        return f"expected the whole answer in time, got {type(why).__name__}."
    return ": ".join(filter(None, (type(why).__name__, str(why))))

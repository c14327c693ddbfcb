"""What a service of the operator's own says of a thumbnail: whether it is to be flagged."""

from __future__ import annotations

import hashlib
import json
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import httpcore

from foveate import unambiguous
from foveate.deadline import current
from foveate.errors import StageAway
from foveate.storage.hurried import HurriedBackend, over_at
from foveate.values import Opinion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.settings import Moderation

OK: Final = 200
MAX_BYTES: Final = 64 * 1024
"""A longer answer is none."""
MAX_LABELS: Final = 64
MAX_LABEL: Final = 200
HEADERS: Final = (
    ("content-type", "image/jpeg"),
    ("accept", "application/json"),
    ("user-agent", "foveate"),
)
FAILURES: Final = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
)


class OpinionService:
    """Asks the service that `moderation.url` names; nothing is sent before it is called.

    The address is the operator's own, so it may be a private one. Redirects are not followed: the
    token is for that address alone.
    """

    def __init__(self, settings: Moderation) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """Return what names whoever is asked, without telling the address."""
        return f"opinion-{hashlib.sha256(self._settings.url.encode()).hexdigest()[:12]}"

    def __call__(self, jpeg: bytes) -> Opinion:
        """Return the opinion on a picture.

        Raises StageAway where there is none in time, and the reason where the request is over.
        """
        deadline = current()
        until = min(deadline.until, time.monotonic() + self._settings.timeout_s)
        try:
            return opinion_of(self._answer(jpeg, until))
        except (*FAILURES, ValueError) as why:
            deadline.check()
            raise StageAway(
                f"The service of FOVEATE_MODERATION__URL gave no opinion: {_in_words(why)}.",
                public="The service that moderates is away. Try again in a moment.",
            ) from why

    def _answer(self, jpeg: bytes, until: float) -> bytes:
        left = max(0.001, until - time.monotonic())
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), left)
        asked = self._pool.stream(
            "POST",
            self._settings.url,
            headers=self._headers,
            content=jpeg,
            extensions={"timeout": timeouts},
        )
        with over_at(until), asked as response:
            if response.status != OK:
                raise ValueError(f"expected status {OK}, got {response.status}")
            return _read(response, until)

    @cached_property
    def _pool(self) -> httpcore.ConnectionPool:
        # Made when first it is needed: reading all certificates takes a while. How many ask at once
        # is bounded by who works: with a bound of its own, whoever is beyond it would be told that
        # the service is away.
        return httpcore.ConnectionPool(
            max_connections=None,
            max_keepalive_connections=8,
            keepalive_expiry=30,
            network_backend=HurriedBackend(),
        )

    @property
    def _headers(self) -> Sequence[tuple[str, str]]:
        token = self._settings.token
        return (*HEADERS, ("authorization", f"Bearer {token}")) if token else HEADERS


def _read(response: httpcore.Response, until: float) -> bytes:
    """Return the body. Raises ValueError where it is too long, or trickles."""
    body = b""
    for piece in response.iter_stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise ValueError(f"expected at most {MAX_BYTES} bytes, got more")
        if time.monotonic() > until:
            raise ValueError("the answer took too long")
    return body


def _in_words(why: Exception) -> str:
    """Return what kept an opinion from coming, without the address that was asked."""
    if isinstance(why, httpcore.TimeoutException):
        return "it did not answer in time"
    if isinstance(why, (httpcore.NetworkError, OSError)):
        of_system = (each.strerror for each in (why, *why.args) if isinstance(each, OSError))
        reason = next(of_system, None) or str(why) or "the connection broke"
        return f"it cannot be reached ({reason})"
    return str(why) or type(why).__name__


def opinion_of(body: bytes) -> Opinion:
    """Return what the body of an answer says. Raises ValueError.

    >>> opinion_of(b'{"flagged": true, "labels": ["violence"]}')
    Opinion(flagged=True, labels=('violence',))
    """
    try:
        said: Any = unambiguous.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as why:
        raise ValueError("expected an answer in JSON, got another") from why
    flagged = said.get("flagged") if isinstance(said, dict) else None
    if not isinstance(flagged, bool):
        raise ValueError(  # noqa: TRY004
            'expected an answer like {"flagged": false, "labels": []}, got one without `flagged` '
            "as true or false"
        )
    labels = said.get("labels") or []
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ValueError("expected labels to be a list of words, got something else")
    return Opinion(flagged, tuple(label[:MAX_LABEL] for label in labels[:MAX_LABELS]))

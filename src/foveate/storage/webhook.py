"""Telling an address: of the operator's own, or one that somebody else named."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import httpcore

from foveate.storage.addresses import is_public
from foveate.storage.hurried import HurriedBackend, over_at

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S: Final = 10.0
HEADERS: Final = (("content-type", "application/json"), ("user-agent", "foveate"))
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
FAILURES: Final = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str] = NO_HEADERS,
    public: bool = False,
    timeout_s: float = TIMEOUT_S,
) -> None:
    """Send JSON, and return once that is taken. Raises OSError, and ValueError for another answer.

    The address may be a private one, unless it has to be `public`: then it is looked at once its
    name is resolved, and that very address is connected to. Redirects are not followed, and no
    answer is read.
    """
    backend = HurriedBackend(is_public if public else None)
    sent = [*HEADERS, *headers.items()]
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    try:
        with (
            over_at(time.monotonic() + timeout_s),
            httpcore.ConnectionPool(network_backend=backend) as pool,
            pool.stream(
                "POST", url, headers=sent, content=body, extensions={"timeout": timeouts}
            ) as response,
        ):
            if response.status // 100 != 2:  # noqa: PLR2004 - 2xx
                raise ValueError(f"expected an answer of 2xx, got {response.status}")
    except FAILURES as why:
        raise OSError(f"{type(why).__name__}: {why}") from why

"""Telling an address of the operator's own."""

from __future__ import annotations

import time
from typing import Final

import httpcore

from foveate.storage.hurried import HurriedBackend, over_at

TIMEOUT_S: Final = 10.0
HEADERS: Final = (("content-type", "application/json"), ("user-agent", "foveate"))
FAILURES: Final = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def post(url: str, body: bytes, *, timeout_s: float = TIMEOUT_S) -> None:
    """Send JSON, and return once that is taken. Raises OSError, and ValueError for another answer.

    The address may be a private one. Redirects are not followed, and no answer is read.
    """
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    try:
        with (
            over_at(time.monotonic() + timeout_s),
            httpcore.ConnectionPool(network_backend=HurriedBackend()) as pool,
            pool.stream(
                "POST", url, headers=HEADERS, content=body, extensions={"timeout": timeouts}
            ) as response,
        ):
            if response.status // 100 != 2:  # noqa: PLR2004 - 2xx
                raise ValueError(f"expected an answer of 2xx, got {response.status}")
    except FAILURES as why:
        raise OSError(f"{type(why).__name__}: {why}") from why

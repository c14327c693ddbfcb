"""The name of one request: in each line that is logged for it, and in its answer."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from itertools import count
from typing import Final

HEADER: Final = b"x-request-id"
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being worked on here; workers run in a copy of this context."""
SANE: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}")

_PROCESS: Final = secrets.token_hex(4).encode()
_numbers: Final = count(1)


def request_id(given: bytes | None) -> bytes:
    """Return the id that a client or a proxy gave, if it is one, or a new one.

    A number behind what is random once in a process: cached pictures are too quick for more.
    """
    if given is not None and SANE.fullmatch(given):
        return given
    return b"%b-%x" % (_PROCESS, next(_numbers))

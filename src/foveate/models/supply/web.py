"""Files from the web, continued where a connection broke, in this run or in the next one."""

from __future__ import annotations

import time
import urllib.request
from http import HTTPStatus
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError

from foveate.http_dates import again_s

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOCKET_TIMEOUT_S: Final = 30
WAITS_S: Final = (0.5, 1.0, 2.0, 4.0)
"""How long to wait before it is tried again, and once more after the last of them."""
MOST_WAIT_S: Final = 60.0
"""Whoever wants to be left alone for longer is left alone."""
BUSY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""What a server says that may say yes in a moment, as all from 500 on."""
CHUNK: Final = 1024 * 1024


def fetch_into(
    partial: Path,
    url: str,
    tell: Callable[[int], None],
    size: int = 0,
    *,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Fill a file with what is at an http(s) address, from where it ends.

    `tell` hears how many bytes are there. Raises OSError, HTTPException or ValueError when there
    is no more to be had for now; what came stays, to be continued. More than `size` bytes, where
    that is not 0, are another file, of which nothing stays.
    """
    for usual_s in (*WAITS_S, None):
        try:
            _go_on(partial, url, tell, size)
        except (OSError, HTTPException) as why:
            wait_s = None if usual_s is None else _wait_s(why, usual_s)
            if wait_s is None:
                raise
            wait(wait_s)
        else:
            return


def _wait_s(why: Exception, usual_s: float) -> float | None:
    """Return how long to wait before asking again; None where the server said no."""
    if not isinstance(why, HTTPError):
        return usual_s
    if why.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return 0.0  # the whole file is asked for next, which is another question
    if why.code not in BUSY and why.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    wait_s = max(usual_s, again_s(why.headers.get("Retry-After", ""), time.time()) or 0.0)
    return wait_s if wait_s <= MOST_WAIT_S else None


def _go_on(partial: Path, url: str, tell: Callable[[int], None], size: int) -> None:
    here = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={here}-"} if here else {})  # noqa: S310 - http(s) alone comes here
    try:
        answer = urllib.request.urlopen(request, timeout=SOCKET_TIMEOUT_S)  # noqa: S310
    except HTTPError as why:
        if why.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            partial.unlink(missing_ok=True)  # of another file, or whole and never looked at
        raise
    # A cache in between may answer from another place than it was asked for.
    given = answer.headers.get("Content-Range", "")
    goes_on = answer.status == HTTPStatus.PARTIAL_CONTENT and given.startswith(f"bytes {here}-")
    with answer, partial.open("ab" if goes_on else "wb") as out:
        while chunk := answer.read(CHUNK):
            if size and out.tell() + len(chunk) > size:
                partial.unlink()
                raise ValueError(f"expected {size} bytes, got more")
            out.write(chunk)
            tell(out.tell())
        # Python takes an end that comes too early for the end.
        if answer.length:
            raise IncompleteRead(b"", answer.length)

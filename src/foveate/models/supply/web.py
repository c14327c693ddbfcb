"""Files from the web, continued where a connection broke, in this run or in the next one."""

from __future__ import annotations

import urllib.request
from http import HTTPStatus
from http.client import HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOCKET_TIMEOUT_S: Final = 30
TRIES: Final = 5
CHUNK: Final = 1024 * 1024


def fetch_into(partial: Path, url: str, tell: Callable[[int], None], size: int = 0) -> None:
    """Fill a file with what is at an http(s) address, from where it ends.

    `tell` hears how many bytes are there. Raises OSError, HTTPException or ValueError when there
    is no more to be had for now; what came stays, to be continued. More than `size` bytes, where
    that is not 0, are another file, of which nothing stays.
    """
    for left in reversed(range(TRIES)):
        try:
            _go_on(partial, url, tell, size)
        except (OSError, HTTPException) as why:
            if not left or not _may_pass(why):
                raise
        else:
            return


def _may_pass(why: Exception) -> bool:
    """Return whether asking again may help: not where the server said no."""
    beyond = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    return not isinstance(why, HTTPError) or why.code == beyond


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

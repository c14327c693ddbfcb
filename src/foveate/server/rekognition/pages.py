"""Lists by pages: a token says after which row the next one begins.

It names the row and no number of rows: whoever deletes what a page told misses none of the next.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from math import isfinite
from typing import Any, Final

from foveate.server.rekognition.problems import Kind, Refused

MOST_CHARACTERS: Final = 1024


def token(what: str, *last: float | str) -> str:
    """Return what says that a list goes on after that row, named by what it is sorted by.

    >>> after("faces of team", token("faces of team", 1.5, "6b13"), float, str)
    (1.5, '6b13')
    """
    return urlsafe_b64encode(json.dumps([what, *last]).encode()).decode()


def after(what: str, said: object, *kinds: type) -> tuple[Any, ...] | None:
    """Return after which row a list begins, in values of these kinds; None is at its begin.

    Raises Refused for a token that is not of that list.
    """
    if said is None or said == "":
        return None
    match _read(said):
        case [str(of), *last] if of == what and [type(each) for each in last] == list(kinds):
            if all(isfinite(each) for each in last if isinstance(each, float)):
                return tuple(last)
    raise Refused(Kind.PAGE, "NextToken: expected the one of the page before.")


def _read(said: object) -> object:
    if not isinstance(said, str) or len(said) > MOST_CHARACTERS:
        return None
    try:
        return json.loads(urlsafe_b64decode(said))
    except (binascii.Error, ValueError, RecursionError):
        return None

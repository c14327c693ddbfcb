"""Lists by pages: a token says where the next one begins."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from foveate.server.rekognition.problems import Kind, Refused

MOST_CHARACTERS: Final = 1024
FURTHEST: Final = 10**12
"""No list is as long; beyond it the database counts no further."""


def token(what: str, offset: int) -> str:
    """Return what says that a list goes on at that row.

    >>> start("faces of team", token("faces of team", 20))
    20
    """
    return urlsafe_b64encode(json.dumps([what, offset]).encode()).decode()


def start(what: str, said: object) -> int:
    """Return where a list begins. Raises Refused for a token that is not of that list."""
    if said is None or said == "":
        return 0
    match _read(said):
        case [str(of), int(offset)] if of == what and 0 < offset < FURTHEST:
            return offset
    raise Refused(Kind.PAGE, "NextToken: expected the one of the page before.")


def _read(said: object) -> object:
    if not isinstance(said, str) or len(said) > MOST_CHARACTERS:
        return None
    try:
        return json.loads(urlsafe_b64decode(said))
    except (binascii.Error, ValueError, RecursionError):
        return None

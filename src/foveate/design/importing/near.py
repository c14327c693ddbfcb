"""Where pictures of a stranger's file may be: at an address, or beside the design."""

from __future__ import annotations

import re
from typing import Final

MOST_LETTERS: Final = 2048
"""Of an address."""
_ADDRESS: Final = re.compile(r"https?://\S", re.I)
_ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\~]|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.I)


def is_near(source: str) -> bool:
    """Return whether a source leads to the web or below the design, not about this machine.

    >>> is_near("https://example.com/a.png"), is_near("photos/a.png"), is_near("a..png")
    (True, True, True)
    >>> any(is_near(each) for each in ("/etc/shadow", "a/../../b.png", "file:///a", "~/a", ""))
    False
    """
    if not source or len(source) > MOST_LETTERS:
        return False
    return bool(_ADDRESS.match(source)) or not _ELSEWHERE.match(source)

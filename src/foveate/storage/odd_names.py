"""Names of objects that our client of buckets can neither list nor read: `a//b.jpg`, `a/./b`."""

from __future__ import annotations

import re
from typing import Final

from obstore.exceptions import InvalidPathError

NAMED: Final = re.compile(r'[Pp]ath "((?:[^"\\]|\\.)*)"')
"""Where the client says which name it means, in quotes of Rust."""
ESCAPED: Final = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
DOTS: Final = frozenset({"", ".", ".."})


def odd_start(why: BaseException | None, prefix: str) -> str | None:
    """Return what a name begins with that failed a listing, below a prefix; None for other errors.

    It ends with what is wrong in it.
    """
    named = NAMED.search(str(why)) if isinstance(why, InvalidPathError) else None
    if named is None:
        return None
    name = ESCAPED.sub(_unescaped, named[1])
    return start_of(name.removeprefix(f"{prefix}/") if prefix else name)


def start_of(name: str) -> str:
    r"""Return a name to the end of the first thing that is wrong in it.

    >>> start_of("a//b.jpg"), start_of("a/./b.jpg"), start_of("a/b\nc.jpg")
    ('a//', 'a/./', 'a/b\n')
    """
    before = 0
    for part in name.split("/"):
        if control := CONTROL.search(part):
            return name[: before + control.end()]
        if part in DOTS:
            return f"{name[: before + len(part)]}/"
        before += len(part) + 1
    return name


def beyond(start: str) -> str:
    r"""Return a name that can be said, behind all those that begin so.

    >>> beyond("a//"), beyond("a/./"), beyond("a/b\n"), beyond("b\x7f")
    ('a/0', 'a/.0', 'a/b ', 'b\x80')
    """
    last = start[-1]
    return start[:-1] + ("0" if last == "/" else " " if last < " " else chr(ord(last) + 1))


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else SHORT.get(found[2], found[2])

"""What cache headers say, as names and values. Pure: what it means is in `headers`."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Directives: TypeAlias = dict[str, list[str]]
"""The values of each directive by its lower-case name, as often as it was given; "" is none."""

NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
LENIENT: Final = re.compile(rf'({NAME})(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?')

# RFC 9651 3: the values that a structured field may have.
KEY: Final = r"[a-z*][a-z0-9_.*-]*"
ITEM: Final = (
    r"(?:@?-?\d{1,15}(?!\d|\.)|-?\d{1,12}\.\d{1,3}|"
    r'%?"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"|'
    r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*|:[A-Za-z0-9+/=]*:|\?[01])"
)
PARAMETERS: Final = rf"(?:; *{KEY}(?:={ITEM})?)*"
INNER_LIST: Final = rf"\( *(?:{ITEM}{PARAMETERS} *(?:(?<= )|(?=\))))*\)"
MEMBER: Final = rf"({KEY})(?:=({INNER_LIST}|{ITEM}))?{PARAMETERS}"
ONE: Final = re.compile(rf"{MEMBER}[ \t]*(,[ \t]*|$)")


def directives(text: str) -> Directives:
    """Return what `Cache-Control` says, read as leniently as caches do (RFC 9111 5.2)."""
    said: Directives = {}
    for name, quoted, bare in LENIENT.findall(text):
        said.setdefault(name.lower(), []).append(quoted or bare)
    return said


def structured(text: str) -> Directives | None:
    """Return what a targeted field says, or None when it is empty or no dictionary.

    It is read as RFC 9651 4.2.2 has it. Such a field counts as not sent (RFC 9213 2.1). The last of
    a repeated name holds, one that is false is not there, and parameters mean nothing.
    """
    said: Directives = {}
    text, at, more = text.strip(" "), 0, True
    while more:
        member = ONE.match(text, at)
        if member is None:
            return None
        said[member[1]] = [member[2] or ""]
        at, more = member.end(), bool(member[3])
    return {name: values for name, values in said.items() if values != ["?0"]}

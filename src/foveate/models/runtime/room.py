"""Which networks make room for another one: the longest idle first, and no more than it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Held(NamedTuple):
    """What a loaded network holds, and for how long nobody asked for it."""

    name: str
    bytes: int
    idle_s: float
    """0 while it runs."""


def to_drop(held: Iterable[Held], need: int, most: int) -> tuple[str, ...]:
    """Return the names of those to let go, so that `need` more bytes come to `most` in all.

    Those that run stay, so there may be no room in the end.

    >>> to_drop([Held("a", 60, 5.0), Held("b", 30, 9.0), Held("c", 10, 0.0)], need=20, most=100)
    ('b',)
    """
    longest_first = sorted(held, key=lambda each: each.idle_s, reverse=True)
    over = sum(each.bytes for each in longest_first) + need - most
    dropped = []
    for each in longest_first:
        if over <= 0 or not each.idle_s:
            break
        dropped.append(each.name)
        over -= each.bytes
    return tuple(dropped)

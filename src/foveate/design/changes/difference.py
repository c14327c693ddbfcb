"""The difference of two scenes, by the ids of their elements."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from foveate.design.changes.flat import Flat, flat
from foveate.design.changes.model import (
    ROOT,
    RUNS,
    Added,
    Change,
    Changed,
    ChangeSet,
    Moved,
    Removed,
)
from foveate.design.nodes.node import Node
from foveate.design.nodes.writing import write
from foveate.design.xml.writing import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.scene.model import Scene


def difference(before: Scene, after: Scene) -> ChangeSet:
    """Return what makes one scene the other: what goes, comes, is moved, and is changed."""
    old, new = flat(write(before)), flat(write(after))
    kept = _kept(old, new)
    changes = (
        *(Removed(_part(old, name, kept), old.place(name)) for name in _tops(old, kept)),
        *(Added(_part(new, name, kept), new.place(name)) for name in _tops(new, kept)),
        *_moved(old, new, kept),
        *_changed(old, new, kept),
    )
    return ChangeSet(of=digest(before), to=digest(after), changes=changes)


def _kept(old: Flat, new: Flat) -> frozenset[str]:
    """Return what is in both: of one id, and still the same kind of element."""
    return frozenset(
        name
        for name, element in old.elements.items()
        if name in new.elements and new.elements[name].tag == element.tag
    )


def _tops(held: Flat, kept: frozenset[str]) -> Iterator[str]:
    """Yield what is in one alone, as long as it does not stand in another such element."""
    for name in held.elements:
        if name not in kept and held.parents[name] in kept:
            yield name


def _part(held: Flat, name: str, kept: frozenset[str]) -> Node:
    """Return an element that is in one alone, with what of its inside is so, too."""
    element = held.elements[name]
    inside = (_part(held, each, kept) for each in held.children[name] if each not in kept)
    return Node(element.tag, element.said, element.runs or tuple(inside))


def _moved(old: Flat, new: Flat, kept: frozenset[str]) -> Iterator[Change]:
    for parent, children in new.children.items():
        stay = _staying(old, parent, children, kept) if parent in kept else frozenset()
        for name in children:
            if name in kept and name not in stay:
                yield Moved(new.elements[name].tag, name, old.place(name), new.place(name))


def _staying(
    old: Flat, parent: str, children: Sequence[str], kept: frozenset[str]
) -> frozenset[str]:
    """Return the most children of a parent that need not be moved for the others to stand right."""
    was = {name: place for place, name in enumerate(old.children[parent])}
    stood = [name for name in children if name in kept and name in was]
    return frozenset(stood[place] for place in longest_rise([was[name] for name in stood]))


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """Return the places of the most numbers that rise from one to the next.

    >>> longest_rise([4, 0, 1, 5, 2])
    [1, 2, 4]
    """
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(places[length - 1] if length else -1)
        ends[length:] = [number, *ends[length + 1 :]]
        places[length:] = [place, *places[length + 1 :]]
    rise = [places[-1]] if places else []
    while rise and before[rise[-1]] >= 0:
        rise.append(before[rise[-1]])
    return rise[::-1]


def _changed(old: Flat, new: Flat, kept: frozenset[str]) -> Iterator[Change]:
    for name in new.elements:
        if name in kept or name == ROOT:
            yield from _attributes(old, new, name)


def _attributes(old: Flat, new: Flat, name: str) -> Iterator[Change]:
    was, now = old.elements[name], new.elements[name]
    for attribute in dict.fromkeys([*was.said, *now.said]):
        before, after = was.said.get(attribute), now.said.get(attribute)
        if before != after:
            yield Changed(now.tag, name, attribute, before, after)
    if was.runs != now.runs:
        yield Changed(now.tag, name, RUNS, was.runs, now.runs)

"""Why changes cannot be made to a design: what they say was there is not there."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from foveate.design.changes.model import ROOT, RUNS, Added, Changed, Moved, Removed
from foveate.design.scene.elements import BY_NAME, Inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.changes.flat import Flat
    from foveate.design.changes.model import Change
    from foveate.design.nodes.node import Node

_FIXED: Final = frozenset({"id", "version"})
"""Attributes by which a design is known, and that are never changed."""


def nodes_of(change: Added | Removed) -> Iterator[Node]:
    """Yield an element that comes or goes, and those inside that come or go with it."""
    waiting = [change.node]
    while waiting:
        node = waiting.pop()
        yield node
        if BY_NAME[node.tag].inside is not Inside.RUNS:
            waiting.extend(node.nodes)


def ids_of(change: Change) -> frozenset[str]:
    """Return the ids of all that a change is about."""
    if isinstance(change, Added | Removed):
        return frozenset(node.id for node in nodes_of(change))
    return frozenset({change.id})


def misfits(held: Flat, changes: Sequence[Change]) -> list[str]:
    """Return why changes cannot be made, a sentence each."""
    return [
        *_twice(changes),
        *_new(held, changes),
        *_old(held, changes),
        *_others(held, changes),
        *_homeless(held, changes),
    ]


def _twice(changes: Sequence[Change]) -> Iterator[str]:
    gone, come = Counter[str](), Counter[str]()
    said = Counter((each.id, each.name) for each in changes if isinstance(each, Changed))
    for change in changes:
        if isinstance(change, Removed | Moved):
            gone.update(ids_of(change))
        if isinstance(change, Added | Moved):
            come.update(ids_of(change))
    for name, times in (gone | come).items():
        if times > 1:
            yield f"{name}: expected one place, got {times}."
    for (name, attribute), times in said.items():
        if times > 1:
            yield f"{name}: expected one {attribute}, got {times}."


def _new(held: Flat, changes: Sequence[Change]) -> Iterator[str]:
    removed = _ids(changes, Removed)
    for name in sorted(_ids(changes, Added)):
        if name == ROOT:
            yield "Expected an id of all that is added, got none."
        elif name in held.elements and name not in removed:
            yield f"{name}: expected a new id, got one that is taken."


def _ids(changes: Sequence[Change], kind: type[Added | Removed]) -> frozenset[str]:
    return frozenset(
        name for change in changes if isinstance(change, kind) for name in ids_of(change)
    )


def _old(held: Flat, changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if isinstance(change, Added):
            continue
        if missing := sorted(ids_of(change) - held.elements.keys()):
            yield f"{missing[0]}: expected an element of that id, got none."
        elif change.id == ROOT and not isinstance(change, Changed):
            yield "Expected an element that is moved or removed, got the design."
        elif not isinstance(change, Changed):
            yield from _as_it_was(held, change)
        elif change.name in _FIXED or (change.name == RUNS) != isinstance(change.was, tuple):
            yield f"{change.id}: expected an attribute that changes, got {change.name}."
        elif _value(held, change) != change.was:
            yield f"{change.id}: expected {change.name} as it was, got one that was changed."


def _others(held: Flat, changes: Sequence[Change]) -> Iterator[str]:
    """Yield what is said of an element that is of another type."""
    for change in changes:
        there = held.elements.get(change.id) if isinstance(change, Changed | Moved) else None
        if there is not None and isinstance(change, Changed | Moved) and there.tag != change.tag:
            yield f"{change.id}: expected changes of {there.tag}, got some of {change.tag}."


def _value(held: Flat, change: Changed) -> object:
    element = held.elements[change.id]
    return element.runs if change.name == RUNS else element.said.get(change.name)


def _as_it_was(held: Flat, change: Removed | Moved) -> Iterator[str]:
    if held.parents[change.id] != change.was.parent:
        yield f"{change.id}: expected it in {change.was.parent}, got it elsewhere."
    for node in nodes_of(change) if isinstance(change, Removed) else ():
        element = held.elements[node.id]
        holds = BY_NAME[node.tag].inside is Inside.RUNS
        if (element.tag, element.said) != (node.tag, node.said) or (
            holds and element.runs != node.inside
        ):
            yield f"{node.id}: expected it as it was, got one that was changed."


def _homeless(held: Flat, changes: Sequence[Change]) -> Iterator[str]:
    there = (held.elements.keys() - _ids(changes, Removed)) | _ids(changes, Added)
    for change in changes:
        if isinstance(change, Added | Moved) and change.to.parent not in there:
            yield f"{change.id}: expected its parent {change.to.parent}, got none of that id."

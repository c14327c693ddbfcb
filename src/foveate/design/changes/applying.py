"""Changes made to a scene: all of them or none, and only where what was there is there."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from foveate.design.changes.flat import Flat, flat
from foveate.design.changes.misfits import ids_of, misfits
from foveate.design.changes.model import ROOT, RUNS, Added, Changed, ChangeSet, Moved, Removed
from foveate.design.nodes.reading import read
from foveate.design.nodes.writing import write
from foveate.design.scene.elements import holds
from foveate.design.xml.writing import digest
from foveate.errors import DesignConflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.changes.model import Change
    from foveate.design.scene.model import Scene


def apply(scene: Scene, changes: ChangeSet) -> Scene:
    """Return the scene with all changes made.

    Raises DesignConflict for changes of another version, BadDesign for those that make none.
    """
    if changes.of and changes.of != digest(scene):
        raise DesignConflict(
            f"Expected changes of version {digest(scene):.12}, got some of {changes.of:.12}."
        )
    made = made_with(scene, changes.changes)
    if changes.to and changes.to != digest(made):
        raise DesignConflict(
            f"Expected changes that make version {changes.to:.12}, got {digest(made):.12} by them."
        )
    return made


def made_with(scene: Scene, changes: Sequence[Change]) -> Scene:
    """Return the scene with changes made, of whichever version. Raises as `apply` does."""
    held = flat(write(scene))
    if conflicts := tuple(misfits(held, changes)):
        raise DesignConflict(conflicts=conflicts)
    _make(held, changes)
    return read(held.node(ROOT))


def _make(held: Flat, changes: Sequence[Change]) -> None:
    """Make changes: what goes or moves is lifted out, then all that comes is put in."""
    removed = [change for change in changes if isinstance(change, Removed)]
    for lifted in changes:
        if isinstance(lifted, Moved | Removed):
            held.children[held.parents[lifted.id]].remove(lifted.id)
    for gone in removed:
        _drop(held, gone)
    coming = [change for change in changes if isinstance(change, Added | Moved)]
    for change in coming:
        if isinstance(change, Added):
            held.hold(change.node, change.id, change.to.parent)
    _put(held, coming)
    for said in changes:
        if isinstance(said, Changed):
            _set(held, said)
    _check_whole(held)


def _drop(held: Flat, change: Removed) -> None:
    gone = ids_of(change)
    inside = set(held.within(change.id))
    if left := sorted(inside - gone):
        raise DesignConflict(f"{change.id}: expected to remove all inside, got {left[0]} there.")
    for name in inside:
        del held.elements[name], held.parents[name], held.children[name]


def _put(held: Flat, coming: Sequence[Added | Moved]) -> None:
    """Put elements in, each after the one that it names, which may have to come first."""
    waiting = {change.id: change for change in coming}
    behind: dict[str, list[Added | Moved]] = {}
    for change in coming:
        behind.setdefault(change.to.after, []).append(change)
    ready = deque(change for change in coming if change.to.after not in waiting)
    while waiting:
        # Changes of several hands may name each other in a ring: the first one goes first.
        change = ready.popleft() if ready else next(iter(waiting.values()))
        if waiting.pop(change.id, None):
            _put_one(held, change)
            ready.extend(behind.get(change.id, ()))


def _put_one(held: Flat, change: Added | Moved) -> None:
    to, siblings = change.to, held.children[change.to.parent]
    first = min(to.index, len(siblings)) if to.after else 0
    at = siblings.index(to.after) + 1 if to.after in siblings else first
    siblings.insert(at, change.id)
    held.parents[change.id] = to.parent


def _set(held: Flat, change: Changed) -> None:
    element = held.elements[change.id]
    if isinstance(change.to, tuple):
        element.runs = change.to
    elif change.name == RUNS:
        element.runs = ()
    elif change.to is None:
        element.said.pop(change.name, None)
    else:
        element.said[change.name] = change.to


def _check_whole(held: Flat) -> None:
    """Raise DesignConflict for elements that stand in each other, or in what holds none."""
    tags = {name: element.tag for name, element in held.elements.items()}
    for name, children in held.children.items():
        for each in children:
            if not holds(tags[name], tags[each]):
                raise DesignConflict(f"Expected what holds {tags[each]} {each}, got {name}.")
    seen, waiting = {ROOT}, [ROOT]
    while waiting:
        inside = held.children[waiting.pop()]
        seen.update(inside)
        waiting.extend(inside)
    if lost := sorted(set(held.elements) - seen):
        raise DesignConflict(f"Expected elements in a page, got {lost[0]} inside of itself.")

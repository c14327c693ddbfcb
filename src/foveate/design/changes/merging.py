"""Two change sets of one version joined: all of ours, and of theirs what does not contradict it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from foveate.design.changes.applying import apply, made_with
from foveate.design.changes.difference import difference
from foveate.design.changes.flat import Flat, flat
from foveate.design.changes.misfits import ids_of, nodes_of
from foveate.design.changes.model import Added, Change, Changed, ChangeSet, Moved, Removed
from foveate.design.changes.sentences import sentence
from foveate.design.nodes.writing import write
from foveate.design.scene.elements import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.design.nodes.node import Node
    from foveate.design.scene.model import Scene


Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change of theirs that was left out, and why."""

    change: Change
    why: str

    def __str__(self) -> str:
        return f"{sentence(self.change)[:-1]}: {self.why}."


@dataclass(frozen=True, slots=True)
class Merged:
    """What two change sets make together."""

    scene: Scene
    changes: ChangeSet
    """From the version of which both were."""
    conflicts: tuple[Conflict, ...]


def merge(base: Scene, ours: ChangeSet, theirs: ChangeSet) -> Merged:
    """Return what both make of a version; where they contradict each other, ours counts.

    Raises DesignConflict where either is of another version.
    """
    mine = apply(base, ours)
    apply(base, theirs)
    kept, conflicts = _Merge(flat(write(mine)), ours.changes).kept(theirs.changes)
    scene = made_with(mine, kept)
    return Merged(scene, difference(base, scene), conflicts)


class _Merge:
    """What of theirs can be made on top of ours."""

    def __init__(self, mine: Flat, ours: Sequence[Change]) -> None:
        self._mine = mine
        self._removed = {name for each in _of(ours, Removed) for name in ids_of(each)}
        self._added = {each.id: each for each in _of(ours, Added)}
        self._new = {name for each in _of(ours, Added) for name in ids_of(each)}
        self._moved = {each.id: each for each in _of(ours, Moved)}
        self._changed = {(each.id, each.name): each for each in _of(ours, Changed)}
        self._conflicts: list[Conflict] = []

    def kept(self, theirs: Sequence[Change]) -> tuple[tuple[Change, ...], tuple[Conflict, ...]]:
        """Return what of theirs is to be made, and what is not."""
        kept = [left for each in theirs for left in self._beside_ours(each)]
        before = -1
        while before != len(kept):
            before = len(kept)
            for filtered in (
                self._without_left_inside,
                self._without_homeless,
                self._without_rings,
            ):
                kept = filtered(kept)
        return tuple(kept), tuple(self._conflicts)

    def _beside_ours(self, change: Change) -> Iterator[Change]:
        """Yield what is left of a change beside ours; nothing where both say the same."""
        if isinstance(change, Removed):
            yield from self._removal(change)
        elif isinstance(change, Added):
            yield from self._addition(change)
        elif change.id in self._removed:
            self._refuse(change, f"{change.id} was removed")
        elif isinstance(change, Moved):
            yield from self._move(change)
        else:
            yield from self._value(change)

    def _value(self, change: Changed) -> Iterator[Change]:
        mine = self._changed.get((change.id, change.name))
        if mine is None:
            yield change
        elif mine.to != change.to:
            self._refuse(change, f"{change.name} was changed to something else")

    def _move(self, change: Moved) -> Iterator[Change]:
        mine = self._moved.get(change.id)
        if mine is None:
            yield change
        elif (mine.to.parent, mine.to.after) != (change.to.parent, change.to.after):
            self._refuse(change, f"{change.id} was moved elsewhere")

    def _addition(self, change: Added) -> Iterator[Change]:
        mine = self._added.get(change.id)
        if not ids_of(change) & self._new:
            yield change
        elif mine is None or mine.node != change.node or mine.to.parent != change.to.parent:
            self._refuse(change, f"{min(ids_of(change) & self._new)} was added as something else")

    def _removal(self, change: Removed) -> Iterator[Change]:
        touched = sorted({name for name, _ in self._changed} & ids_of(change))
        touched += sorted(self._moved.keys() & ids_of(change))
        left = _without(change.node, self._removed)
        if touched:
            self._refuse(change, f"{touched[0]} was changed")
        elif len(left) == 1 and left[0].id == change.id:
            yield replace(change, node=left[0])
        else:
            # Ours took the outer one away, and moved what is left of its inside elsewhere.
            for node in left:
                yield Removed(node, self._mine.place(node.id))

    def _without_left_inside(self, kept: Sequence[Change]) -> list[Change]:
        """Leave out removals of what would still hold something."""
        out = {each.id for each in _of(kept, Moved)}
        gone = {name for each in _of(kept, Removed) for name in ids_of(each)}

        def why(change: Change) -> str:
            left = self._left(change.id, gone, out) if isinstance(change, Removed) else None
            return f"{left} is inside now" if left else ""

        return self._filtered(kept, why)

    def _left(self, name: str, gone: set[str], out: set[str]) -> str | None:
        for each in self._mine.children[name]:
            if each in out:
                continue
            if each not in gone:
                return each
            if left := self._left(each, gone, out):
                return left
        return None

    def _without_homeless(self, kept: Sequence[Change]) -> list[Change]:
        """Leave out what would come into a parent that is not there, or by an id that is taken."""
        gone = {name for each in _of(kept, Removed) for name in ids_of(each)}
        stay = {name: each.tag for name, each in self._mine.elements.items() if name not in gone}
        come = {node.id: node.tag for each in _of(kept, Added) for node in nodes_of(each)}

        def why(change: Change) -> str:
            if not isinstance(change, Added | Moved):
                return ""
            tag = change.node.tag if isinstance(change, Added) else change.tag
            if not holds((stay | come).get(change.to.parent, ""), tag):
                return f"{change.to.parent} is not there"
            taken = ids_of(change) & stay.keys() if isinstance(change, Added) else ()
            return f"{min(taken)} is there already" if taken else ""

        return self._filtered(kept, why)

    def _without_rings(self, kept: Sequence[Change]) -> list[Change]:
        """Leave out a move into what ours moved into the same."""
        parents = dict(self._mine.parents)
        for change in kept:
            if isinstance(change, Added):
                come = Flat()
                come.hold(change.node, change.id, None)
                parents |= come.parents
            if isinstance(change, Added | Moved):
                parents[change.id] = change.to.parent
        ringed = next((each for each in _of(kept, Moved) if _in_itself(each.id, parents)), None)
        return self._filtered(
            kept,
            lambda change: f"{change.id} would be inside of itself" if change is ringed else "",
        )

    def _filtered(self, kept: Sequence[Change], why: Callable[[Change], str]) -> list[Change]:
        reasons = [(change, why(change)) for change in kept]
        for change, reason in reasons:
            if reason:
                self._refuse(change, reason)
        return [change for change, reason in reasons if not reason]

    def _refuse(self, change: Change, why: str) -> None:
        self._conflicts.append(Conflict(change, why))


def _of(changes: Sequence[Change], kind: type[Kind]) -> list[Kind]:
    return [change for change in changes if isinstance(change, kind)]


def _without(node: Node, gone: set[str]) -> list[Node]:
    """Return an element without those that are gone; of one that is gone, what is left of it."""
    if node.tag == "text":
        return [] if node.id in gone else [node]
    left = [kept for each in node.nodes for kept in _without(each, gone)]
    return left if node.id in gone else [replace(node, inside=tuple(left))]


def _in_itself(name: str, parents: dict[str, str]) -> bool:
    above, seen = parents.get(name), {name}
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above is not None

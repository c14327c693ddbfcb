"""Locked blocks: nothing of them changes, nor how what they stand in lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.design.changes.applying import made_with
from foveate.design.changes.difference import difference
from foveate.design.changes.model import Added, Changed, Moved, Removed
from foveate.design.checks.model import Found
from foveate.design.tree import spots
from foveate.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.design.changes.model import Change
    from foveate.design.checks.model import Case
    from foveate.design.scene.model import Scene

LOCK: Final = "locked"
CARRIED: Final = frozenset({"x", "y", "width", "height", "rotation", "opacity", "hidden", "blend"})
"""Attributes of a group by which what is in it changes as well."""


def check(case: Case) -> Iterator[Found]:
    """Return locked blocks that are touched."""
    locked, around = _locked(case.before)
    touched: dict[str, None] = {}
    for change in difference(case.before, case.after).changes:
        if _touches(change, locked, around):
            touched[change.id] = None
    for name in touched:
        yield Found(name, f"{name} is locked, or holds what is: it stays as it is.")


def repair(case: Case, found: tuple[Found, ...]) -> Scene:
    """Return the design with all changes but those of locked blocks."""
    del found
    locked, around = _locked(case.before)
    changes = difference(case.before, case.after).changes
    kept = [change for change in changes if not _touches(change, locked, around)]
    try:
        return made_with(case.before, kept)
    except BadRequest:
        # Others stand where locked ones did, or in what has to go.
        return case.after


def _locked(scene: Scene) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of what is locked, and of the groups around it."""
    locked = {name: spot for name, spot in spots(scene).items() if spot.locked}
    around = {group.id for spot in locked.values() for group in spot.groups}
    return frozenset(locked), frozenset(around - locked.keys())


def _touches(change: Change, locked: frozenset[str], around: frozenset[str]) -> bool:
    if isinstance(change, Changed):
        if change.id in locked:
            return change.name != LOCK
        return change.id in around and change.name in CARRIED
    if isinstance(change, Added):
        return change.to.parent in locked
    if isinstance(change, Moved):
        if change.was.parent == change.to.parent:
            return change.was.parent in locked
        return (
            bool({change.id, change.was.parent, change.to.parent} & locked) or change.id in around
        )
    assert isinstance(change, Removed)  # noqa: S101 - what is left
    return bool({node.id for node in change.node.walk()} & locked)

"""Change sets: what is different between two versions of a design, by the ids of its elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from foveate.design.nodes.node import Node

ROOT: Final = ""
"""What stands for the design itself, which has no id."""
RUNS: Final = "runs"
"""The attribute, of a change, that is all that stands in a text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands: in which parent, after which of its children."""

    parent: str
    after: str = ""
    """The id before it; empty for the first."""
    index: int = 0
    """Its number among all, where `after` is gone meanwhile."""


@dataclass(frozen=True, slots=True)
class Added:
    """A page or block that is new, with what of its inside is new as well."""

    node: Node
    to: Place

    @property
    def id(self) -> str:
        """Return what is new."""
        return self.node.id


@dataclass(frozen=True, slots=True)
class Removed:
    """A page or block that is gone, with what of its inside is gone as well."""

    node: Node
    was: Place

    @property
    def id(self) -> str:
        """Return what is gone."""
        return self.node.id


@dataclass(frozen=True, slots=True)
class Moved:
    """A page or block that stands elsewhere: in another order, or in another parent."""

    tag: str
    id: str
    was: Place
    to: Place


@dataclass(frozen=True, slots=True)
class Changed:
    """An attribute that says something else, spelled as in XML; None where it says nothing.

    Of `runs` it is what stands in a text.
    """

    tag: str
    id: str
    name: str
    was: str | tuple[Node | str, ...] | None
    to: str | tuple[Node | str, ...] | None


Change = Added | Removed | Moved | Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Changes from one version of a design to another; their order says nothing."""

    of: str = ""
    """The digest of the version that it is of; empty for any that has what it says was there."""
    to: str = ""
    """The digest of the version that it makes; empty where nobody knows."""
    changes: tuple[Change, ...] = ()


def inverse(changes: ChangeSet) -> ChangeSet:
    """Return what takes changes back."""
    return ChangeSet(
        of=changes.to, to=changes.of, changes=tuple(map(_inverse, reversed(changes.changes)))
    )


def _inverse(change: Change) -> Change:
    if isinstance(change, Added):
        return Removed(change.node, change.to)
    if isinstance(change, Removed):
        return Added(change.node, change.was)
    if isinstance(change, Moved):
        return Moved(change.tag, change.id, was=change.to, to=change.was)
    return Changed(change.tag, change.id, change.name, was=change.to, to=change.was)

"""Ids: each is there once, and those that are missing are given, the same each time."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Final

from foveate.design.nodes.node import Node
from foveate.design.scene.elements import BLOCKS, PAGE
from foveate.design.scene.model import Role

if TYPE_CHECKING:
    from foveate.design.nodes.problems import Problems

NAMED: Final = frozenset(tag.name for tag in (PAGE, *BLOCKS))
"""Tags of elements that have an id."""
_ROLES: Final = frozenset(Role) - {Role.NONE}


def with_ids(design: Node) -> Node:
    """Return a design in which every page and block has an id.

    One that is missing is the role or the tag, with a number where that is taken, in the order in
    which elements are written.
    """
    return _with_ids(design, {node.id for node in design.walk()})


def check_ids(design: Node, problems: Problems) -> None:
    """Note each id that is there a second time."""
    taken: set[str] = set()
    for node in design.walk():
        if node.id and node.id in taken:
            problems.add(node, f"expected an id of its own, got {node.id} a second time.")
        taken.add(node.id)


def _with_ids(node: Node, taken: set[str]) -> Node:
    said = node.said
    if node.tag in NAMED and "id" not in said:
        said = {"id": free(_wanted(node), taken), **said}
        taken.add(said["id"])
    inside = tuple(
        _with_ids(each, taken) if isinstance(each, Node) else each for each in node.inside
    )
    return replace(node, said=said, inside=inside)


def _wanted(node: Node) -> str:
    role = node.said.get("role", "").strip()
    return role if role in _ROLES else node.tag


def free(wanted: str, taken: set[str]) -> str:
    """Return an id that is not taken: as wanted, or with the first number that is free.

    >>> free("title", {"title", "title-2"}), free("logo", set())
    ('title-3', 'logo')
    """
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(each for each in numbered if each not in taken)

"""A design taken apart: its elements by id, and the order of each parent's children."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foveate.design.changes.model import ROOT, Place
from foveate.design.nodes.node import Node
from foveate.design.scene.elements import BY_NAME, Inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    Runs = tuple[Node | str, ...]


@dataclass(slots=True)
class Element:
    """One element without its children."""

    tag: str
    said: dict[str, str]
    runs: Runs = ()
    """What stands in a text."""


@dataclass(slots=True)
class Flat:
    """All elements by id; the design itself is that of `ROOT`."""

    elements: dict[str, Element] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)

    def place(self, of: str) -> Place:
        """Return where an element stands."""
        siblings = self.children[self.parents[of]]
        index = siblings.index(of)
        return Place(self.parents[of], siblings[index - 1] if index else "", index)

    def hold(self, node: Node, name: str, parent: str | None) -> None:
        """Take an element apart, and all inside."""
        text = BY_NAME[node.tag].inside is Inside.RUNS
        self.elements[name] = Element(node.tag, dict(node.said), node.inside if text else ())
        if parent is not None:
            self.parents[name] = parent
        self.children[name] = [] if text else [each.id for each in node.nodes]
        for each in () if text else node.nodes:
            self.hold(each, each.id, name)

    def node(self, name: str) -> Node:
        """Return an element with all inside, put together again."""
        element = self.elements[name]
        inside: Runs = element.runs or tuple(map(self.node, self.children[name]))
        return Node(element.tag, dict(element.said), inside)

    def within(self, name: str) -> Iterator[str]:
        """Yield an element, and all that stands inside."""
        yield name
        for each in self.children[name]:
            yield from self.within(each)

    def above(self, name: str) -> Iterator[str]:
        """Yield the parents of an element, the nearest first."""
        while name != ROOT:
            name = self.parents[name]
            yield name


def flat(design: Node) -> Flat:
    """Return a design that was spelled out, taken apart."""
    apart = Flat()
    apart.hold(design, ROOT, None)
    return apart

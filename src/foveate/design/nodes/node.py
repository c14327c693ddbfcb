"""An element as it is spelled: its tag, what its attributes say, and what stands inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Node:
    """An element; texts that stand inside are to the letter, with a newline where a line ends."""

    tag: str
    said: Mapping[str, str] = field(default_factory=dict)
    inside: tuple[Node | str, ...] = ()
    at: str = field(default="", compare=False)
    """Where it was written, for messages: `line 12`, `pages[0].blocks[2]`."""

    @property
    def id(self) -> str:
        """Return its id; empty where it has none."""
        return self.said.get("id", "")

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Return the elements inside."""
        return tuple(each for each in self.inside if isinstance(each, Node))

    @property
    def letters(self) -> str:
        """Return the texts inside, of elements there as well."""
        return "".join(each if isinstance(each, str) else each.letters for each in self.inside)

    def walk(self) -> Iterator[Node]:
        """Yield it and all elements inside, in the order in which they are written."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.nodes))

    def __str__(self) -> str:
        named = f"{self.tag} id={self.id}" if self.id else self.tag
        told = f"<{ascii(named)[1:-1]:.100}>"
        return f"{self.at}, {told}" if self.at else told

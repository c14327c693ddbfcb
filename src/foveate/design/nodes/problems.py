"""What is wrong with a design, all at once, so that a person or a model can mend all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.errors import BadDesign

if TYPE_CHECKING:
    from foveate.design.nodes.node import Node

MOST: Final = 20
"""More problems than these nobody mends one by one."""


@dataclass(slots=True)
class Problems:
    """What was found wrong so far."""

    found: list[str] = field(default_factory=list)

    def add(self, node: Node, what: str) -> None:
        """Note what is wrong with an element. Raises BadDesign when there are too many."""
        self.found.append(f"{node}: {what}")
        if len(self.found) >= MOST:
            self.found.append("and it was not read on.")
            self.check()

    def check(self) -> None:
        """Raise BadDesign where anything was found."""
        if self.found:
            raise BadDesign(problems=self.found)

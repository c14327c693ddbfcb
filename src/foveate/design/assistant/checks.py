"""What whoever checks designs says of a change: a port, and the one that finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, and what comes of it."""

    scene: Scene
    """After what could be mended was."""
    refused: tuple[str, ...] = ()
    """Why it is not to be done, a sentence each, as a model can mend it."""
    repaired: tuple[str, ...] = ()
    """What was mended, a sentence each."""


class Check(Protocol):
    """Looks at a design before and after."""

    def __call__(self, before: Scene, after: Scene, request: str) -> Findings:
        """Return what is found. It blocks: it may look at pictures."""


class Thumbnail(Protocol):
    """Draws a design for a model that sees."""

    def __call__(self, scene: Scene) -> bytes:
        """Return a small PNG. It blocks."""


def unchecked(before: Scene, after: Scene, request: str) -> Findings:  # noqa: ARG001 - a check
    """Find nothing."""
    return Findings(after)

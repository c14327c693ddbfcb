"""Who checks designs, and draws them small: ports, and the check that finds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from foveate.design.checks.model import Findings

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene


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

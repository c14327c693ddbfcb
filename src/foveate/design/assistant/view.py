"""How a design is shown to a model, and what its answer is of the design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from foveate.design.scene import elements
from foveate.design.xml import reading, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.design.assistant.grant import Grant
    from foveate.design.scene.model import Scene
    from foveate.design.scene.words import Matter


class View(Protocol):
    """One way to write a design: whole, or what of it is about some matters."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def matters(self) -> frozenset[Matter] | None:
        """What can be changed in it; None is everything, new blocks as well."""

    def write(self, scene: Scene) -> str:
        """Return the design as it is shown: one `<design>` element."""

    def read(self, text: str, scene: Scene) -> Scene:
        """Return the design after what was written of it was changed so. Raises BadRequest."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a design."""

    name: str = "whole"
    matters: frozenset[Matter] | None = None

    def write(self, scene: Scene) -> str:
        """Return all of it."""
        return writing.dumps(scene)

    def read(self, text: str, scene: Scene) -> Scene:  # noqa: ARG002 - nothing is missing in it
        """Return what is written."""
        return reading.loads(text)


WHOLE: Final = Whole()


def fitting(grant: Grant, views: Sequence[View]) -> View:
    """Return the first view in which all can be changed that a request lets be changed.

    The narrowest come first: what is not shown costs nothing, and cannot be changed.
    """
    for view in views:
        if view.matters is not None and not grant.deeds and grant.matters <= view.matters:
            return view
    return next((view for view in views if view.matters is None), WHOLE)


def words() -> str:
    """Return the elements and attributes of designs, a line for each element."""
    return "\n".join(
        f"  <{tag.name}>: {' '.join(word.name for word in tag.words)}" for tag in elements.TAGS
    )

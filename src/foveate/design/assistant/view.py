"""How a design is shown to a model, and what its answer is of the design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from foveate.design.scene import elements
from foveate.design.views.reading import overlaid
from foveate.design.views.view import LAYOUT, TEXTS
from foveate.design.views.writing import seen
from foveate.design.xml import reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from foveate.design.assistant.grant import Grant
    from foveate.design.scene.elements import Tag
    from foveate.design.scene.model import Scene
    from foveate.design.scene.words import Matter
    from foveate.design.views.view import View as Row


class View(Protocol):
    """One way to write a design: whole, or what of it is about some matters."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def help(self) -> str:
        """What is seen in it, in words."""

    @property
    def matters(self) -> frozenset[Matter] | None:
        """What can be changed in it; None is everything, new blocks as well."""

    @property
    def complete(self) -> bool:
        """Whether it shows all blocks, those as well that have nothing yet of what it is about."""

    @property
    def words(self) -> str:
        """The elements and attributes of it, a line for each element."""

    def write(self, scene: Scene) -> str:
        """Return the design as it is shown: one `<design>` element."""

    def read(self, text: str, scene: Scene) -> Scene:
        """Return the design after what was written of it was changed so. Raises BadRequest."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a design."""

    name: str = "whole"
    help: str = "You are shown all of the design. What you leave out is removed from it."
    matters: frozenset[Matter] | None = None
    complete: bool = True

    @property
    def words(self) -> str:
        """All elements and attributes."""
        return "\n".join(
            f"  <{tag.name}>: {' '.join(word.name for word in tag.words)}" for tag in elements.TAGS
        )

    def write(self, scene: Scene) -> str:
        """Return all of it."""
        return writing.dumps(scene)

    def read(self, text: str, scene: Scene) -> Scene:  # noqa: ARG002 - nothing is missing in it
        """Return what is written."""
        return reading.loads(text)


@dataclass(frozen=True, slots=True)
class Part:
    """What a row of the table of views shows."""

    row: Row
    complete: bool = False

    @property
    def name(self) -> str:
        """The row's name."""
        return self.row.name

    @property
    def help(self) -> str:
        """What is seen in it."""
        return f"You are shown a part of the design. {self.row.help} Answer in the same form."

    @property
    def matters(self) -> frozenset[Matter]:
        """What can be changed in it."""
        return self.row.matters

    @property
    def words(self) -> str:
        """The elements, each with its attributes that may be changed."""
        return "\n".join(
            f"  <{tag.name}>: {' '.join(names)}"
            for tag in elements.TAGS
            if (names := [*self._names(tag)])
        )

    def _names(self, tag: Tag) -> Iterator[str]:
        return (word.name for word in tag.words if word.matter in self.row.matters)

    def write(self, scene: Scene) -> str:
        """Return what is shown of it."""
        return seen(scene, self.row)

    def read(self, text: str, scene: Scene) -> Scene:
        """Return the scene with what was changed in what was shown."""
        return overlaid(scene, self.row, reading.parse(text))


WHOLE: Final = Whole()
VIEWS: Final[tuple[View, ...]] = (Part(TEXTS), Part(LAYOUT, complete=True), WHOLE)


def fitting(grant: Grant, views: Sequence[View] = VIEWS) -> View:
    """Return the first view in which all can be changed that a request lets be changed.

    The narrowest come first: what is not shown costs nothing, and cannot be changed. A translation
    alone needs no more than what is there already.

    >>> from foveate.design.assistant.grant import granted
    >>> [fitting(granted(f"{deed} the title")).name for deed in ("Translate", "Move", "Remove")]
    ['texts', 'layout', 'whole']
    """
    for view in views:
        shows = view.complete or grant.translates
        if shows and view.matters and not grant.deeds and grant.matters <= view.matters:
            return view
    return next((view for view in views if view.matters is None), WHOLE)

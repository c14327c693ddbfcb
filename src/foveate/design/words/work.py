"""What a verb is done with: the scene, the blocks that are meant, and what was said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from foveate.design.scene.model import Block, Picture, Scene, Text
from foveate.design.scene.units import pixels
from foveate.design.tree import Spot, replaced, spots
from foveate.design.words.answer import CannotBe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.design.words.said import Said
    from foveate.design.words.values import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One verb, to be done to some blocks of a scene."""

    scene: Scene
    said: Said
    ids: tuple[str, ...]

    def spots(self) -> Iterator[Spot]:
        """Yield the blocks that are meant, where they lie."""
        placed = spots(self.scene)
        return (placed[name] for name in self.ids)

    def texts(self) -> Iterator[Text]:
        """Yield the texts that are meant."""
        return (spot.block for spot in self.spots() if isinstance(spot.block, Text))

    def pictures(self) -> Iterator[Picture]:
        """Yield the pictures that are meant."""
        return (spot.block for spot in self.spots() if isinstance(spot.block, Picture))

    def each(self, change: Callable[[Spot], Block | None]) -> Scene:
        """Return the scene with each of the blocks changed by itself, one after the other."""
        scene = self.scene
        for name in self.ids:
            scene = replaced(scene, {name: change(spots(scene)[name])})
        return scene

    def fields(self, **held: Any) -> Scene:  # noqa: ANN401 - of any field
        """Return the scene with fields of each of the blocks set."""
        return self.each(lambda spot: replace(spot.block, **held))

    def names(self) -> str:
        """Return what is meant, for a sentence."""
        names = [f"\u201c{spot.block.name or spot.block.id}\u201d" for spot in self.spots()]
        if len(names) > _SOME:
            return f"{len(names)} blocks"
        return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))

    def length(self, number: Number, whole: float | None = None) -> float:
        """Return a number of a request in pixels; those without a unit are."""
        unit = number.unit if number.unit in {"px", "pt", "mm", "cm", "in", "%"} else ""
        try:
            return pixels(f"{number.value}{unit}", self.scene.dpi, whole)
        except ValueError as why:
            raise CannotBe(f"That is no length: {number.text}.") from why


_SOME = 4
Done = tuple[Scene, str]
"""The scene then, and what was done, as a sentence."""


def shown(value: float) -> str:
    """Return a number for a sentence.

    >>> shown(12.0), shown(1.25)
    ('12', '1.25')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")

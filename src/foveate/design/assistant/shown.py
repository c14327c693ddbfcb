"""Pictures that a model describes, looked for: it says what is to be seen, and brings none itself.

An image whose `alt` it has changed, and whose source it has not, is to show something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from foveate.design.assistant.grant import granted, says
from foveate.design.scene.model import Picture
from foveate.design.tree import mapped, spots
from foveate.design.words.edits.sought import nothing, put_in, sentence

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Scene
    from foveate.design.sought import Library, Sought

ALT: Final = (
    "alt$ alt-text alternativtext bildbeschreibung alternatif alternativo 代替 describe beschreib "
    "décri description"
)
"""Words of requests for another description, of whatever is seen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A scene with the pictures that were found."""

    scene: Scene
    told: tuple[str, ...] = ()
    """What was put in, or not found, a sentence each."""
    refused: tuple[str, ...] = ()

    @classmethod
    def of(cls, before: Scene, after: Scene, request: str, library: Library | None) -> Self:
        """Return the scene with pictures in place of what is described. It blocks."""
        described = {} if library is None else _described(before, after)
        if library is None or not described or granted(request).translates:
            return cls(after)
        found = {name: library(alt) for name, alt in described.items()}
        missing = tuple(nothing(each) for each in found.values() if each.best is None)
        if missing and not says(request, ALT):
            return cls(after, refused=missing)
        told = tuple(_told(name, each) for name, each in found.items())
        return cls(mapped(after, lambda block: _with(block, found)), told)


def _described(before: Scene, after: Scene) -> dict[str, str]:
    """Return what images are to show from now on, by their ids."""
    old = {name: spot.block for name, spot in spots(before).items()}
    return {
        name: spot.block.alt
        for name, spot in spots(after).items()
        if isinstance(spot.block, Picture)
        and isinstance(was := old.get(name), Picture)
        and spot.block.alt not in {"", was.alt}
        and spot.block.src == was.src
    }


def _with(block: Block, found: dict[str, Sought]) -> Block:
    sought = found.get(block.id)
    if not isinstance(block, Picture) or sought is None or sought.best is None:
        return block
    return put_in(block, sought.best.src, block.alt)


def _told(name: str, sought: Sought) -> str:
    return nothing(sought) if sought.best is None else sentence(name, sought, sought.best)

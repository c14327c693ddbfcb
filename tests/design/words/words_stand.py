"""Asks of the designs of the tasks, by rules alone unless sentence vectors are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from foveate.design.tasks.task import scene
from foveate.design.tree import spots
from foveate.design.words import meaning
from foveate.design.words.assistant import understand

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene
    from foveate.design.words.answer import Answer


def ask(request: str, design: str = "story", before: tuple[str, ...] = ()) -> Answer:
    """Return what comes of a request."""
    return understand(scene(design), request, before, meaning.nothing)


def block(of: Scene | Answer, name: str) -> Any:
    """Return a block of a scene or an answer."""
    return spots(getattr(of, "scene", of))[name].block

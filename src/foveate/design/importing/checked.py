"""A scene that was made of a file, read once more as that of a stranger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.scene.model import Rectangle, Role
from foveate.design.scene.paint import Solid
from foveate.design.xml import reading, writing

if TYPE_CHECKING:
    from foveate.design.scene.model import Page, Scene

NEAR = 0.5


def checked(scene: Scene) -> Scene:
    """Return a scene as it is kept, with what covers a page as its background.

    Raises BadDesign, DesignTooLarge: what was read of a file is within all limits of designs, or
    it is none.
    """
    found = replace(scene, pages=tuple(map(_grounded, scene.pages)))
    return reading.loads(writing.dumps(found))


def _grounded(page: Page) -> Page:
    """Return a page of which the first block, where it covers all, is the background."""
    if not page.blocks:
        return page
    first, *rest = page.blocks
    covers = first.x <= NEAR and first.y <= NEAR and not first.rotation
    covers &= first.x + first.width >= page.width - NEAR
    covers &= first.y + first.height >= page.height - NEAR
    if not covers or not isinstance(first, Rectangle) or not isinstance(first.fill, Solid):
        return page
    return replace(page, blocks=(replace(first, role=Role.BACKGROUND), *rest))

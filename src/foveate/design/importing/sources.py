"""Sources of a scene exchanged: where pictures are is known only when they are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.design.scene.model import Group, Painted, Picture
from foveate.design.scene.paint import PictureFill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.design.scene.model import Block, Scene


def with_sources(scene: Scene, sources: Mapping[str, str]) -> Scene:
    """Return a scene in which pictures come from elsewhere: new sources by those that it has."""
    pages = tuple(
        replace(page, blocks=tuple(_block(each, sources) for each in page.blocks))
        for page in scene.pages
    )
    return replace(scene, pages=pages)


def _block(block: Block, sources: Mapping[str, str]) -> Block:
    if isinstance(block, Group):
        return replace(block, blocks=tuple(_block(each, sources) for each in block.blocks))
    if isinstance(block, Picture):
        block = replace(block, src=sources.get(block.src, block.src))
    if isinstance(block, Painted) and isinstance(block.fill, PictureFill):
        src = sources.get(block.fill.src, block.fill.src)
        block = replace(block, fill=replace(block.fill, src=src))
    return block

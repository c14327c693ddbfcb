"""A design that is written into another folder, and names its pictures from there."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from foveate.design.filling import PLACE
from foveate.design.scene.model import Painted, Picture
from foveate.design.scene.paint import PictureFill
from foveate.design.tree import mapped
from foveate.options.designed import PHOTO
from foveate.storage.given import SCHEME
from foveate.storage.keys import is_remote

if TYPE_CHECKING:
    from foveate.design.scene.model import Block, Scene
    from foveate.design.scene.paint import Fill

ELSEWHERE = ("file:", "~", SCHEME, PHOTO)
"""How sources begin that are not looked for beside a design."""


def rebased(scene: Scene, before: Path, folder: Path) -> Scene:
    """Return a design of one folder as it has to be in another: what lies beside it stays there."""
    if before.resolve() == folder.resolve():
        return scene

    def filled(fill: Fill | None) -> Fill | None:
        if isinstance(fill, PictureFill):
            return replace(fill, src=source(fill.src, before, folder))
        return fill

    def changed(block: Block) -> Block:
        if isinstance(block, Picture):
            block = replace(block, src=source(block.src, before, folder))
        return replace(block, fill=filled(block.fill)) if isinstance(block, Painted) else block

    pages = tuple(replace(page, fill=filled(page.fill)) for page in scene.pages)
    return mapped(replace(scene, pages=pages), changed)


def source(src: str, before: Path, folder: Path) -> str:
    """Return where a picture is as a design in another folder says it.

    >>> source("photos/a.jpg", Path("/home/a"), Path("/home/a/sizes"))
    '../photos/a.jpg'
    >>> source("https://example.com/a.jpg", Path("/home/a"), Path("/tmp"))
    'https://example.com/a.jpg'
    """
    elsewhere = not src or is_remote(src) or src.startswith(ELSEWHERE) or Path(src).is_absolute()
    if elsewhere or PLACE.fullmatch(src):
        return src
    return Path(os.path.relpath(before / src, folder)).as_posix()

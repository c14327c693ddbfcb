"""What is to be said of a design before it is drawn: texts that do not fit, fonts, pictures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.design.drawing.asked import Asked, pictures_of
from foveate.design.drawing.layers import in_paint_order
from foveate.design.drawing.text import laid_out
from foveate.design.scene.model import Group, Text
from foveate.errors import FontsMissing, FoveateError, UnknownFont

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Block, Page, Scene
    from foveate.designs.easel import Easel

BEYOND: Final = 0.5
"""Pixels by which a block may stand over the edge of its page without being said so."""


class Found(NamedTuple):
    """One thing that somebody would want to know."""

    block: str
    """Its id; that of the page for a picture that several may show."""
    matter: str
    sentence: str


async def found_in(scene: Scene, easel: Easel) -> list[Found]:
    """Return what is to be said of a design. Raises BadInstallation, DrawingTooLarge."""
    typefaces = easel.core.draughtsman.fonts.typefaces
    of_blocks = await asyncio.to_thread(lambda: list(_of_blocks(scene, typefaces)))
    # A source that is not there is so at every size.
    asked = {each.src: (each, page.id) for page in scene.pages for each in pictures_of(page, 1.0)}
    of_pictures = [await _of_picture(each, page, easel) for each, page in asked.values()]
    return of_blocks + [each for each in of_pictures if each is not None]


def _of_blocks(scene: Scene, typefaces: Typefaces) -> Iterator[Found]:
    """Yield what is to be said of its blocks, without their pictures."""
    for page in scene.pages:
        yield from _beyond(page)
        for text in _texts(page.blocks):
            yield from _of_text(text, typefaces, scene.lang)


def _beyond(page: Page) -> Iterator[Found]:
    for block in in_paint_order(page.blocks):
        outside = block.x > page.width - BEYOND or block.y > page.height - BEYOND
        outside |= block.x + block.width < BEYOND or block.y + block.height < BEYOND
        if outside and not block.rotation and not isinstance(block, Group):
            yield Found(block.id, "place", f"{block.id} lies wholly beyond its page, {page.id}.")


def _texts(blocks: Iterable[Block]) -> Iterator[Text]:
    for block in in_paint_order(blocks):
        if isinstance(block, Group):
            yield from _texts(block.blocks)
        elif isinstance(block, Text):
            yield block


def _of_text(text: Text, typefaces: Typefaces, language: str) -> Iterator[Found]:
    try:
        remarks = laid_out(text, typefaces, language).measured.remarks
    except (FontsMissing, UnknownFont) as why:
        yield Found(text.id, "font", why.public)
    else:
        yield from (Found(each.block, str(each.matter), each.sentence) for each in remarks)


async def _of_picture(asked: Asked, page: str, easel: Easel) -> Found | None:
    try:
        await easel.picture(asked)
    except FoveateError as why:
        return Found(page, "picture", why.public)
    return None

"""Designs that tests bring to other sizes, and what stands before on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from design_measures import measured
from hypothesis import strategies as st

from foveate.design.resizing.resize import resize
from foveate.design.scene.model import Page, Picture, Rectangle, Role, Run, Scene, Text
from foveate.design.scene.paint import Solid
from foveate.design.tree import extent
from foveate.options.colours import colour

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.design.resizing.resize import Resized
    from foveate.design.scene.model import Block
    from foveate.geometry.box import Box

    Draw = Callable[[st.SearchStrategy[Any]], Any]

pytest.importorskip("kiwisolver", reason="pip install 'foveate[design]'")

SIZES = ("16:9", "1:1", "4:5", "9:16", "facebook-cover", "a5", "leaderboard", "300x250", "160x600")


def text(name: str, words: str, role: Role = Role.BODY, **said: Any) -> Text:
    return Text(id=name, role=role, runs=(Run(text=words),), **said)


def sale() -> Scene:
    """A story: a background, a logo, a title, a photo, a price, a button, a legal line."""
    ink, sand = Solid(colour("#7a3200")), Solid(colour("#ffe1b3"))
    blocks: tuple[Block, ...] = (
        Rectangle(id="back", role=Role.BACKGROUND, width=1080, height=1920, fill=sand),
        Picture(id="logo", role=Role.LOGO, x=90, y=100, width=260, height=80, src="logo.svg"),
        text("title", "Summer sale", Role.TITLE, x=90, y=220, width=900, height=180, size=120),
        text("subtitle", "Linen, hats", Role.SUBTITLE, x=90, y=440, width=900, height=60, size=44),
        Picture(
            id="photo", role=Role.PHOTO, x=90, y=560, width=900, height=760,
            src="beach.jpg", options="saturation=1.2",
        ),
        text("price", "49 €", Role.PRICE, x=90, y=1400, width=360, height=110, size=90),
        text(
            "button", "Shop now", Role.BUTTON, x=290, y=1570, width=500, height=120, size=48,
            fill=ink, colour=colour("#fff"),
        ),
        text("legal", "While stocks last.", Role.LEGAL, x=90, y=1790, width=900, height=40),
    )  # fmt: skip
    return Scene(
        name="Sale", lang="en", pages=(Page(id="p", width=1080, height=1920, blocks=blocks),)
    )


def resized(scene: Scene, to: str) -> Resized:
    return resize(scene, to, measured)


def boxes(page: Page) -> dict[str, Box]:
    """Return where what is seen stands, backgrounds aside."""
    return {
        block.id: extent(block)
        for block in page.blocks
        if not block.hidden and block.role is not Role.BACKGROUND
    }


def block(scene: Scene, name: str) -> Any:
    return next(each for page in scene.pages for each in page.blocks if each.id == name)


@st.composite
def _pages(draw: Draw) -> Page:
    """Draw a page of rows, each of one to three blocks, none over another."""
    width, rows = draw(st.sampled_from([320.0, 1080.0, 1920.0])), draw(st.integers(1, 5))
    blocks: list[Block] = []
    top = 20.0
    for row in range(rows):
        columns, high = draw(st.integers(1, 3)), draw(st.sampled_from([40.0, 90.0, 300.0]))
        wide = (width - 20 * (columns + 1)) / columns
        for column in range(columns):
            place = {"x": 20 + column * (wide + 20), "y": top, "width": wide, "height": high}
            blocks.append(draw(_blocks(f"b{row}{column}", place)))
        top += high + draw(st.sampled_from([10.0, 40.0]))
    return Page(id="p", width=width, height=top + 20, blocks=tuple(blocks))


@st.composite
def _blocks(draw: Draw, name: str, place: dict[str, float]) -> Block:
    role = draw(st.sampled_from([Role.TITLE, Role.BODY, Role.PHOTO, Role.BUTTON, Role.DECORATION]))
    if role is Role.PHOTO:
        return Picture(id=name, role=role, src="a.jpg", **place)
    if role is Role.DECORATION:
        return Rectangle(id=name, role=role, fill=Solid(colour("#333")), **place)
    words = draw(st.sampled_from(["Sale", "Summer is here", "Words of many kinds, one by one"]))
    size = draw(st.sampled_from([12.0, 24.0]))
    fill = Solid(colour("#fc0")) if role is Role.BUTTON else None
    return text(name, words, role, size=size, fill=fill, **place)


PAGES = _pages()

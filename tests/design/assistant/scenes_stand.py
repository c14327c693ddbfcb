"""A small sale: a scene that tests change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from foveate.design.scene.model import (
    Block,
    Group,
    Page,
    Picture,
    Rectangle,
    Role,
    Run,
    Scene,
    Text,
)


def text(id_: str, words: str, **more: Any) -> Text:
    given = {"width": 600.0, "height": 80.0, "size": 40.0, **more}
    return Text(id=id_, runs=(Run(text=words),), **given)


SALE = Scene(
    name="Sale",
    lang="en",
    pages=(
        Page(
            id="front",
            width=1080.0,
            height=1080.0,
            blocks=(
                Rectangle(id="ground", role=Role.BACKGROUND, width=1080.0, height=1080.0),
                Picture(
                    id="hero",
                    role=Role.PHOTO,
                    src="beach.jpg",
                    alt="A beach",
                    y=300.0,
                    width=1080.0,
                    height=500.0,
                ),
                text("headline", "Summer sale", role=Role.TITLE, x=40.0, y=40.0),
                text("cost", "Now 9.99 € instead of 19.99 €", role=Role.PRICE, x=40.0, y=820.0),
                Picture(
                    id="brand",
                    name="Company logo",
                    role=Role.LOGO,
                    src="logo.png",
                    x=900.0,
                    y=40.0,
                    width=140.0,
                    height=70.0,
                    locked=True,
                ),
                Group(
                    id="call",
                    width=400.0,
                    height=90.0,
                    x=40.0,
                    y=940.0,
                    blocks=(text("order", "Order at shop.example", role=Role.BUTTON, width=400.0),),
                ),
            ),
        ),
    ),
)


def changed(scene: Scene, id_: str, **fields: Any) -> Scene:
    """Return a scene with a block that says otherwise; of words, by `words`."""
    if "words" in fields:
        fields = {**fields, "runs": (Run(text=fields["words"]),)}
        del fields["words"]
    pages = tuple(replace(page, blocks=_changed(page.blocks, id_, fields)) for page in scene.pages)
    return replace(scene, pages=pages)


def _changed(blocks: tuple[Block, ...], id_: str, fields: dict[str, Any]) -> tuple[Block, ...]:
    done: list[Block] = []
    for block in blocks:
        if isinstance(block, Group):
            block = replace(block, blocks=_changed(block.blocks, id_, fields))  # noqa: PLW2901
        done.append(replace(block, **fields) if block.id == id_ else block)
    return tuple(done)


def without(scene: Scene, id_: str) -> Scene:
    pages = tuple(
        replace(page, blocks=tuple(block for block in page.blocks if block.id != id_))
        for page in scene.pages
    )
    return replace(scene, pages=pages)


def with_block(scene: Scene, block: Block) -> Scene:
    first, *others = scene.pages
    return replace(scene, pages=(replace(first, blocks=(*first.blocks, block)), *others))

"""A design that tests change, and what looks at it for checks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from foveate.design.checks.checking import Checks
from foveate.design.checks.model import Looks
from foveate.design.scene.model import Group, Page, Picture, Rectangle, Role, Run, Scene, Text
from foveate.design.scene.paint import Solid
from foveate.design.tree import mapped, spots
from foveate.options.colours import colour

if TYPE_CHECKING:
    from foveate.design.checks.model import Findings
    from foveate.design.scene.model import Block

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")


def text(name: str, words: str, **said: Any) -> Text:
    return Text(**{"id": name, "width": 300.0, "height": 40.0, "runs": (Run(text=words),), **said})


BACK = Rectangle(id="back", role=Role.BACKGROUND, width=400, height=400, fill=Solid(colour("#fff")))
PHOTO = Picture(id="photo", role=Role.PHOTO, y=200, width=400, height=200, src="a.jpg")
TITLE = text("title", "Summer sale", role=Role.TITLE, x=20, y=20, size=24)
LINE = text("line", "Linen, hats", x=20, y=80)
LOGO = Rectangle(id="logo", role=Role.LOGO, x=340, y=20, width=40, height=40, locked=True)
INNER = text("price", "49", x=10, y=10, width=80, height=30)
OFFER = Group(id="offer", x=20, y=130, width=100, height=50, blocks=(INNER,))


def scene(*others: Block) -> Scene:
    blocks = (BACK, PHOTO, TITLE, LINE, LOGO, OFFER, *others)
    return Scene(lang="en", pages=(Page(id="page", width=400, height=400, blocks=blocks),))


def changed(before: Scene, name: str, **said: Any) -> Scene:
    """Return a design with other values in one block."""
    return mapped(before, lambda block: replace(block, **said) if block.id == name else block)


def without(before: Scene, name: str) -> Scene:
    page = before.pages[0]
    kept = tuple(block for block in page.blocks if block.id != name)
    return replace(before, pages=(replace(page, blocks=kept),))


def checked(before: Scene, after: Scene, **looks: Any) -> Findings:
    return Checks(Looks(**looks))(before, after, "as it is asked")


def block(of: Scene, name: str) -> Any:
    return spots(of)[name].block

"""What tests of drawings share: small pages, pictures that are drawn, and fonts of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.design.fonts.shelf import Shelf
from foveate.design.scene.model import Page, Run, Text
from foveate.design.scene.paint import Linear, Solid, Stop
from foveate.models.supply.weights import FileState, catalogue, verify
from foveate.options.colours import WHITE, colour
from foveate.settings import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.drawing.raster import Drawn
    from foveate.design.scene.model import Block
    from foveate.design.scene.paint import Fill

NO_FONTS = Shelf(())
PAPER = Solid(WHITE)
RED, BLUE, BLACK = colour("#e33"), colour("#26c"), colour("#000")


def solid(text: str) -> Solid:
    return Solid(colour(text))


def linear(angle: float, *texts: str) -> Linear:
    last = len(texts) - 1
    return Linear(angle, tuple(Stop(colour(t), i / last) for i, t in enumerate(texts)))


def page(*blocks: Block, side: int = 96, fill: Fill | None = PAPER) -> Page:
    return Page(id="page", width=side, height=side, fill=fill, blocks=blocks)


def text(*runs: str | Run, **said: Any) -> Text:
    made = tuple(Run(text=run) if isinstance(run, str) else run for run in runs)
    return Text(**{"id": "text", "width": 96.0, "height": 96.0, "runs": made, **said})


def chart(_: str, options: str, width: int, height: int) -> NDArray[np.uint8]:
    """A picture of four colours in its quarters; `hole` has nothing in its middle."""
    assert options in {"", "hole", "half"}
    quarters = np.array([[[230, 60, 50], [250, 200, 60]], [[40, 160, 110], [50, 90, 200]]])
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = quarters[y * 2 // height, x * 2 // width]
    pixels[..., 3] = 255
    if options == "hole":
        away = (x / width - 0.5) ** 2 + (y / height - 0.5) ** 2
        pixels[away < 0.1] = 0
    return pixels[::2, ::2].copy() if options == "half" else pixels


class Asked:
    """Pictures that remember what was asked of them."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, src: str, options: str, width: int, height: int) -> NDArray[np.uint8]:
        self.sizes.append((width, height))
        return chart(src, options, width, height)


def png(drawn: Drawn) -> bytes:
    data: bytes = drawn.image().pngsave_buffer(compression=9)
    return data


def at(drawn: Drawn, x: int, y: int) -> list[int]:
    found: list[int] = drawn.pixels[y, x].tolist()
    return found


def need_fonts(*names: str) -> None:
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    for name in names:
        if verify(cards[name], models) is not FileState.OK:
            pytest.skip(f"{name} is not here: foveate models pull design cjk")

"""What is too much is refused before any of it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from drawings import NO_FONTS, page, solid, text

from foveate.design.drawing.bounds import Bounds, check
from foveate.design.drawing.raster import draw
from foveate.design.drawing.typefaces import Typefaces
from foveate.design.scene.model import Block, Group, Path, Rectangle
from foveate.design.scene.paint import Shadow, Stroke
from foveate.errors import DrawingTooLarge

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def square(**said: object) -> Rectangle:
    return Rectangle(**{"id": "a", "width": 9.0, "height": 9.0, "fill": solid("#f00"), **said})


def zigzag(times: int, **said: object) -> Path:
    """Return a path that crosses its box so often."""
    d = "M0 0" + "L100 100L0 0" * times
    return Path(**{"id": "z", "width": 90.0, "height": 90.0, "d": d, "fill": solid("#f00"), **said})


def nested(depth: int) -> Block:
    block: Block = square()
    for each in range(depth):
        block = Group(id=f"g{each}", width=9, height=9, blocks=(block,))
    return block


@pytest.mark.parametrize(
    ("block", "scale", "bounds", "complaint"),
    [
        (square(), 1.0, Bounds(pixels=9_000), "at most 9,000 pixels on the page page, got 9,216"),
        (square(), 1000.0, Bounds(), "pixels"),
        (square(), 1.0, Bounds(side=95), "at most 95 pixels on a side on the page page, got 96"),
        (square(shadow=Shadow(blur=300)), 2.0, Bounds(), "at most 500 pixels of blur"),
        (square(shadow=Shadow(), opacity=0.5), 1.0, Bounds(layers=1), "got 2"),
        (square(shadow=Shadow()), 1.0, Bounds(layer_pixels=9_000), "pixels of shadows"),
        (text("many words"), 1.0, Bounds(letters=9), "at most 9 letters on the page page, got 10"),
        (square(stroke=Stroke(dash=(1e-9,))), 1.0, Bounds(), "at most 10,000 dashes"),
        (nested(9), 1.0, Bounds(depth=8), "groups in groups"),
        (zigzag(900), 100.0, Bounds(), "at most 4,000,000 rows that paths cross"),
        (zigzag(900, fill=None, stroke=Stroke(width=5)), 40.0, Bounds(), "rows that paths cross"),
        (square(width=99, height=99), 1.0, Bounds(painted=9_000), "got 9,216"),
    ],
)
def test_what_is_beyond_a_bound_is_refused(
    block: Block, scale: float, bounds: Bounds, complaint: str
) -> None:
    with pytest.raises(DrawingTooLarge, match=complaint) as refused:
        check(page(block), scale, bounds)
    assert refused.value.public == str(refused.value)


def test_a_refusal_comes_before_any_work() -> None:
    def never(*_: object) -> NDArray[np.uint8]:
        raise AssertionError

    with pytest.raises(DrawingTooLarge):
        draw(page(square()), Typefaces(NO_FONTS), never, scale=1e4)


def test_a_fine_drawing_of_many_short_lines_is_within_bounds() -> None:
    d = "M0 0" + "".join(f"L{n % 97} {n % 89 + 1}L{n % 97 + 1} {n % 89}" for n in range(2000))
    fine = Path(id="f", width=90.0, height=90.0, d=d, viewbox=(0, 0, 1000, 1000))
    assert check(page(fine), 8.0) == (768, 768)


def test_what_is_hidden_costs_nothing() -> None:
    hidden = Group(id="g", width=9, height=9, hidden=True, blocks=(square(shadow=Shadow()),))
    assert check(page(hidden), 1.0, Bounds(layers=0, depth=0)) == (96, 96)

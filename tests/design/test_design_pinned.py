"""A page in another size: blocks keep to what they are pinned to."""

from __future__ import annotations

import pytest

from foveate.design.pinned import pinned
from foveate.design.scene.model import Block, Fit, Group, Page, Pin, Rectangle, Run, Stretch, Text

WIDE, TALL = (400.0, 100.0), (100.0, 400.0)


def placed(block: Block, size: tuple[float, float]) -> tuple[float, float, float, float]:
    made = pinned(Page(id="p", width=100, height=100, blocks=(block,)), *size).blocks[0]
    return made.x, made.y, made.width, made.height


@pytest.mark.parametrize(
    ("pin", "wide", "tall"),
    [
        ((Pin.LEFT, Pin.TOP), (10, 20, 20, 10), (10, 20, 20, 10)),
        ((Pin.RIGHT, Pin.BOTTOM), (310, 20, 20, 10), (10, 320, 20, 10)),
        ((Pin.CENTER, Pin.MIDDLE), (70, 20, 20, 10), (10, 95, 20, 10)),
        ((Pin.LEFT, Pin.RIGHT), (10, 20, 320, 10), (10, 20, 20, 10)),
    ],
)
def test_pins_hold_a_block_at_its_edges(
    pin: tuple[Pin, ...], wide: tuple[float, ...], tall: tuple[float, ...]
) -> None:
    block = Rectangle(id="r", x=10, y=20, width=20, height=10, pin=pin)
    assert placed(block, WIDE) == wide
    assert placed(block, TALL) == tall


def test_what_runs_along_all_of_a_side_does_so_afterwards() -> None:
    block = Rectangle(id="r", x=4, y=4, width=92, height=92)
    assert placed(block, WIDE) == (4, 4, 392, 92)
    assert placed(block, TALL) == (4, 4, 92, 392)


def test_what_is_to_stretch_does() -> None:
    block = Rectangle(id="r", x=40, y=40, width=20, height=20, stretch=Stretch.Y)
    assert placed(block, TALL) == (40, 40, 20, 320)


def test_what_keeps_its_shape_stays_in_the_middle() -> None:
    block = Rectangle(id="r", width=100, height=100, keep_aspect=True)
    assert placed(block, WIDE) == (150, 0, 100, 100)


def test_a_page_of_the_same_shape_grows_as_a_whole() -> None:
    text = Text(id="t", x=10, y=80, width=50, height=10, size=8, runs=(Run(text="a"),))
    made = pinned(Page(id="p", width=100, height=100, blocks=(text,)), 200, 200).blocks[0]
    assert isinstance(made, Text)
    assert (made.x, made.y, made.width, made.size, made.fit) == (20, 160, 100, 16, Fit.SHRINK)


def test_groups_are_placed_and_then_what_is_in_them() -> None:
    inside = Rectangle(id="r", x=40, y=0, width=10, height=10, pin=(Pin.RIGHT,))
    group = Group(id="g", width=50, height=10, blocks=(inside,), stretch=Stretch.X)
    made = pinned(Page(id="p", width=100, height=100, blocks=(group,)), *WIDE).blocks[0]
    assert isinstance(made, Group)
    assert (made.width, made.blocks[0].x) == (350, 340)


def test_nothing_becomes_less_than_a_pixel() -> None:
    block = Rectangle(id="r", x=40, y=40, width=20, height=20, stretch=Stretch.BOTH)
    assert placed(block, (1.0, 100.0))[2] == 1.0


def test_what_is_turned_keeps_to_the_edges_where_it_is_seen() -> None:
    ribbon = Rectangle(id="r", x=-45, y=45, width=100, height=10, rotation=90)
    assert placed(ribbon, WIDE) == (-45, 45, 100, 10)
    assert placed(ribbon, TALL) == (-195, 195, 400, 10)


def test_what_is_to_stretch_does_so_on_the_page_when_it_is_turned() -> None:
    block = Rectangle(id="r", x=40, y=45, width=20, height=10, rotation=90, stretch=Stretch.Y)
    assert placed(block, TALL) == (-110, 195, 320, 10)


def test_what_leans_keeps_its_form() -> None:
    block = Rectangle(id="r", x=0, y=0, width=100, height=100, rotation=45)
    assert placed(block, WIDE) == pytest.approx((150, 0, 100, 100))

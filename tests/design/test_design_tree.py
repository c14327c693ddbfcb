"""Where blocks lie on their page, in groups that are turned, and blocks in other sizes."""

from __future__ import annotations

import pytest

from foveate.design.scaling import scaled
from foveate.design.scene.model import Group, Page, Rectangle, Run, Scene, Text
from foveate.design.scene.paint import Shadow, Stroke
from foveate.design.tree import extent, mapped, over, painted, replaced, spots
from foveate.geometry.box import Box

INNER = Rectangle(id="inner", x=10, y=20, width=20, height=10)
GROUP = Group(id="group", x=100, y=100, width=40, height=40, rotation=90, blocks=(INNER,))
LOW = Rectangle(id="low", width=5, height=5, z=-1)
GONE = Rectangle(id="gone", width=5, height=5, hidden=True)
SCENE = Scene(pages=(Page(id="page", width=300, height=300, blocks=(GROUP, LOW, GONE)),))


def test_a_block_in_a_turned_group_lies_where_it_is_seen() -> None:
    box = spots(SCENE)["inner"].box
    # About 120, 120: what was to the left is above, what was above is to the right.
    assert (box.left, box.top) == pytest.approx((110, 110))
    assert (box.width, box.height) == pytest.approx((10, 20))


def test_a_group_is_as_large_as_what_is_seen_in_it() -> None:
    box = extent(GROUP)
    assert (box.left, box.top, box.width, box.height) == pytest.approx((110, 110, 10, 20))


def test_what_is_painted_comes_in_its_order_without_groups_and_what_is_hidden() -> None:
    assert [spot.block.id for spot in painted(SCENE.pages[0])] == ["low", "inner"]


def test_blocks_are_replaced_wherever_they_are() -> None:
    other = Rectangle(id="inner", width=1, height=1)
    made = replaced(SCENE, {"inner": other})
    assert spots(made)["inner"].block == other
    assert mapped(SCENE, lambda block: block) == SCENE


def test_boxes_that_touch_are_not_over_each_other() -> None:
    assert not over(Box(0, 0, 10, 10), Box(9.7, 0, 10, 10))
    assert over(Box(0, 0, 10, 10), Box(9, 0, 10, 10))


def test_all_lengths_of_a_block_become_larger_together() -> None:
    text = Text(
        id="t", x=10, width=100, height=20, size=12, padding=4, letter_spacing=1, radius=(2,) * 4,
        stroke=Stroke(width=2, dash=(4, 2)), shadow=Shadow(x=1, y=2, blur=3),
        runs=(Run(text="a", size=6), Run(text="b", letter_spacing=2)),
    )  # fmt: skip
    made = scaled(Group(id="g", x=5, width=120, height=40, blocks=(text,)), 2)
    assert (made.x, made.width) == (10, 240)
    assert isinstance(made, Group)
    (inner,) = made.blocks
    assert isinstance(inner, Text)
    assert (inner.x, inner.size, inner.padding, inner.letter_spacing) == (20, 24, 8, 2)
    assert inner.radius == (4,) * 4
    assert inner.stroke == Stroke(width=4, dash=(8, 4))
    assert inner.shadow == Shadow(x=2, y=4, blur=6)
    assert [(run.size, run.letter_spacing) for run in inner.runs] == [(12, None), (None, 4)]

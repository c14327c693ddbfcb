from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foveate.geometry.box import Box, Size
from foveate.imaging.drawing.gallery import Item, arranged, bottom_of, rows

SIDES = st.integers(1, 3000)


def items(*sizes: tuple[int, int], caption: str = "") -> list[Item]:
    return [Item("name", caption, Size(*size)) for size in sizes]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=12), st.integers(160, 2000))
def test_nothing_overlaps_or_leaves_the_gallery(sizes: list[tuple[int, int]], width: int) -> None:
    figures = arranged(items(*sizes), width, 0.2 * width, (30, 40))
    assert len(figures) == len(sizes)
    for figure in figures:
        assert Box(30, 40, width, 1e9).contains(figure.cell, 1e-3)
        assert figure.cell.contains(figure.picture, 1)
        assert min(figure.picture.width, figure.picture.height) >= 1
    below = [Box(p.cell.left, p.cell.top, p.cell.width, p.bottom - p.cell.top) for p in figures]
    assert not any(one.overlap(other) for one, other in combinations(below, 2))


def test_rows_have_one_height_and_fill_the_width() -> None:
    figures = arranged(items((300, 200), (200, 300), (400, 200), (300, 300), (500, 200)), 800, 200)
    first = [figure for figure in figures if figure.cell.top == 0]
    assert 1 < len(first) < 5
    assert len({figure.cell.height for figure in first}) == 1
    assert first[-1].cell.right == pytest.approx(800)
    assert [p.cell.left for p in first] == sorted(p.cell.left for p in first)


def test_rows_are_broken_the_best_way_not_the_first() -> None:
    assert rows([1.0, 1.0, 1.0, 1.0], 200, 100, 0) == [(0, 2), (2, 4)]
    assert rows([1.0, 1.0, 1.0, 4.0], 400, 100, 0) == [(0, 3), (3, 4)]
    assert rows([1.5] * 7, 450, 100, 0) == [(0, 3), (3, 7)], "no picture is left alone below"


def test_a_short_last_row_is_no_higher_than_the_one_above() -> None:
    *above, last = arranged(items(*[(100, 100)] * 8), 600, 100)
    assert last.cell.top > above[0].cell.top
    assert last.cell.height == pytest.approx(above[-1].cell.height)
    assert last.cell.right < 400


@pytest.mark.parametrize("size", [(1, 100), (100, 1)])
def test_extremes_keep_their_shape_and_room_for_words(size: tuple[int, int]) -> None:
    (figure,) = arranged(items(size, caption="1:100 face"), 1000, 200)
    assert figure.cell.width >= 78
    assert figure.picture.width / figure.picture.height == pytest.approx(
        size[0] / size[1], rel=0.35
    )
    assert figure.captions == ("1:100 face",)


def test_a_ribbon_alone_takes_no_more_height_than_it_has() -> None:
    (figure,) = arranged(items((2000, 20)), 1000, 200)
    assert figure.cell.height == pytest.approx(10)


def test_captions_take_room_below() -> None:
    bare = arranged(items((300, 200)), 800, 200)
    told = arranged(items((300, 200), caption="said"), 800, 200)
    assert bottom_of(told) > bottom_of(bare) > bare[0].cell.bottom

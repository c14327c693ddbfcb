"""Clicks and boxes as maps over patches."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from foveate.geometry.box import Box
from foveate.vision.clicks import MOST, Click, joined, places_of, told, under

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

GRID = (8, 12)
UNIT = st.floats(0, 1, width=32)
CLICKS = st.lists(st.builds(Click, UNIT, UNIT, st.booleans()), max_size=5)


@given(CLICKS)
def test_each_click_has_one_patch_in_all(clicks: list[Click]) -> None:
    said = told(clicks, None, GRID)
    for shares, kind in ((said.positive, True), (said.negative, False)):
        count = sum(click.positive is kind for click in clicks)
        assert shares.shape == (max(1, count), GRID[0] * GRID[1])
        np.testing.assert_allclose(shares.sum(1), [1] * count or [0], atol=1e-5)


@given(CLICKS)
def test_maps_are_where_the_clicks_are_and_fade(clicks: list[Click]) -> None:
    said = told(clicks, None, GRID)
    assert said.maps.shape == (5, *GRID)
    for maps, disc, kind in (
        (said.maps[:2], said.discs[0], True),
        (said.maps[2:4], said.discs[1], False),
    ):
        some = [click for click in clicks if click.positive is kind]
        assert (maps.max() > 0.5) == bool(some)
        for click in some:
            row, column = (
                int(min(at * n, n - 1)) for at, n in zip((click.y, click.x), GRID, strict=True)
            )
            assert maps[0, row, column] > 0.5
            row, column = (
                int(min(at * n * 4, n * 4 - 1))
                for at, n in zip((click.y, click.x), GRID, strict=True)
            )
            assert disc[row, column] > 0.9


def test_a_box_covers_patches_by_their_share() -> None:
    inside = told([], Box(0.25, 0, 0.5, 0.5), (2, 2)).maps[4]
    assert inside.tolist() == [[0.5, 0.5], [0, 0]]


def test_of_a_long_stroke_clicks_evenly_along_it_count() -> None:
    stroke = [Click(x, 0.5) for x in np.linspace(0, 1, 500)]
    places = places_of(stroke, positive=True)
    assert len(places) == MOST
    assert np.diff(places[:, 0]) == pytest.approx(1 / (MOST - 1), abs=0.003)


def test_a_click_on_the_last_edge_lies_in_the_last_cell() -> None:
    at = under([Click(1, 1), Click(0, 0, positive=False)], (3, 4))
    assert np.argwhere(at).tolist() == [[2, 3]]


def flooded(inside: Bools, seeds: Bools) -> Bools:
    found, queue = np.zeros_like(inside), deque(np.argwhere(inside & seeds).tolist())
    while queue:
        row, column = queue.popleft()
        there = 0 <= row < inside.shape[0] and 0 <= column < inside.shape[1]
        if there and inside[row, column] and not found[row, column]:
            found[row, column] = True
            queue += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
    return found


@given(arrays(bool, (9, 11)), arrays(bool, (9, 11)))
def test_what_hangs_together_is_what_a_flood_reaches(inside: Bools, seeds: Bools) -> None:
    assert (joined(inside, seeds) == flooded(inside, seeds)).all()


def test_a_spiral_hangs_together_to_its_end() -> None:
    inside = np.array([list(row) for row in ("#####", "....#", "###.#", "#...#", "#####")]) == "#"
    seeds = np.zeros((5, 5), bool)
    seeds[0, 0] = True
    assert (joined(inside, seeds) == inside).all()

"""How much outlines cover is what COCO draws, also where they cross themselves and each other."""

from __future__ import annotations

import time

import numpy as np
import pytest

from foveate.datasets.areas import covered
from foveate.datasets.drawn import drawn
from foveate.datasets.handlers.builtin.carry import carried
from foveate.datasets.masks import area_of
from foveate.datasets.sample import Instance, Polygons
from foveate.datasets.shards.coco import annotation
from foveate.geometry.affine import Affine
from foveate.geometry.box import Size

SIZE = Size(300, 200)
LEFT = ((10.0, 10.0), (110.0, 10.0), (110.0, 110.0), (10.0, 110.0))
RIGHT = ((200.0, 10.0), (200.0, 110.0), (290.0, 110.0), (290.0, 10.0))
JOINED = (*LEFT, LEFT[0], RIGHT[0], *RIGHT[1:], RIGHT[0], LEFT[0])
"""Two parts as Ultralytics joins them, by a line to and fro; they go round in different ways."""


def test_parts_joined_by_a_line_count_both() -> None:
    assert area_of(JOINED) == pytest.approx(1000)
    assert covered([JOINED]) == pytest.approx(19_000, rel=0.01)
    told = annotation(Instance(label="cat", mask=Polygons((JOINED,))), {"cat": 1})
    assert told["area"] == covered([JOINED])


def test_outlines_that_overlap_count_once() -> None:
    inner = ((50.0, 50.0), (80.0, 50.0), (80.0, 80.0), (50.0, 80.0))
    assert covered([LEFT, inner]) == pytest.approx(10_000, rel=0.01)
    assert covered([LEFT, RIGHT]) == 19_000


@pytest.mark.parametrize("seed", range(40))
def test_any_outlines_cover_what_is_drawn(seed: int) -> None:
    chance = np.random.default_rng(seed)
    rings = tuple(
        tuple((float(x), float(y)) for x, y in chance.random((corners, 2)) * (300, 200))
        for corners in chance.integers(3, 12, chance.integers(1, 4))
    )
    pixels = np.count_nonzero(drawn(Polygons(rings), SIZE))
    assert abs(covered(rings) - pixels) < 0.03 * pixels + 60


@pytest.mark.parametrize("rings", [[], [()], [((1, 1),)], [((1, 0), (1, 9), (1, 4), (1, 2))]])
def test_what_has_no_inside_covers_nothing(rings: list[tuple[tuple[float, float], ...]]) -> None:
    assert covered(rings) == 0


def test_an_outline_of_many_corners_to_and_fro_is_measured_in_time() -> None:
    chance = np.random.default_rng(1)
    ring = tuple((float(x), float(y)) for x, y in chance.random((50_000, 2)) * 1e9)
    begun = time.process_time()
    assert 0.4e18 < covered([ring]) < 0.6e18
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(("least", "there"), [(0.5, True), (0.6, False)])
def test_what_is_still_seen_of_joined_parts_goes_by_what_they_cover(
    least: float, *, there: bool
) -> None:
    thing = Instance(label="cat", mask=Polygons((JOINED,)))
    # All of the left part, and nothing of the right one: 10,000 of 19,000 pixels.
    assert bool(carried([thing], Affine(), Size(150, 200), least)) is there

"""Outlines as pixels: those that pycocotools 2.0 drew of the same, noted here."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.datasets.drawn import drawn
from foveate.datasets.sample import Polygons
from foveate.geometry.box import Size

SIZE = Size(8, 6)


def rows(*rings: tuple[tuple[float, float], ...]) -> list[str]:
    return ["".join(".#"[each] for each in row) for row in drawn(Polygons(rings), SIZE).tolist()]


@pytest.mark.parametrize(
    ("rings", "shown"),
    [
        ([[0.4, 0.4, 7.2, 1.3, 3.5, 5.6]], "........ .######. ..####.. ..###... ...#.... ........"),
        (
            [[1.5, 0.5, 6.5, 0.5, 6.5, 5.5, 1.5, 5.5]],
            "........ ..#####. ..#####. ..#####. ..#####. ..#####.",
        ),
        (
            [[-3, 2, 4, -2, 12, 9, 1, 4.4]],
            "######.. #######. #######. ######## .####### ....####",
        ),
        (
            [[0, 0, 3, 0, 3, 3, 0, 3], [4.2, 2.1, 7.9, 2.4, 6, 5.9]],
            "###..... ###..... ###.#### .....##. .....##. ........",
        ),
        ([[1, 1, 6, 5, 6, 1, 1, 5]], "........ .#...#.. .##.##.. .##.##.. .#...#.. ........"),
        ([[]], " ".join(["........"] * 6)),
    ],
)
def test_outlines_are_drawn_as_pycocotools_draws_them(rings: list[list[float]], shown: str) -> None:
    corners = [tuple(zip(ring[::2], ring[1::2], strict=True)) for ring in rings]
    assert rows(*corners) == shown.split()


def test_what_is_far_off_is_drawn_soon() -> None:
    far = drawn(Polygons((((-1e12, -1e12), (1e12, -1e12), (1e12, 3.0), (-1e12, 3.0)),)), SIZE)
    assert np.array_equal(far, np.arange(6)[:, None] < np.full((1, 8), 3))

"""The fitted head of the package: the same numbers everywhere, and clicks that do what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Box
from foveate.vision.clicks import Click
from foveate.vision.select_head import GROUP, OBJECT, Fitted, Unfitted, files, shades

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

GRID = (8, 12)
MOST_BYTES = 1_000_000
"""Of a head: it lies in the package."""


def tokens() -> Floats:
    """Numbers that are the same everywhere: waves of another length in each place."""
    rows, columns, count = (np.arange(n, dtype=np.float64) for n in (*GRID, 768))
    phase = rows[:, None, None] * 0.7 + columns[:, None] * 0.4 + count * 1.3
    return np.sin(phase + count * columns[:, None] * 0.05).astype(np.float32)


def picture() -> NDArray[np.uint8]:
    across = np.linspace(0, 255, GRID[1] * 14).astype(np.uint8)
    down = np.linspace(255, 0, GRID[0] * 14).astype(np.uint8)
    rgb = np.zeros((GRID[0] * 14, GRID[1] * 14, 3), np.uint8)
    rgb[..., 0], rgb[..., 1], rgb[..., 2] = across, down[:, None], 90
    return rgb


def test_shades_are_means_of_what_lies_under_a_cell() -> None:
    rgb = np.zeros((10, 8, 3), np.uint8)
    rgb[:, 4:] = (255, 0, 51)
    seen = shades(rgb, (5, 4))
    assert seen.shape == (3, 5, 4)
    assert seen[0, 0] == pytest.approx([-0.45 / 0.28] * 2 + [0.55 / 0.28] * 2, abs=1e-5)
    assert seen[2, 4, 3] == pytest.approx((0.2 - 0.45) / 0.28, abs=1e-5)


CASES: dict[str, tuple[list[Click], Box | None]] = {
    "nothing": ([], None),
    "a click": ([Click(0.3, 0.4)], None),
    "two, and one away": (
        [Click(0.3, 0.4), Click(0.5, 0.4), Click(0.9, 0.9, positive=False)],
        None,
    ),
    "a box": ([], Box(0.2, 0.1, 0.5, 0.6)),
}
PLACES = ((OBJECT, 3, 5), (OBJECT, 14, 20), (OBJECT, 28, 40), (GROUP, 14, 20))
ANSWERS = {
    ("clear", "nothing"): (-3.304, -7.177, -0.725, -3.539, -2.536),
    ("clear", "a click"): (-2.819, -6.025, 0.315, -2.659, -1.947),
    ("clear", "two, and one away"): (-3.017, -6.175, -1.928, -2.831, -2.146),
    ("clear", "a box"): (-3.250, -5.358, -0.994, -3.472, -2.226),
    ("all", "nothing"): (-4.476, -4.847, -0.432, -3.089, -2.235),
    ("all", "a click"): (-3.990, -4.481, -0.307, -2.578, -1.780),
    ("all", "two, and one away"): (-4.548, -4.868, -1.558, -2.964, -2.251),
    ("all", "a box"): (-3.984, -2.993, -0.466, -2.707, -1.787),
}
"""Log odds in those places, and the mean of all, as PyTorch computed them when it was fitted."""


@pytest.mark.parametrize(("which", "case"), ANSWERS)
def test_a_head_answers_with_the_same_numbers_everywhere(which: str, case: str) -> None:
    clicks, box = CASES[case]
    head = Fitted(which)
    logs = head.answer(head.read(tokens(), picture()), clicks, box)
    assert logs.shape == (2, GRID[0] * 4, GRID[1] * 4)
    assert np.isfinite(logs).all()
    got = [float(logs[place]) for place in PLACES]
    assert [*got, float(logs.mean())] == pytest.approx(ANSWERS[which, case], abs=0.01)


@pytest.mark.parametrize("which", ["clear", "all"])
def test_a_head_is_small_and_named_by_its_numbers(which: str) -> None:
    assert sum(file.stat().st_size for file in files(which)) < MOST_BYTES
    assert Fitted(which).name.startswith(f"select-{which}-")
    assert Fitted("clear").name != Fitted("all").name


def test_without_a_head_a_box_means_what_is_alike_in_its_middle() -> None:
    told = np.zeros((*GRID, 3), np.float32)
    told[2:6, 3:9] = (1, 0, 0)
    read = Unfitted().read(told, picture())
    logs = Unfitted().answer(read, [], Box(0.25, 0.25, 0.25, 0.5))
    inside = logs[OBJECT] > 0
    assert inside[8:24, 12:24].mean() > 0.95
    assert not inside[:, 24:].any()
    assert (logs[GROUP] == logs[OBJECT]).all()

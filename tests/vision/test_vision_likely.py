"""Where the line is drawn: sure cells stay as they are, unsure ones are rather taken in."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.vision.likely import LEAST, levelled


def test_what_is_sure_hardly_moves() -> None:
    logs = np.array([[9, 9, -9, -9]], np.float32)
    assert levelled(logs) == pytest.approx(logs, abs=0.01)


def test_where_little_is_sure_more_is_taken_in() -> None:
    logs = np.array([[3, -0.2, -0.2, -6, -6, -6]], np.float32)
    assert (levelled(logs) > 0).tolist() == [[True, True, True, False, False, False]]


def test_the_line_is_at_half_of_the_best_dice() -> None:
    shares = np.array([0.9, 0.5, 0.1])
    logs = np.log(shares / (1 - shares)).astype(np.float32)
    best = 2 * (0.9 + 0.5) / (2 + shares.sum())
    wanted = np.log(best / 2 / (1 - best / 2))
    assert logs - levelled(logs) == pytest.approx(wanted, abs=1e-5)


def test_nothing_likely_is_nothing() -> None:
    assert not (levelled(np.full((2, 3), -3, np.float32)) > 0).any()
    assert np.log(LEAST / (1 - LEAST)) > -3

"""What is left of a matte without some things."""

from __future__ import annotations

import numpy as np

from foveate.vision.dropping import without


def disc(radius: float, middle: float = 100) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    y, x = np.mgrid[:200, :200]
    return (np.hypot(x - middle, y - 100) < radius).astype(np.float32)


def test_alpha_and_what_is_dropped_of_it_may_be_of_other_sizes() -> None:
    left = without(np.ones((30, 40), np.float32), np.eye(2, dtype=np.float32))
    assert left.shape == (30, 40)
    assert (left[0, 0], left[0, -1]) == (0, 1)


def test_no_rim_of_what_is_dropped_is_left() -> None:
    assert without(disc(52), disc(50)).max() == 0


def test_a_sliver_goes_and_what_is_sturdy_stays_as_it_was() -> None:
    subject = np.maximum(disc(50), disc(30, middle=165))
    subject[48:50, 60:140] = 1
    left = without(subject, disc(50), spread=0)
    assert left[40:60, 60:130].max() == 0
    assert left[100, 165] == 1
    assert (left[:, 160:] == subject[:, 160:]).all()


def test_where_nothing_is_dropped_nothing_changes() -> None:
    assert (without(disc(3), np.zeros((200, 200), np.float32)) == disc(3)).all()

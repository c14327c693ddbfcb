"""Which datasets go, as arithmetic."""

from __future__ import annotations

import pytest

from foveate.datasets.dataset import Dataset, State
from foveate.datasets.keeping import DAY_S, SPARED_S, doomed

NOW = 100 * DAY_S


def dataset(name: str, days: float, size: int, *, pinned: bool = False) -> Dataset:
    words = dict.fromkeys(("digest", "handler", "version", "pin", "raw"), "")
    return Dataset(
        **words, number=0, id=name, name=name, config={}, state=State.READY, created=0.0,
        used=NOW - days * DAY_S, bytes=size, pinned=pinned,
    )  # fmt: skip


ALL = [
    dataset("old", 30, 10),
    dataset("pinned", 90, 50, pinned=True),
    dataset("new", 1, 20),
    dataset("mid", 5, 30),
    dataset("failed", 6, 0),
]


@pytest.mark.parametrize(
    ("keep_days", "budget_bytes", "gone"),
    [
        (0, 0, []),
        (7, 0, ["old"]),
        (2, 0, ["old", "failed", "mid"]),
        (0, 110, []),
        (0, 109, ["old"]),
        (0, 80, ["old", "mid"]),
        (7, 80, ["old", "mid"]),
        (0, 1, ["old", "mid", "new"]),
    ],
)
def test_those_that_were_asked_for_the_longest_ago_go_first_and_pinned_ones_never(
    keep_days: int, budget_bytes: int, gone: list[str]
) -> None:
    assert [each.id for each in doomed(ALL, NOW, keep_days, budget_bytes)] == gone


@pytest.mark.parametrize(("ago_s", "gone"), [(SPARED_S, []), (SPARED_S + 1, ["large"])])
def test_what_is_in_use_stays_however_large_it_is(ago_s: float, gone: list[str]) -> None:
    large = dataset("large", ago_s / DAY_S, 1000)
    assert [each.id for each in doomed([large], NOW, 1, 10)] == gone

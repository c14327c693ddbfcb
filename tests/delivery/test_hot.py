"""Which renditions are asked for often."""

from __future__ import annotations

import pytest

from foveate.delivery.ask import Ask
from foveate.delivery.hot import MOST, MOST_TRIES, WITHIN_S, Hot
from foveate.options.grammar import parse_options
from foveate.options.model import TransformOptions

CAT = Ask(options=TransformOptions(width=8), source="a.jpg")


def test_what_is_asked_for_so_often_within_the_time_is_due_once() -> None:
    now = [0.0]
    hot = Hot(3, clock=lambda: now[0])
    hot.kept("cat", CAT)
    for _ in range(2):
        hot.asked("cat")
    now[0] = WITHIN_S + 1
    for _ in range(2):
        hot.asked("cat")
    assert not hot
    hot.asked("cat")
    assert hot.found.is_set()
    for _ in range(5):
        hot.asked("cat")
    assert hot.take() == ("cat", CAT)
    assert not hot
    assert not hot.found.is_set()


def test_what_is_interrupted_is_due_again_and_after_some_times_once_it_is_hot_anew() -> None:
    hot = Hot(3)
    hot.kept("cat", CAT)
    for _ in range(2):  # the second time no interruption counts of the first
        for _ in range(3):
            hot.asked("cat")
        for _ in range(MOST_TRIES):
            assert hot.take() == ("cat", CAT)
            hot.interrupted("cat")
        assert not hot
        assert not hot.found.is_set()


def test_nothing_is_held_of_what_was_interrupted_and_nobody_asks_for_any_more() -> None:
    hot = Hot(1)
    hot.kept("cat", CAT)
    hot.asked("cat")
    assert hot.take()
    for number in range(MOST):
        hot.kept(str(number), CAT)
    hot.interrupted("cat")
    assert not hot


def test_what_is_not_kept_is_not_counted_nor_anything_where_that_is_off() -> None:
    hot, off = Hot(1), Hot(0)
    off.kept("cat", CAT)
    for each in (hot, off):
        each.asked("cat")
        assert not each


@pytest.mark.parametrize("text", ["moderate=block", "gravity=face,faces=subject:ann"])
def test_what_others_decide_over_stays_as_it_is(text: str) -> None:
    hot = Hot(1)
    hot.kept("cat", Ask(options=parse_options(text).options, source="a.jpg"))
    hot.asked("cat")
    assert not hot


def test_a_crowd_of_others_does_not_grow_it_and_leaves_what_is_asked_for_meanwhile() -> None:
    hot = Hot(2 * MOST)
    hot.kept("cat", CAT)
    for number in range(2 * MOST):
        hot.kept(str(number), CAT)
        hot.asked("cat")
    assert hot.take() == ("cat", CAT)
    assert not hot

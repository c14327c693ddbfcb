from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.models.runtime.room import Held, to_drop

HELD = [Held("old", 50, 90.0), Held("newer", 30, 20.0), Held("running", 40, 0.0)]


@pytest.mark.parametrize(
    ("need", "most", "gone"),
    [
        (10, 130, ()),
        (11, 130, ("old",)),
        (60, 130, ("old",)),
        (61, 130, ("old", "newer")),
        (500, 130, ("old", "newer")),
    ],
)
def test_the_longest_idle_go_first_and_those_that_run_stay(
    need: int, most: int, gone: tuple[str, ...]
) -> None:
    assert to_drop(HELD, need, most) == gone


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 5)), max_size=6),
    st.integers(0, 500),
    st.integers(0, 1500),
)
def test_no_more_go_than_it_takes_and_never_a_fresher_one(
    sizes: list[tuple[int, int]], need: int, most: int
) -> None:
    held = [Held(str(number), size, float(idle)) for number, (size, idle) in enumerate(sizes)]
    gone = to_drop(held, need, most)
    stay = [each for each in held if each.name not in gone]
    idle = [each for each in stay if each.idle_s]
    left = sum(each.bytes for each in stay) + need
    assert left <= most or not idle
    known = {each.name: each for each in held}
    assert all(known[name].idle_s >= each.idle_s for name in gone for each in idle)
    if gone:
        assert left + known[gone[-1]].bytes > most

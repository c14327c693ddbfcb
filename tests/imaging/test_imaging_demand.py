"""Whether the next new source is expected to be asked for again at once, and finer."""

from __future__ import annotations

from foveate.imaging.demand import ENOUGH, LATELY, REMEMBERED, SOON, Demand

ONCE, FINER, COARSE = 8, 2, 16


def come_back(demand: Demand, many: int, *, start: int = 0, shrink: int = FINER) -> None:
    """Ask for so many new sources twice."""
    for number in range(start, start + many):
        assert not demand.ask(f"{number}", ONCE, ONCE)
        assert demand.ask(f"{number}", shrink, ONCE)


def come_once(demand: Demand, many: int) -> None:
    for number in range(many):
        demand.ask(f"once {number}", ONCE, ONCE)


def test_nothing_is_expected_after_a_few_sources() -> None:
    demand = Demand()
    come_back(demand, ENOUGH - 1)
    assert not demand.comes_back
    come_back(demand, 1, start=ENOUGH)
    assert demand.comes_back


def test_who_wants_nothing_finer_would_be_spared_no_decode() -> None:
    demand = Demand()
    come_back(demand, 2 * ENOUGH, shrink=ONCE)
    come_back(demand, 2 * ENOUGH, start=100, shrink=COARSE)
    assert not demand.comes_back


def test_a_source_counts_once_however_often_it_is_asked_for() -> None:
    demand = Demand()
    come_once(demand, ENOUGH)
    for _ in range(ENOUGH):
        demand.ask(f"once {ENOUGH - 1}", FINER, ONCE)
    assert not demand.comes_back


def test_who_comes_back_after_other_sources_comes_too_late() -> None:
    demand = Demand()
    for number in range(2 * ENOUGH):
        demand.ask(f"{number}", ONCE, ONCE)
        demand.ask(f"{number - SOON}", FINER, ONCE)
    assert not demand.comes_back


def test_what_was_long_ago_counts_less() -> None:
    demand = Demand()
    come_back(demand, LATELY)
    come_once(demand, LATELY)
    come_once(demand, LATELY // 2)
    assert not demand.comes_back


def test_it_remembers_so_many_sources_and_no_more() -> None:
    demand = Demand()
    demand.ask("first", ONCE, ONCE)
    come_once(demand, REMEMBERED)
    assert not demand.ask("first", ONCE, ONCE)

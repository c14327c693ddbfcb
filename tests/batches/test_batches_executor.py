"""Who calls workers, and how much waits for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from foveate.batches.budget import Budget
from foveate.batches.executor import AHEAD, Threads
from foveate.batches.made import Made
from foveate.batches.row import Row
from foveate.errors import MemoryBudgetSpent, WeightsMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = [Row(key=f"{number}.jpg", path=str(number), number=number) for number in range(100)]


def done(row: Row) -> Made:
    return Made(row=row, asked=b"")


def numbers(groups: Iterator[list[Made]]) -> list[int]:
    return sorted(made.row.number for group in groups for made in group)


@pytest.mark.parametrize("workers", [1, 3])
def test_every_row_comes_back_once(workers: int) -> None:
    assert numbers(Threads(workers).run(done, iter(ROWS))) == list(range(100))
    assert numbers(Threads(workers).run(done, iter(()))) == []


def test_rows_are_taken_only_as_there_is_room() -> None:
    taken = 0

    def rows() -> Iterator[Row]:
        nonlocal taken
        for row in ROWS:
            taken += 1
            yield row

    back = 0
    for group in Threads(2).run(done, rows()):
        back += len(group)
        assert taken - back <= 2 * (1 + AHEAD)
    assert back == 100


def test_what_is_underway_is_finished_and_what_waits_is_left() -> None:
    stopped = threading.Event()
    begun: list[int] = []

    def work(row: Row) -> Made:
        begun.append(row.number)
        stopped.set()
        return done(row)

    back = numbers(Threads(1, stopped).run(work, iter(ROWS)))
    assert back == begun
    assert len(back) < 1 + 2 * (1 + AHEAD)


def test_what_a_worker_raises_ends_it_and_leaves_no_thread() -> None:
    def work(row: Row) -> Made:
        if row.number == 7:
            raise WeightsMissing("retinaface")
        return done(row)

    before = threading.active_count()
    with pytest.raises(WeightsMissing):
        numbers(Threads(3).run(work, iter(ROWS)))
    assert threading.active_count() == before


def test_what_others_have_finished_is_there_before_what_a_worker_raises() -> None:
    worked, back = list[int](), list[int]()
    raised = threading.Event()

    def work(row: Row) -> Made:
        if row.number == 7:
            raised.set()
            raise WeightsMissing("retinaface")
        if row.number >= 5:  # underway while that comes
            raised.wait()
        worked.append(row.number)
        return done(row)

    def taken() -> None:
        for group in Threads(3).run(work, iter(ROWS)):
            back.extend(made.row.number for made in group)

    with pytest.raises(WeightsMissing):
        taken()
    assert sorted(back) == sorted(worked)
    assert {*range(7)} <= {*back}


def test_pictures_wait_for_memory_and_networks_give_theirs() -> None:
    held, freed = 40, list[int]()

    def make_room(need: int) -> None:
        nonlocal held
        freed.append(need)
        held = 0

    budget = Budget(100, lambda: held, make_room)
    with budget.taking(50):
        assert not freed
    with budget.taking(90):
        assert freed == [30]
    with pytest.raises(MemoryBudgetSpent), budget.taking(101):
        pass


def test_who_finds_no_memory_goes_on_when_another_is_done() -> None:
    budget = Budget(100, lambda: 0, lambda _: None)
    inside, order = threading.Event(), list[str]()

    def second() -> None:
        inside.wait()
        with budget.taking(60):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with budget.taking(60):
        inside.set()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]

"""What is charged to whom while a process runs."""

from __future__ import annotations

import pytest

from foveate.errors import BudgetSpent
from foveate.ledger.amounts import OTHERS, SHARED, Amounts, Name
from foveate.ledger.ledger import Ledger
from foveate.trace import Trace

SHOP, APP = Name("shop", "image", "resize"), Name("app", "image", "resize")


def spent(trace: Trace, cpu_s: float, read: int = 0) -> None:
    with trace.waiting("fetch") as span:
        span.bytes = read
    trace.charge(cpu_s=cpu_s)


def test_a_request_is_charged_what_its_trace_took_and_read() -> None:
    ledger, trace = Ledger(used=lambda: 0.0), Trace()
    spent(trace, 0.25, read=1000)
    trace.charge(gpu_s=0.5)
    ledger.charge(ledger.account(SHOP), trace)
    assert ledger.accounts[SHOP] == Amounts(cpu_s=0.25, gpu_s=0.5, bytes_in=1000)


def test_what_goes_on_after_the_answer_is_charged_when_it_is_known() -> None:
    ledger, trace = Ledger(used=lambda: 0.0), Trace()
    trace.underway = 1
    spent(trace, 0.25)
    ledger.charge(ledger.account(SHOP), trace)
    trace.charge(cpu_s=0.5)
    trace.underway = 0
    ledger.due()
    trace.charge(cpu_s=9.0)
    assert ledger.due()[SHOP].cpu_s == 0.75


def test_what_nobody_can_be_charged_for_is_shared_so_that_all_is_what_the_process_took() -> None:
    used = 10.0
    ledger, trace = Ledger(used=lambda: used), Trace()
    assert ledger.due() == {SHARED: Amounts(cpu_s=10.0)}, "what goes on is not known yet"
    spent(trace, 4.0)
    ledger.charge(ledger.account(SHOP), trace)
    used = 11.0
    due = ledger.due()
    assert due[SHARED].cpu_s == 7.0
    assert sum(amounts.cpu_s for amounts in due.values()) == used


@pytest.mark.parametrize("told", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_a_charge_that_cannot_be_is_left_out_and_no_other_with_it(told: float) -> None:
    ledger = Ledger(used=lambda: 5.0)
    ledger.account(SHOP).add(Amounts(requests=1, paid=0.5))
    ledger.written(ledger.due())
    ledger.account(SHOP).add(Amounts(requests=1, paid=told))
    ledger.account(APP).add(Amounts(requests=1, cpu_s=2.0))
    assert ledger.due() == {SHARED: Amounts(cpu_s=-2.0), APP: Amounts(requests=1, cpu_s=2.0)}
    ledger.account(SHOP).add(Amounts(requests=1, paid=0.25))
    assert ledger.due()[SHOP] == Amounts(requests=1, paid=0.25)


def test_a_counter_never_falls_when_what_was_shared_is_charged_to_somebody() -> None:
    used = iter((10.0, 11.0, 20.0))
    ledger, trace = Ledger(used=lambda: next(used)), Trace()

    def shared_s() -> float:
        ledger.due()
        return dict(ledger.counted())[SHARED].cpu_s

    before = shared_s()
    spent(trace, 4.0)
    ledger.charge(ledger.account(SHOP), trace)
    assert [before, shared_s(), shared_s()] == [10.0, 10.0, 16.0]


def test_what_was_written_is_not_due_again_and_what_was_not_is() -> None:
    ledger = Ledger(used=lambda: 0.0)
    ledger.account(SHOP).requests += 2
    assert ledger.due() == {SHOP: Amounts(requests=2)}
    ledger.account(SHOP).requests += 1
    first = ledger.due()
    ledger.written(first)
    assert first == {SHOP: Amounts(requests=3)}
    assert ledger.due() == {}


def test_there_are_only_so_many_accounts() -> None:
    ledger = Ledger(most=3)
    for number in range(9):
        ledger.account(Name(f"key{number}", "image")).requests += 1
    assert len(ledger.accounts) == 4
    assert ledger.accounts[OTHERS].requests == 7


def test_work_is_refused_until_there_is_a_new_budget() -> None:
    now = 100.0
    ledger = Ledger(clock=lambda: now)
    ledger.check()
    ledger.stop(130.0)
    with pytest.raises(BudgetSpent) as caught:
        ledger.check()
    assert caught.value.retry_after_s == 30.0
    now = 130.0
    ledger.check()

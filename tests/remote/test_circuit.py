"""When to call again: arithmetic."""

from __future__ import annotations

import pytest

from foveate.remote.circuit import (
    ENOUGH,
    HUNG_S,
    LONGEST_S,
    OPEN_MOST_S,
    OPEN_S,
    Circuit,
    backoff_s,
)


@pytest.mark.parametrize(
    ("attempt", "draw", "wait_s"),
    [(0, 0.0, 0.05), (1, 0.0, 0.1), (2, 0.0, 0.2), (1, 1.0, 0.05), (60, 0.0, LONGEST_S)],
)
def test_waits_double_and_chance_halves_them_at_most(
    attempt: int, draw: float, wait_s: float
) -> None:
    assert backoff_s(attempt, draw) == pytest.approx(wait_s)


def broken(now: float = 10.0) -> Circuit:
    circuit = Circuit()
    for _ in range(ENOUGH):
        circuit = circuit.failed(now, began=now)
    return circuit


def test_some_failures_break_nothing() -> None:
    circuit = Circuit().failed(1.0, began=1.0).failed(1.0, began=1.0)
    assert not circuit.broken
    assert circuit.lets_call(1.0)


def test_a_broken_circuit_is_left_alone_for_a_while() -> None:
    circuit = broken(10.0)
    assert circuit.broken
    assert not circuit.lets_call(10.0 + OPEN_S / 2)
    assert circuit.lets_call(10.0 + OPEN_S)


def test_one_trial_is_made_at_a_time_however_long_it_takes() -> None:
    trial = broken(10.0).calling()
    assert not trial.lets_call(10.0 + 100 * OPEN_S)
    late = trial.failed(20.0, began=9.0)
    assert not late.lets_call(30.0), "what began before is no trial"


def test_after_a_trial_that_failed_the_wait_begins_at_its_end() -> None:
    over = broken(10.0).calling().failed(20.0, began=11.0, trial=True)
    assert not over.lets_call(20.0 + 1.9 * OPEN_S)
    assert over.lets_call(20.0 + 2 * OPEN_S)


def test_a_trial_that_told_nothing_is_over_too() -> None:
    over = broken(10.0).calling().tried(20.0)
    assert not over.lets_call(20.0 + OPEN_S / 2)
    assert over.lets_call(20.0 + OPEN_S)
    assert broken(10.0).tried(20.0) == broken(10.0), "it was noted before"


def test_each_trial_that_fails_doubles_the_time_up_to_a_bound() -> None:
    circuit, alone = broken(0.0), []
    for _ in range(12):
        alone.append(circuit.not_before)
        circuit = circuit.calling().failed(0.0, began=0.0, trial=True)
    assert alone[:3] == [OPEN_S, 2 * OPEN_S, 4 * OPEN_S]
    assert alone[-1] == OPEN_MOST_S


def test_to_wait_in_vain_once_is_enough_unless_others_were_answered_meanwhile() -> None:
    hung = Circuit().failed(10.0 + HUNG_S, began=10.0)
    assert (hung.broken, hung.hung) == (True, True)
    busy = Circuit().answered(10.5).failed(10.0 + HUNG_S, began=10.0)
    assert (busy.broken, busy.hung) == (False, False)


def test_a_whole_circuit_is_the_same_while_it_is_called() -> None:
    assert Circuit().calling() == Circuit()

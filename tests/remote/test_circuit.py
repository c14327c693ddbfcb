"""When to call again: arithmetic."""

from __future__ import annotations

import pytest

from foveate.remote.circuit import (
    ENOUGH,
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
        circuit = circuit.failed(now)
    return circuit


def test_some_failures_break_nothing() -> None:
    circuit = Circuit().failed(1.0).failed(1.0)
    assert not circuit.broken
    assert circuit.lets_call(1.0)


def test_a_broken_circuit_is_left_alone_for_a_while() -> None:
    circuit = broken(10.0)
    assert circuit.broken
    assert not circuit.lets_call(10.0 + OPEN_S / 2)
    assert circuit.lets_call(10.0 + OPEN_S)


def test_one_trial_is_made_at_a_time() -> None:
    trial = broken(10.0).calling(10.6)
    assert not trial.lets_call(10.7)
    assert trial.lets_call(10.6 + OPEN_S), "one that never ended must not close it for ever"


def test_each_trial_that_fails_doubles_the_time_up_to_a_bound() -> None:
    circuit, alone = broken(0.0), []
    for _ in range(12):
        alone.append(circuit.not_before)
        circuit = circuit.failed(0.0)
    assert alone[:3] == [OPEN_S, 2 * OPEN_S, 4 * OPEN_S]
    assert alone[-1] == OPEN_MOST_S


def test_a_whole_circuit_is_the_same_while_it_is_called() -> None:
    assert Circuit().calling(5.0) == Circuit()

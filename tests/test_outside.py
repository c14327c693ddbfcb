"""What threads that are not Python's take is charged to who waits for them."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.pixels import from_array
from foveate.outside import KNOWN, Moment, Outside, Waiting
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterator


def moments(*cpu_s: float, threads: tuple[dict[int, float], ...] = ()) -> Iterator[Moment]:
    """Yield moments a second apart."""
    for wall_s, cpu in zip(count(), cpu_s, strict=False):
        yield Moment(float(wall_s), cpu, threads[wall_s] if threads else {})


def test_who_waits_alone_is_charged_with_all_of_it() -> None:
    now = moments(5.0, 5.8)
    outside, one = Outside(lambda: next(now)), Waiting(1)
    outside.enter(one)
    outside.leave(one)
    assert one.share_s == pytest.approx(0.8)


def test_those_who_wait_at_one_time_share() -> None:
    now = moments(0.0, 1.0, 3.0, 4.0)
    outside, one, other = Outside(lambda: next(now)), Waiting(1), Waiting(2)
    outside.enter(one)
    outside.enter(other)
    outside.leave(one)
    outside.leave(other)
    assert (one.share_s, other.share_s) == (pytest.approx(2.0), pytest.approx(2.0))


def test_what_pythons_threads_take_is_not_shared_and_who_works_does_not_wait() -> None:
    at_work = ({1: 0.0, 2: 0.0, 3: 9.0}, {1: 0.0, 2: 0.0, 3: 9.0}, {1: 1.0, 2: 0.0})
    now = moments(0.0, 0.0, 1.5, 1.5, threads=(*at_work, {1: 1.0, 2: 0.0}))
    outside, worker, waiter = Outside(lambda: next(now)), Waiting(1), Waiting(2)
    outside.enter(worker)
    outside.enter(waiter)
    outside.leave(waiter)
    outside.leave(worker)
    assert (worker.share_s, waiter.share_s) == (0.0, pytest.approx(0.5))


def test_who_waits_for_another_process_is_charged_with_none() -> None:
    now = moments(0.0, 1.0, 5.0, 6.0)
    outside, one = Outside(lambda: next(now)), Waiting(1)
    outside.enter(one)
    with outside.apart(one):
        pass
    outside.leave(one)
    assert one.share_s == pytest.approx(2.0)


@pytest.mark.skipif(not KNOWN, reason="the system does not say what threads took")
def test_what_encoders_take_in_threads_of_their_own_is_charged() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    trace, before = Trace(), time.thread_time()
    with trace.charged():
        encode(from_array(noise), EncodeOptions(format="avif"))
    assert trace.cpu_s > 2 * (time.thread_time() - before)

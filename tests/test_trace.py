"""What is charged to a request by those who work for it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from foveate.trace import Trace


def work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_spans_within_spans_are_charged_once() -> None:
    trace, before = Trace(), time.thread_time()
    with trace.charged(), trace.span("render"), trace.span("encode"):
        work(0.02)
    # Clocks of several threads are read one after the other, and differ by that.
    assert 0.02 <= trace.cpu_s < 1.5 * (time.thread_time() - before)


def test_each_thread_is_charged_for_itself() -> None:
    trace, both = Trace(), threading.Barrier(2)

    def look() -> None:
        with trace.span("faces"):
            both.wait(5)
            work(0.01)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(look) for _ in range(2)]:
            future.result()
    assert trace.cpu_s >= 0.02


def test_waiting_costs_nothing() -> None:
    trace = Trace()
    with trace.charged(), trace.span("fetch"):
        time.sleep(0.05)
    assert trace.cpu_s < 0.02

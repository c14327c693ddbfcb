from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from foveate.server.priority import BEHIND, step_back


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere niceness belongs to processes")
def test_a_worker_and_what_it_starts_run_behind_the_main_thread() -> None:
    def nice() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def its_own() -> int:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(nice).result()

    before = nice()
    with ThreadPoolExecutor(1, initializer=step_back) as pool:
        expected = min(19, before + BEHIND)
        assert pool.submit(nice).result() == pool.submit(its_own).result() == expected
    assert nice() == before

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected, TimedOut
from foveate.imaging.child import run, unnamed
from foveate.trace import Trace

if TYPE_CHECKING:
    from pathlib import Path


def test_a_program_that_says_nothing_more_is_ended_all_the_same(tmp_path: Path) -> None:
    silent = tmp_path / "silent.py"
    silent.write_text("import os, time\nos.close(2)\ntime.sleep(60)\n")
    started = time.monotonic()
    with unnamed() as given, unnamed() as said, pytest.raises(TimedOut), Deadline(started + 0.3):
        run(silent, task="it", given=given, said=said, memory_bytes=2**30, timeout_s=30)
    assert time.monotonic() - started < 10


def test_of_endless_complaints_the_end_is_kept(tmp_path: Path) -> None:
    loud = tmp_path / "loud.py"
    loud.write_text("import sys\nsys.stderr.write('x' * 10**7 + '\\nlast')\nsys.exit(7)\n")
    with unnamed() as given, unnamed() as said:
        ended = run(loud, task="it", given=given, said=said, memory_bytes=2**30, timeout_s=30)
    assert ended == (7, "last")


def test_what_a_program_took_is_charged_to_the_request(tmp_path: Path) -> None:
    busy, trace = tmp_path / "busy.py", Trace()
    busy.write_text("import time\nwhile time.process_time() < 0.1: pass\n")
    with trace.entered(), unnamed() as given, unnamed() as said:
        run(busy, task="it", given=given, said=said, memory_bytes=2**30, timeout_s=30)
    assert 0.1 <= trace.cpu_s < 5


def test_nothing_is_started_for_what_is_over_already(tmp_path: Path) -> None:
    program, mark, left = tmp_path / "program.py", tmp_path / "started", threading.Event()
    program.write_text(f"open({str(mark)!r}, 'w')\n")
    with unnamed() as given, unnamed() as said, Deadline(time.monotonic() + 60, left):
        left.set()
        with pytest.raises(ClientDisconnected):
            run(program, task="it", given=given, said=said, memory_bytes=2**30, timeout_s=30)
    assert not mark.exists()

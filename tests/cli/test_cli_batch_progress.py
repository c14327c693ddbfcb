"""What is shown while a batch goes."""

from __future__ import annotations

import io
import threading

from rich.console import Console

from foveate.batches.library import description_of
from foveate.batches.report import BatchReport
from foveate.cli.batch_progress import ENDING, shown_progress

COLUMNS = 80


def test_who_interrupts_it_sees_that_it_was_heard() -> None:
    asked, stopped, screen = (
        description_of(["a.jpg"], "out", ["w=8"]),
        threading.Event(),
        io.StringIO(),
    )
    console = Console(file=screen, force_terminal=True, width=COLUMNS)
    with shown_progress(asked, console, stopped, ends=False) as show:
        show(BatchReport(done=1))
        stopped.set()
    assert ENDING in screen.getvalue()

"""What is shown while a batch goes."""

from __future__ import annotations

import io
import threading
from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console

from foveate.batches.library import description_of
from foveate.batches.made import Made, Status
from foveate.batches.report import BatchReport
from foveate.batches.row import Row
from foveate.cli.batch_progress import ENDING, shown_progress, told_report
from foveate.settings import Costs

if TYPE_CHECKING:
    import pytest

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


def test_a_batch_that_stops_at_a_picture_says_at_which_and_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = Row(key="cats/\x1b2.jpg", path="cats/2")
    made = Made(row=row, asked=b"", status=Status.FAILED, error="NotAnImage", message="It is none.")
    report = BatchReport(failed=1, stopped=True, stopped_at=made)
    told_report(report, as_json=False, costs=Costs())
    assert "Stopped at cats/\\x1b2.jpg: It is none." in capsys.readouterr().err


def test_a_report_says_that_pictures_may_be_missing(capsys: pytest.CaptureFixture[str]) -> None:
    report = BatchReport(done=3, failed=1, errors=Counter({"PicturesMissed": 1}))
    told_report(report, as_json=False, costs=Costs())
    assert "Pictures may be missing: manifest.jsonl says beside which names." in (
        capsys.readouterr().err
    )

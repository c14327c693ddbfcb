"""What the process of a job says on its standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from foveate.batches.made import Made, Status
from foveate.batches.report import BatchReport
from foveate.batches.row import Row
from foveate.jobs.child import Progress

if TYPE_CHECKING:
    import pytest


def test_what_was_not_yet_told_is_told_before_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress, report = Progress(total=9), BatchReport()
    made = Made(row=Row(key="a.jpg", path="a"), asked=b"", status=Status.DONE)
    progress.tell()
    assert capsys.readouterr().out == ""
    for done in (1, 2):
        report.done = done
        progress.take(made, report)
    progress.tell()
    told = json.loads(capsys.readouterr().out)
    assert (told["progress"]["done"], told["progress"]["total"]) == (2, 9)

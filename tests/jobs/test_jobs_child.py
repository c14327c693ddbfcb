"""What the process of a job says on its standard output."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from foveate.batches.library import description_of
from foveate.batches.made import Made, Status
from foveate.batches.report import BatchReport
from foveate.batches.row import Row
from foveate.jobs.child import Progress
from foveate.jobs.process import JobProcess, order_of
from foveate.settings import Origins, Settings

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.anyio
async def test_a_job_that_finds_no_picture_fails(tmp_path: Path) -> None:
    (tmp_path / "in" / "empty").mkdir(parents=True)
    settings = Settings(origins=Origins(folder=str(tmp_path / "in")))
    asked = description_of(["empty"], str(tmp_path / "out"), ["width=8"])
    process = await JobProcess.start(order_of(settings, asked))
    (told,) = [said async for said in process.said()]
    await process.end()
    assert (told["error"], told["message"]) == (
        "BadOption",
        "Expected pictures in empty, got none.",
    )

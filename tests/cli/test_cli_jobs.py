"""What the command line says of a job, to people."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from foveate.cli.jobs import _files, lines
from foveate.cli.jobs_progress import shown
from foveate.errors import BadOption
from foveate.storage.job_server import JobServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUMS = {
    "met": 3,
    "done": 2,
    "before": 0,
    "repeated": 0,
    "failed": 1,
    "failed_before": 0,
    "total": 3,
}
UNTIL = "2026-11-28T00:00:00.000Z"
WAITS = {"why": "pictures_per_day", "until": UNTIL}


def test_a_job_that_no_server_works_on_says_so() -> None:
    waits = {"why": "no_workers"}
    told = lines({"id": "4f1c", "state": "queued", "progress": SUMS, "waits": waits})
    assert "FOVEATE_JOBS__WORKERS" in told[1]


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("pictures_per_day", "its key has had the pictures of a day"),
        ("not_written", "its results cannot be written"),
    ],
)
def test_a_job_that_waits_for_a_time_says_why(why: str, told: str) -> None:
    waits = {"why": why, "until": UNTIL}
    assert lines({"id": "4f1c", "state": "queued", "progress": SUMS, "waits": waits}) == [
        "4f1c is queued: 2 of 3 done, 1 failed.",
        f"It waits until {UNTIL}: {told}.",
    ]


def test_events_without_sums_are_shown() -> None:
    screen = io.StringIO()
    with shown(Console(file=screen, force_terminal=True, width=100)) as show:
        for name, data in (
            ("queued", {"waits": WAITS}),
            ("progress", {**SUMS, "pictures_per_s": 1.0}),
            ("failed", {"error": {"error": "TimedOut", "message": "Too long."}}),
        ):
            show({"event": name, "data": data})
    assert "3/3" in screen.getvalue()
    assert "failed" in screen.getvalue()


class Odd(JobServer):
    """A server with a result that no file can be called as."""

    def files(self, job: str) -> Iterator[dict[str, Any]]:
        yield {"name": f"{job}\0", "url": "/a", "bytes": 3}


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="below"):
        next(_files(Odd("http://127.0.0.1"), "a", tmp_path))

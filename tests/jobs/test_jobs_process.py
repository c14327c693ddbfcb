"""What the process of a job is told."""

from __future__ import annotations

from foveate.batches.library import description_of
from foveate.jobs.process import order_of
from foveate.settings import Jobs, Limits, Settings


def test_a_picture_of_a_job_has_more_time_than_one_of_a_request_and_memory_of_its_own() -> None:
    settings = Settings(limits=Limits(timeout_s=2.0), jobs=Jobs(memory_bytes=7_000_000))
    order = order_of(settings, description_of(["a.jpg"], "out", ["width=8"]))
    # It lets everybody else go first.
    assert order.settings.limits.timeout_s >= 20 * settings.limits.timeout_s
    assert order.settings.load.memory_bytes == 7_000_000

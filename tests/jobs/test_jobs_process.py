"""What the process of a job is told."""

from __future__ import annotations

from foveate.batches.library import description_of
from foveate.jobs.process import order_of
from foveate.settings import Jobs, Limits, Settings


def test_a_job_has_memory_of_its_own_and_what_is_set_otherwise_is_as_for_requests() -> None:
    settings = Settings(limits=Limits(timeout_s=2.0), jobs=Jobs(memory_bytes=7_000_000))
    order = order_of(settings, description_of(["a.jpg"], "out", ["width=8"]))
    assert order.settings.load.memory_bytes == 7_000_000
    assert order.settings.limits == settings.limits

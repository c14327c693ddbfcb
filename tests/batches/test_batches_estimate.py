"""What a batch would take."""

from __future__ import annotations

from foveate.batches.estimate import Estimate, Tried
from foveate.settings import Costs


def test_a_start_is_taken_once_and_pictures_share_the_workers() -> None:
    tried = [Tried(cpu_s=0.5, bytes_in=100, bytes_out=10)] * 3
    told = Estimate(
        pictures=40, tried=tried, failed=0, start_s=3.0, workers=4, prices=Costs(), remote=False
    )
    assert told.cpu_s == (20.0, 20.0)
    assert told.seconds == (8.0, 8.0)
    assert (told.bytes_of("bytes_in"), told.bytes_of("bytes_out")) == (4000, 400)

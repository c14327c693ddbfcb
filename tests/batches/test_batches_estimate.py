"""What a batch would take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch_stand import batch_without_time, drawn

from foveate.background import default_app
from foveate.batches.estimate import Estimate, Tried, estimated
from foveate.batches.library import description_of
from foveate.batches.run import Going
from foveate.settings import Costs

if TYPE_CHECKING:
    from pathlib import Path


def test_a_start_is_taken_once_and_pictures_share_the_workers() -> None:
    tried = [Tried(cpu_s=0.5, bytes_in=100, bytes_out=10)] * 3
    told = Estimate(
        pictures=40, tried=tried, failed=0, start_s=3.0, workers=4, prices=Costs(), remote=False
    )
    assert told.cpu_s == (20.0, 20.0)
    assert told.seconds == (8.0, 8.0)
    assert (told.bytes_of("bytes_in"), told.bytes_of("bytes_out")) == (4000, 400)


def test_what_the_moment_failed_is_left_as_it_is_tried_again(tmp_path: Path) -> None:
    drawn(tmp_path / "photos" / "a.png")
    batch_without_time(tmp_path / "photos", tmp_path / "out")
    asked = description_of([str(tmp_path / "photos")], str(tmp_path / "out"), ["width=20"])
    assert estimated(default_app(), asked, Going()).pictures == 1

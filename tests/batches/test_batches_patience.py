"""Origins that have too much to do are asked again, not for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import pytest
from batch_stand import drawn

from foveate.app import create
from foveate.batches.library import description_of
from foveate.batches.patience import patiently
from foveate.batches.reach import Everywhere
from foveate.batches.run import Going
from foveate.batches.run import batch as run_batch
from foveate.errors import SourceRefused
from foveate.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.app import App


def refusal(again_s: float | None) -> SourceRefused:
    why = SourceRefused("Expected 200, got 429.")
    why.again_s = again_s
    return why


@dataclass
class Busy:
    """An origin that refuses some times, each with how long it wants to be left alone."""

    waits: list[float | None]
    slept: list[float] = field(default_factory=list)

    def read(self) -> bytes:
        if self.waits:
            raise refusal(self.waits.pop(0))
        return b"picture"


def test_who_is_busy_is_asked_again_after_as_long_as_he_says() -> None:
    origin = Busy([1.0, 7.0, 2.0])
    assert patiently(origin.read, origin.slept.append) == b"picture"
    assert origin.slept == [1.0, 7.0, 2.0]


@pytest.mark.parametrize(
    ("waits", "slept"), [([None], []), ([31.0], []), ([1.0] * 4, [1.0] * 3), ([1.0, 600.0], [1.0])]
)
def test_who_refuses_for_good_or_for_long_is_left(
    waits: list[float | None], slept: list[float]
) -> None:
    origin = Busy(waits)
    with pytest.raises(SourceRefused):
        patiently(origin.read, origin.slept.append)
    assert origin.slept == slept


class BusyOnce(Everywhere):
    """What is busy when it is asked first, and wants to be asked again at once."""

    asked: ClassVar[list[str]] = []

    def read(self, app: App, key: str) -> bytes:
        self.asked.append(key)
        if len(self.asked) == 1:
            raise refusal(0.0)
        return super().read(app, key)


def test_a_row_of_a_busy_origin_is_done(tmp_path: Path) -> None:
    reach = BusyOnce()
    asked = description_of([str(drawn(tmp_path / "a.png"))], str(tmp_path / "out"), ["width=8"])
    report = run_batch(create(Settings(), reach.opens), asked, Going(workers=1, reach=reach))
    assert (report.done, report.failed, len(reach.asked)) == (1, 0, 2)

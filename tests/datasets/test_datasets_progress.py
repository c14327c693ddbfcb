"""How far a dataset is, for whoever makes it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from foveate.datasets.chunks import Part
from foveate.datasets.progress import Progress
from foveate.datasets.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

ONE = Sample(key="1", source="1.png", digest="ab")
WHOLE = [Part("train", number, (ONE, ONE)) for number in range(5)]


def test_nobody_who_works_waits_until_it_is_told_and_the_newest_is() -> None:
    told, locked = list[Any](), threading.Event()

    def tell(row: Mapping[str, Any]) -> None:
        assert locked.wait(10)
        told.append(row)

    with Progress(WHOLE, {"train-00000"}, tell) as progress:
        for _ in range(4):
            progress.worked(2)
            progress.finished()
        assert not told
        locked.set()
    assert told[-1]["chunks"] == 5
    assert told[-1]["samples"] == 10
    assert len(told) <= 2


def test_what_keeps_it_from_being_told_is_in_the_log_and_the_next_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = list[Any]()

    def tell(row: Mapping[str, Any]) -> None:
        told.append(row)
        if len(told) == 1:
            raise KeyError("books")

    with Progress(WHOLE, {}, tell) as progress:
        progress.finished()
        while not caplog.records:
            time.sleep(0.001)
        progress.finished()
    assert [row["chunks"] for row in told] == [1, 2]
    assert "KeyError: 'books'" in caplog.text

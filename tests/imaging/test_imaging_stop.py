from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING

import pytest
from imaging_pictures import quarters

from foveate.deadline import Deadline
from foveate.errors import BrokenImage, ClientDisconnected, NotAnImage, TimedOut
from foveate.imaging.decode import to_memory
from foveate.imaging.encode import EncodeOptions, OutputFormat, encode
from foveate.imaging.stop import stop_when

if TYPE_CHECKING:
    from foveate.imaging import Image


def slow() -> Image:
    """Return a picture that takes many seconds to write."""
    return quarters(64, 64).resize(60).gaussblur(40).gaussblur(40).cast("uchar")


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif", "gif", "tiff"])
def test_writing_stops_soon_after_the_time_is_over(name: OutputFormat) -> None:
    started = time.monotonic()
    deadline = Deadline(started + 0.1)
    with pytest.raises(TimedOut):
        encode(stop_when(slow(), deadline), EncodeOptions(format=name))
    assert time.monotonic() - started < 3


def test_a_picture_made_from_a_watched_one_stops_too_and_keeps_the_watch_alive() -> None:
    made = stop_when(slow(), Deadline(time.monotonic() + 0.1)).invert().flip("horizontal")
    gc.collect()
    with pytest.raises(TimedOut):
        to_memory(made)


def test_a_picture_in_time_is_whole() -> None:
    watched = stop_when(quarters(), Deadline(time.monotonic() + 60))
    assert (to_memory(watched.invert()) - quarters().invert()).abs().max() == 0


def test_the_deadline_says_whether_time_was_over_or_nobody_waited() -> None:
    cancelled = threading.Event()
    deadline = Deadline(time.monotonic() + 60, cancelled)
    assert not deadline()
    cancelled.set()
    assert deadline()
    assert deadline.disconnected
    assert isinstance(deadline.error, ClientDisconnected)
    late = Deadline(time.monotonic() - 1)
    assert late()
    assert not late.disconnected
    assert isinstance(late.error, TimedOut)


def test_work_that_was_cancelled_ends_as_disconnected() -> None:
    cancelled = threading.Event()
    deadline = Deadline(time.monotonic() + 60, cancelled)
    timer = threading.Timer(0.1, cancelled.set)
    timer.start()
    with pytest.raises(ClientDisconnected), deadline:
        to_memory(stop_when(slow(), deadline))
    timer.join()


def test_a_failure_in_time_stays_what_it_is() -> None:
    with pytest.raises(NotAnImage), Deadline(time.monotonic() + 60):
        raise NotAnImage


def test_a_failure_that_the_stop_caused_is_the_stop() -> None:
    cancelled = threading.Event()
    deadline = Deadline(time.monotonic() + 60, cancelled)

    def break_off() -> None:
        cancelled.set()
        raise BrokenImage

    with pytest.raises(ClientDisconnected), deadline:
        break_off()


def test_nothing_starts_after_the_end() -> None:
    with pytest.raises(TimedOut), Deadline(time.monotonic() - 1):
        pytest.fail("must not be reached")

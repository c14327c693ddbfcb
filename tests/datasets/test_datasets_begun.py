"""Handlers that are begun together."""

from __future__ import annotations

import errno
import threading
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from datasets_stand import Doubling, Worker

from foveate.datasets.begun import Begun
from foveate.errors import HandlerFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG: Mapping[str, Any] = {"times": 1, "fails": "", "seed": 0}
NONE: Mapping[str, bytes] = {}


class Starts:
    """Begins workers, no one before so many are asked for."""

    def __init__(self, together: int) -> None:
        self.of, self._together = Doubling(), threading.Barrier(together)

    def __call__(self) -> Worker:
        self._together.wait(10)
        return self.of.start(CONFIG, NONE)


def test_handlers_begin_side_by_side_and_those_that_nobody_took_are_closed() -> None:
    starts = Starts(3)
    with Begun(starts, 3) as handlers:
        taken = [handlers.take(), handlers.take()]
        assert taken[0] is not taken[1]
        handlers.give(taken.pop())
        assert len(starts.of.running) == 3
        taken[0].close()
    assert not starts.of.running


def test_where_all_are_taken_another_one_is_begun_by_a_thread_that_stays() -> None:
    starts, began = Starts(1), list[threading.Thread]()

    def start() -> Worker:
        began.append(threading.current_thread())
        return starts()

    with Begun(start, 1) as handlers:
        first, second = handlers.take(), handlers.take()
        assert first is not second
        assert len(began) == 2
        assert threading.current_thread() not in began


def test_one_that_cannot_begin_says_why_to_who_takes_it_and_closing_goes_on() -> None:
    def fails() -> NoReturn:
        raise HandlerFailed("It has no module.", public="It has no module.")

    with Begun(fails, 2) as handlers, pytest.raises(HandlerFailed, match="no module"):
        handlers.take()


def test_where_one_cannot_begin_for_the_machine_the_others_are_closed() -> None:
    of, numbers = Doubling(), count()

    def starts() -> Worker:
        if next(numbers) < 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return of.start(CONFIG, NONE)

    with Begun(starts, 4) as handlers:
        pass
    assert next(numbers) == 4
    assert not of.running
    with pytest.raises(RuntimeError, match="after shutdown"):
        handlers._threads.submit(starts)  # noqa: SLF001

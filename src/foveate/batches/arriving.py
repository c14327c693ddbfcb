"""Rows that come when they come: who writes into a pipe may take long over each."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from foveate.batches.row import Row

    Come = queue.Queue[Row | BaseException | None]
    """Rows, then what reading them raised, or None."""

ROOM: Final = 256
"""Rows that are read before anybody takes them."""
MOMENT_S: Final = 0.05


def arriving(rows: Iterator[Row]) -> Generator[Row | None]:
    """Yield rows as they come, and None for each moment in which none does.

    A thread reads them that nobody waits for: a read from a pipe cannot be broken off.
    """
    come: Come = queue.Queue(ROOM)
    over = threading.Event()
    threading.Thread(
        target=_read, args=(rows, come, over), name="foveate-batch-rows", daemon=True
    ).start()
    try:
        yield from _taken(come)
    finally:
        over.set()
        with suppress(queue.Empty):  # it may wait for room
            while True:
                come.get_nowait()


def _read(rows: Iterator[Row], come: Come, over: threading.Event) -> None:
    end: BaseException | None = None
    try:
        for row in rows:
            come.put(row)
            if over.is_set():
                return
    except BaseException as why:  # noqa: BLE001 - raised where rows are taken
        end = why
    come.put(end)


def _taken(come: Come) -> Generator[Row | None]:
    while True:
        try:
            said = come.get(timeout=MOMENT_S)
        except queue.Empty:
            yield None
            continue
        if said is None:
            return
        if isinstance(said, BaseException):
            raise said
        yield said


def first(rows: Iterator[Row | None], many: int) -> Iterator[Row | None]:
    """Yield so many rows, and the moments between them; those that follow are left."""
    for row in rows:
        yield row
        many -= row is not None
        if not many:
            return

"""A handler that is ended as soon as somebody asks to stop, whatever it does."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.datasets.seams import Handler

LOOK_S: Final = 0.1
"""How often it is looked whether somebody asked to stop."""


@contextmanager
def ended_by(stop: threading.Event, handler: Handler) -> Iterator[None]:
    """End a handler when that is set; who waits for it meets HandlerFailed."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            if stop.is_set():
                handler.end()
                return

    looking = threading.Thread(target=look, daemon=True, name="dataset-ending")
    looking.start()
    try:
        yield
    finally:
        over.set()
        looking.join()

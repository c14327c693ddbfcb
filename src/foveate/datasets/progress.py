"""How far a dataset is, and when it will be there: told now and then."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from foveate.datasets.chunks import Part

log = logging.getLogger("foveate.datasets")

TELL_S: Final = 1.0
"""While a chunk is worked on it is told so often."""


def whole(progress: Mapping[str, Any]) -> dict[str, Any]:
    """Return how far something is of which that was told, and which is there now.

    >>> whole({"chunks": 1, "of_chunks": 3, "samples": 120, "of_samples": 300, "eta_s": 9.0})
    {'chunks': 3, 'of_chunks': 3, 'samples': 300, 'of_samples': 300, 'eta_s': 0.0}
    >>> whole({"waits": "room"})
    {}
    """
    if "of_chunks" not in progress:
        return {}
    parts = {"chunks": progress["of_chunks"], "samples": progress["of_samples"]}
    of = {name: each for name, each in progress.items() if name != "waits"}
    return {**of, **parts, "eta_s": 0.0}


class Progress:
    """How far a preparation is, told now and then, while it is entered.

    By a thread of its own: who works waits for no books.
    """

    def __init__(
        self,
        whole: Sequence[Part],
        done: Container[str],
        tell: Callable[[Mapping[str, Any]], object],
    ) -> None:
        self._tell, self._lock, self._begun = tell, threading.Lock(), time.monotonic()
        self._of = {"of_chunks": len(whole), "of_samples": sum(len(p.samples) for p in whole)}
        self._chunks = sum(part.stem in done for part in whole)
        self._before = sum(len(part.samples) for part in whole if part.stem in done)
        self._samples, self._told = 0, self._begun
        self._teller = ThreadPoolExecutor(1, thread_name_prefix="dataset-progress")
        self._is_due = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Return once the last is told: what comes behind it is told by others."""
        self._teller.shutdown()

    def worked(self, samples: int = 1) -> None:
        """Note so many samples more; fewer than none, where what was worked on is lost."""
        with self._lock:
            self._samples += samples
            if time.monotonic() - self._told >= TELL_S:
                self._have_it_told()

    def finished(self) -> None:
        """Note one more chunk."""
        with self._lock:
            self._chunks += 1
            self._have_it_told()

    def _have_it_told(self) -> None:
        self._told = time.monotonic()
        if not self._is_due:
            self._is_due = True
            self._teller.submit(self._tell_newest)

    def _tell_newest(self) -> None:
        with self._lock:
            self._is_due, told = False, self._row()
        try:
            self._tell(told)
        except Exception:  # nobody waits for it: a dataset is made whether it is told of or not
            log.exception("How far a dataset is could not be told.")

    def _row(self) -> dict[str, Any]:
        left = self._of["of_samples"] - self._before - self._samples
        each_s = (self._told - self._begun) / max(1, self._samples)
        told = {"chunks": self._chunks, "samples": self._before + self._samples}
        return {**told, **self._of, "eta_s": round(each_s * left, 1)}

"""A network that only passes on what it is given, and a clock to be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

IDLE_S = 600


class FakeSession:
    provider = "fake"
    shapes = ((1, 3),)

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.during = during

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        self.during()
        return [np.asarray(x, np.float32) for x in inputs.values()]


class Desk:
    """A clock to be moved, the calls that wait for it, and a memory in which each network is 100.

    `events` says when that was looked at, and when some was given back.
    """

    def __init__(self) -> None:
        self.memory, self.grows_by = 0, 100
        self.events: list[str] = []
        self.now = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.released = 0

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self.waiting.append((self.now + seconds, call))

    def pass_s(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [each for each in self.waiting if each[0] <= end]:
            first = min(due, key=lambda each: each[0])
            self.waiting.remove(first)
            self.now = max(self.now, first[0])
            first[1]()
        self.now = end

    def release(self) -> None:
        self.released += 1
        self.events.append("released")

    def resident(self) -> int:
        """Return what the process holds: more each time, so before and after a load."""
        self.memory += self.grows_by
        self.events.append("measured")
        return self.memory

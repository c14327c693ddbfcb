"""The memory that pictures in flight may have: who finds none waits until there is some."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from foveate.errors import MemoryBudgetSpent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

LOOK_S: Final = 0.5
"""How often it is looked whether networks have let memory go."""


class Memory(Protocol):
    """Memory for pictures."""

    def taking(self, need: int) -> AbstractContextManager[None]:
        """Have so many bytes, once there are. Raises MemoryBudgetSpent for more than there are."""
        ...


class Budget:
    """So many bytes for all threads, less what networks hold."""

    def __init__(
        self, most: int, held: Callable[[], int], make_room: Callable[[int], None]
    ) -> None:
        self._most = most
        self._held = held
        self._make_room = make_room
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def taking(self, need: int) -> Iterator[None]:
        """Have so many bytes, once there are. Raises MemoryBudgetSpent for more than there are."""
        if need > self._most:
            raise MemoryBudgetSpent(f"it takes {need} bytes of {self._most}")
        with self._changed:
            while not self._fits(need):
                self._changed.wait(LOOK_S)
            self._taken += need
        try:
            yield
        finally:
            with self._changed:
                self._taken -= need
                self._changed.notify_all()

    def _fits(self, need: int) -> bool:
        over = self._taken + need + self._held() - self._most
        if over > 0 and not self._taken:
            # Nobody else is underway: what networks hold that idle has to go. That suffices but
            # for those of other processes, which let them go when they ask.
            self._make_room(over)
            return True
        return over <= 0

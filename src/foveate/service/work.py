"""Work on pictures whose headers were read: what it takes, and how it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.deadline import Deadline
    from foveate.trace import Trace

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """One verb on one picture, ready to run in a worker. Every door admits it by its memory."""

    memory_bytes: int
    """An upper estimate of the bytes that it takes, from headers alone."""
    run: Callable[[Deadline, Trace], T]
    """Blocks, and releases the GIL for most of its time."""

    def then(self, finish: Callable[[T], R]) -> Work[R]:
        """Return work whose outcome `finish` brings into another shape, in the worker as well."""

        def run(deadline: Deadline, trace: Trace) -> R:
            return finish(self.run(deadline, trace))

        return Work(self.memory_bytes, run)

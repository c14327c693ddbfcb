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
    frames: int = 1
    frame_bytes: int = 0
    """What each frame of an animation adds to its memory."""

    def then(self, finish: Callable[[T], R]) -> Work[R]:
        """Return work whose outcome `finish` brings into another shape, in the worker as well."""

        def run(deadline: Deadline, trace: Trace) -> R:
            return finish(self.run(deadline, trace))

        return Work(self.memory_bytes, run, self.frames, self.frame_bytes)

    def frames_in(self, memory_bytes: int) -> int:
        """Return how many of its frames there would be memory for; 0 for none, and for a picture.

        >>> work = Work(1000, lambda deadline, trace: None, frames=9, frame_bytes=100)
        >>> work.frames_in(650), work.frames_in(50)
        (5, 0)
        """
        beside = self.memory_bytes - self.frames * self.frame_bytes
        fit = max(0, memory_bytes - beside) // self.frame_bytes if self.frame_bytes else 0
        return min(fit, self.frames)

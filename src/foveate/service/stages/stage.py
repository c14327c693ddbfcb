"""What a stage is: a small callable that a thread, a gRPC server or a cluster runs unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.deadline import Deadline

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)
ONE_BY_ONE: Final = (1,)
"""Batch sizes of what gains nothing by batches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a stage takes to run."""

    device: str = "cpu"
    """What it really runs on, as a session's provider says it."""
    memory_bytes: int = 0
    """Beside its input, for one thing at a time: weights, and what they work with."""
    batch_sizes: tuple[int, ...] = ONE_BY_ONE
    """How many things at once it is fast with; one where a batch gains nothing."""


class Stage(Protocol[In_contra, Out_co]):
    """One step of recognition. It blocks, and stops soon after the `current` deadline."""

    @property
    def name(self) -> str:
        """Return what the stage is called, in streams and in settings."""
        ...

    def needs(self) -> Needs:
        """Return what it takes to run; asking may load its network."""
        ...

    def __call__(self, item: In_contra, /) -> Out_co:
        """Return what comes of one thing."""
        ...

    def batch(self, items: Sequence[In_contra], /) -> Sequence[Out_co]:
        """Return what comes of several things, in their order; of none, nothing."""
        ...


class Run(Protocol[In_contra, Out_co]):
    """Runs a stage, wherever that is: in threads here, or on another machine."""

    async def __call__(self, items: Sequence[In_contra], deadline: Deadline, /) -> Sequence[Out_co]:
        """Return what comes of these things, in their order. Raises a FoveateError.

        Ends soon after the deadline, and at once when it is cancelled.
        """
        ...

"""What a stage is: a small callable that a thread, a gRPC server or a cluster runs unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.deadline import Deadline

In_contra = TypeVar("In_contra", contravariant=True)
Out_co = TypeVar("Out_co", covariant=True)


class Stage(Protocol[In_contra, Out_co]):
    """One step of recognition. It blocks, and stops soon after the `current` deadline."""

    def batch_sizes(self) -> Sequence[int]:
        """Return with how many things at once it is fast; asking may load its network."""
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

"""A recognition that goes on: in a place among those who are worked for."""

from __future__ import annotations

from contextlib import ExitStack, aclosing
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from foveate.deadline import Deadline
    from foveate.delivery.admission import Admitted
    from foveate.delivery.delivery import Delivery
    from foveate.service.recognise import Opens
    from foveate.service.told import Asked, Told
    from foveate.service.work import Work
    from foveate.storage.source import Source
    from foveate.trace import Trace

    Prepare = Callable[..., Work[Any]]


class Recogniser(Protocol):
    """The verb that says who is in a picture, as it becomes known."""

    def recognise(
        self, asked: Asked, opens: Opens, deadline: Deadline, trace: Trace
    ) -> AsyncGenerator[Told]:
        """Yield what each stage tells."""
        ...


async def recognition(
    delivery: Delivery,
    recogniser: Recogniser,
    what: Asked,
    admitted: Admitted,
    source: str | Source,
) -> AsyncGenerator[Told]:
    """Yield what is told of a source, or of what has that key. Raises QueueFull."""
    admission = delivery.admission

    async def opens(prepare: Prepare) -> Any:  # noqa: ANN401 - what `prepare` prepares
        opened = await delivery.run(admitted, [source], prepare, span="preprocess")
        # What follows has no worker of its own, and must not pile up behind those there are.
        places.enter_context(admission.place())
        return opened

    with ExitStack() as places:
        stream = recogniser.recognise(what, opens, admitted.deadline, admitted.trace)
        async with aclosing(stream):
            async for told in stream:
                yield told

"""A design edited by a sentence: a model proposes, code decides, and what is wrong is told back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from foveate.deadline import NEVER, Deadline
from foveate.design.assistant.checks import unchecked
from foveate.design.assistant.editing import Editing
from foveate.design.assistant.grant import MOST, granted
from foveate.design.assistant.judge import Judge
from foveate.design.assistant.purse import ENDLESS
from foveate.design.assistant.view import VIEWS
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from foveate.design.assistant.checks import Check, Thumbnail
    from foveate.design.assistant.prompt import Template
    from foveate.design.assistant.purse import Purse
    from foveate.design.assistant.states import State
    from foveate.design.assistant.told import Model
    from foveate.design.assistant.view import View
    from foveate.design.scene.model import Scene
    from foveate.design.sought import Library

TRIES: Final = 3
TIMEOUT_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Edits designs with one model. Its ports are what others know: checks, pictures."""

    model: Model
    check: Check = unchecked
    purse: Purse = ENDLESS
    views: Sequence[View] = VIEWS
    """The narrowest first."""
    thumbnail: Thumbnail | None = None
    template: Template | None = None
    """None takes what fits the request."""
    tries: int = TRIES
    timeout_s: float = TIMEOUT_S
    library: Library | None = None
    """Where pictures are looked for that the model describes; it brings none itself."""
    apart: Callable[..., Awaitable[Any]] = asyncio.to_thread
    """Calls in a thread what may wait for pictures there."""

    async def edit(
        self,
        scene: Scene,
        request: str,
        *,
        key: str = "",
        deadline: Deadline = NEVER,
        offered: frozenset[str] = frozenset(),
    ) -> AsyncIterator[State]:
        """Yield what happens, up to Changed and Done; the scene itself is never touched.

        `offered` are sources that were found for the request, and may be put in. Raises BadOption,
        EditRefused, AssistantAway, AssistantRefused, AllowanceSpent, TimedOut, ClientDisconnected.
        """
        until = min(deadline.until, time.monotonic() + self.timeout_s)
        # Of a long request it takes a second, which others would wait for.
        grant = await self.apart(granted, _checked(request), offered)
        judge = Judge(scene, request, grant, self.check, self.library)
        editing = Editing(self, judge, key, replace(deadline, until=until))
        async for state in editing.states():
            yield state


def _checked(request: str) -> str:
    """Return a request that says something, and not too much. Raises BadOption."""
    if not request.strip() or len(request) > MOST:
        got = f"{len(request)} letters" if request.strip() else "none"
        raise BadOption(f"Expected a request of up to {MOST} letters, got {got}.")
    return request

"""A design edited by a sentence: which model is asked, what it is shown, and what is checked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.assistant import Assistant
from foveate.design.assistant.checks import Findings
from foveate.design.assistant.endpoint import Endpoint
from foveate.design.assistant.purse import ENDLESS
from foveate.designs.looking import found_of_blocks
from foveate.service.draw import Drawing, page_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from foveate.deadline import Deadline
    from foveate.design.assistant.purse import Purse
    from foveate.design.assistant.states import State
    from foveate.design.drawing.typefaces import Typefaces
    from foveate.design.scene.model import Scene
    from foveate.designs.easel import Easel
    from foveate.settings import Assistant as Asked

THUMBNAIL: Final = 512.0
"""Pixels of the longer side of what a model is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Edits designs with the language model of the settings. On one event loop."""

    easel: Easel
    model: Endpoint
    asked: Asked
    purse: Purse = ENDLESS

    @classmethod
    def of(cls, easel: Easel, asked: Asked, purse: Purse = ENDLESS) -> Editor:
        """Return it. Raises UnsupportedOption where no model is set, BadSettings."""
        return cls(easel=easel, model=Endpoint(asked), asked=asked, purse=purse)

    async def edit(
        self, scene: Scene, request: str, *, key: str, deadline: Deadline
    ) -> AsyncIterator[State]:
        """Yield what happens, up to Changed and Done. Raises as the assistant does."""
        typefaces = await asyncio.to_thread(lambda: self.easel.core.draughtsman.fonts.typefaces)
        assistant = Assistant(
            model=self.model,
            check=partial(checked, typefaces),
            purse=self.purse,
            thumbnail=partial(self._thumbnail, asyncio.get_running_loop()),
            tries=self.asked.tries,
            timeout_s=self.asked.timeout_s,
        )
        async for state in assistant.edit(scene, request, key=key, deadline=deadline):
            yield state

    def _thumbnail(self, loop: asyncio.AbstractEventLoop, scene: Scene) -> bytes:
        """Return a small PNG of the first page, as a thread asks for it."""
        page = page_of(scene, "")
        scale = min(1.0, THUMBNAIL / max(page.width, page.height, 1.0))
        drawing = Drawing("png", scale=scale)
        drawn = asyncio.run_coroutine_threadsafe(self.easel.draw(scene, drawing), loop)
        return drawn.result().data


def checked(typefaces: Typefaces, before: Scene, after: Scene, request: str) -> Findings:  # noqa: ARG001 - a check
    """Refuse what was not wrong before: texts that no longer fit, fonts, blocks beyond a page."""
    was = {(each.block, each.matter) for each in found_of_blocks(before, typefaces)}
    new = [
        f"{each.block}: {each.sentence}"
        for each in found_of_blocks(after, typefaces)
        if (each.block, each.matter) not in was
    ]
    return Findings(after, refused=tuple(new))

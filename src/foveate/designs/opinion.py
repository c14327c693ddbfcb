"""The second opinion of a model on a request that plain words ask back."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from foveate.design.assistant.chooser import chosen
from foveate.design.assistant.states import Answered
from foveate.design.words.chosen import alternatives, choose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from foveate.design.assistant.told import Model
    from foveate.design.scene.model import Scene
    from foveate.design.words.answer import Answer


async def second_opinion(
    model: Model, scene: Scene, request: str, answer: Answer
) -> AsyncIterator[Answered | Answer]:
    """Yield what it took, and what comes of it; the same answer where nothing was to be chosen.

    Raises AssistantAway, AssistantRefused.
    """
    found = await asyncio.to_thread(alternatives, scene, request, answer)
    if not found:
        yield answer
        return
    began = time.perf_counter()
    number, usage = await chosen(model, request, [each.sentence for each in found])
    seconds = time.perf_counter() - began
    yield Answered(attempt=1, usage=usage, paid=model.price.of(usage), seconds=seconds)
    yield await asyncio.to_thread(choose, scene, request, answer, lambda _request, _said: number)

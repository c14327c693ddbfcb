"""Take the colours of what is wholly transparent: nobody sees them, and a file may keep them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.imaging.pixels import bared

if TYPE_CHECKING:
    from foveate.transform.state import State


def bare(state: State) -> State:
    """Make colours black where alpha is 0, in answers in which something must not be shown.

    Whoever looked for it saw nothing of them.
    """
    asked, image = state.options, state.image
    if not (asked.redact or asked.moderate) or not image.hasalpha():
        return state
    shown = bared(image).bandjoin(image.extract_band(3))
    return replace(state, image=shown.copy(interpretation=image.interpretation))

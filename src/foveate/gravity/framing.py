"""What a gravity answers, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from foveate.geometry.box import Box, Point
    from foveate.geometry.fit import Window
    from foveate.ports import GravityAnalysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Where the crop lies, and why. All boxes are pixels of the upright source."""

    box: Box
    """The crop, inside the picture."""
    wanted: Box
    """The crop as it was meant, before it was shifted and shrunk into the picture."""
    focus: Point
    """The place of the whole upright source that the crop is about."""
    gravity: str
    """What was used: face, subject, object, text, saliency, attention, entropy, center, side or
    point, which box-center is as well; empty where nothing was cut.
    """
    fell_back: bool = False
    """Whether faces, those of somebody, things or text were asked for and there were none."""


class GravityStrategy(Protocol):
    """Places a window so that what matters stays in frame."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the place of `window` inside `within`, a part of the upright source."""
        ...

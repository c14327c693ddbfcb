"""What a gravity answers, and what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from foveate.geometry.crop import grown
from foveate.geometry.fit import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.geometry.box import Box, Point
    from foveate.options.model import Counted
    from foveate.ports import GravityAnalysis

T = TypeVar("T")


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


def chosen(largest_first: Sequence[T], which: Counted) -> Sequence[T]:
    """Return those that were asked for, of some that come largest first."""
    if which == "all":
        return largest_first
    return largest_first[: 1 if which == "largest" else which]


def zoomed(window: Window, union: Box, zoom: float, *, free: bool) -> Window:
    """Return the window for that zoom: union / zoom, grown to the aspect, at most `window`.

    With 0 it is the whole window; with 1 it is as tight as the box around what is kept. A `free`
    window has no aspect ratio to keep. Source: Cloudflare, "How we built AI face cropping".
    """
    if zoom <= 0:
        return window
    width = min(window.width, union.width / zoom)
    height = min(window.height, union.height / zoom)
    if free:
        return Window(width, height)
    tight = grown(union.width / zoom, union.height / zoom, window.aspect)
    return tight if tight.width < window.width else window

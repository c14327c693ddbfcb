"""Keep the faces: one box around all of them, as tight as `zoom` asks, and none cut in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from foveate.geometry.box import Box
from foveate.geometry.crop import centred, grown, sparing
from foveate.geometry.fit import Window
from foveate.gravity.framing import Framing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from foveate.gravity.framing import GravityStrategy
    from foveate.ports import GravityAnalysis
    from foveate.values import Face


def left_of(faces: Sequence[Face], within: Box) -> list[Box]:
    """Return what a trim leaves of each face; a face of which it cuts off half is none."""
    shared = ((face.box, within.overlap(face.box)) for face in faces)
    return [part for whole, part in shared if part and part.area > whole.area / 2]


def chosen(faces: Sequence[Box], which: Literal["all", "largest"] | int) -> list[Box]:
    """Return the faces that were asked for, the largest first."""
    ordered = sorted(faces, key=lambda face: face.area, reverse=True)
    count = {"all": len(ordered), "largest": 1}.get(str(which), which)
    return ordered[: int(count)]


def zoomed(window: Window, union: Box, zoom: float, *, free: bool) -> Window:
    """Return the window for that zoom: union / zoom, grown to the aspect, at most `window`.

    With 0 it is the whole window; with 1 it is as tight as the box around the faces. A `free`
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundFaces:
    """Centre the crop on the box around the faces; without faces do as `fallback` does."""

    fallback: GravityStrategy
    which: Literal["all", "largest"] | int = "all"
    zoom: float = 0.0
    free: bool = False
    """Whether the crop may take any aspect ratio, because neither side was asked for."""

    def frame(self, within: Box, window: Window, analysis: GravityAnalysis) -> Framing:
        """Return the crop that keeps the faces whole wherever one exists."""
        found = left_of(analysis.faces(), within)
        if not found:
            return replace(self.fallback.frame(within, window, analysis), fell_back=True)
        kept = chosen(found, self.which)
        union = Box.covering(kept)
        tight = zoomed(window, union, self.zoom, free=self.free)
        # A window smaller than any face cannot keep one whole: it shows the middle of the largest.
        fits = any(face.width <= tight.width and face.height <= tight.height for face in kept)
        wanted = centred(tight, *(union if fits else kept[0]).middle)
        spare = _by_importance(kept, chosen(found, "all"), union, tight) if fits else []
        return Framing(
            box=sparing(within, wanted, spare),
            wanted=wanted,
            focus=union.centre(analysis.size),
            gravity="face",
        )


def _by_importance(
    kept: Sequence[Box], others: Sequence[Box], union: Box, window: Window
) -> list[Box]:
    """Return what must not be cut, first things first; the union leads when it fits at all."""
    fits = union.width <= window.width and union.height <= window.height
    rest = [box for box in others if box not in kept]
    return [*([union] if fits else []), *kept, *rest]

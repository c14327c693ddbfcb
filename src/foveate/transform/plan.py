"""Where the pixels of an answer come from: the layout, and what the analysis says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.geometry.orientation import Orientation
from foveate.gravity.choose import gravity_for
from foveate.gravity.framing import Framing
from foveate.transform.layout import CLOSE, around, check_output, fine_enough

if TYPE_CHECKING:
    from foveate.options.model import Edges
    from foveate.ports import GravityAnalysis
    from foveate.settings import Limits
    from foveate.transform.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the pixels come from and how many they become."""

    source: Size
    """Size of the upright source."""
    framing: Framing
    """Which part of the upright source is kept."""
    out: Size
    """Size of that part in the answer, before `orientation`."""
    orientation: Orientation
    """The flip and rotation that were asked for."""
    canvas: Size
    """Size of the answer without its border."""
    border: Edges | None = None
    """Width of the frame around it, in pixels of the answer."""
    trimmed: Box | None = None
    """What a trim leaves of the upright source, in whole pixels; nothing else may be seen."""

    @property
    def scale(self) -> tuple[float, float]:
        """Return answer pixels per source pixel, across and down, in the upright source."""
        box = self.framing.box
        return self.out.width / box.width, self.out.height / box.height

    @property
    def fineness(self) -> float:
        """Return how fine the source must be decoded, relative to its size."""
        return fine_enough(max(self.scale), trims=self.trimmed is not None)

    @property
    def whole(self) -> bool:
        """Return whether the answer shows all of the source, pixel by pixel, and nothing else."""
        shown = self.framing.box, self.out, self.size, self.orientation
        return shown == (Box.of(self.source), self.source, self.source, Orientation())

    @property
    def size(self) -> Size:
        """Return the size of the answer, border included."""
        return around(self.canvas, self.border)


def make_plan(layout: Layout, analysis: GravityAnalysis, limits: Limits) -> Plan:
    """Return where everything lies. Raises OutputTooLarge, before the answer is decoded."""
    framing = framed(layout, analysis)
    out = _out(layout, framing)
    kept = layout.fitted
    canvas = layout.orientation.size(kept.canvas if kept.canvas != kept.out else out)
    made = Plan(
        source=layout.source,
        framing=framing,
        out=out,
        orientation=layout.orientation,
        canvas=canvas,
        border=layout.border,
        trimmed=layout.frame if layout.trims else None,
    )
    check_output(made.size, limits)
    return made


def framed(layout: Layout, analysis: GravityAnalysis) -> Framing:
    """Return where the window lies; gravity is only asked when there is something to cut."""
    frame = layout.frame
    if not layout.crops:
        return Framing(box=frame, wanted=frame, focus=frame.centre(layout.source), gravity="")
    gravity = gravity_for(layout.options, layout.orientation)
    return gravity.frame(frame, layout.fitted.window, analysis)


def _out(layout: Layout, framing: Framing) -> Size:
    """Return the answer's size of the crop; zooming in enlarges only where the fit may."""
    kept, box, window = layout.fitted, framing.box, layout.fitted.window
    zoomed_in = min(box.width / window.width, box.height / window.height) < 1 - CLOSE
    same_ratio = abs(box.width / box.height / window.aspect - 1) < CLOSE
    if not zoomed_in or (kept.enlarges and same_ratio):
        return kept.out
    scale = min(1.0, kept.out.width / box.width, kept.out.height / box.height)
    return Size(nearest(box.width * scale), nearest(box.height * scale))

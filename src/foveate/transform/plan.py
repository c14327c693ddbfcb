"""Everything that is decided before a pixel is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption, OutputTooLarge
from foveate.geometry.box import Box, Size
from foveate.geometry.fit import CROPPING, Fitted, Window, fit, nearest
from foveate.geometry.pose import Pose
from foveate.gravity.choose import gravity_for
from foveate.gravity.framing import Framing
from foveate.options.model import GravityKind

if TYPE_CHECKING:
    from foveate.options.model import Edges, TransformOptions
    from foveate.ports import Analysis
    from foveate.settings import Limits

SHRINKS: Final = (8, 4, 2)
"""What libjpeg can divide both sides by while it decodes."""
CAREFUL: Final = 2.0
"""Reduction left for the resampler when quality goes before speed."""
CLOSE: Final = 1e-6
"""Ratios nearer to each other than this are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where the pixels come from and how many they become."""

    source: Size
    """Size of the upright source."""
    framing: Framing
    """Which part of the upright source is kept."""
    out: Size
    """Size of that part in the answer, before `pose`."""
    pose: Pose
    """The flip and rotation that were asked for."""
    canvas: Size
    """Size of the answer without its border."""
    border: Edges | None = None
    """Width of the frame around it, in pixels of the answer."""

    @property
    def scale(self) -> tuple[float, float]:
        """Return answer pixels per source pixel, across and down, in the upright source."""
        box = self.framing.box
        return self.out.width / box.width, self.out.height / box.height

    @property
    def size(self) -> Size:
        """Return the size of the answer, border included."""
        return _around(self.canvas, self.border)


def _around(canvas: Size, border: Edges | None) -> Size:
    if border is None:
        return canvas
    return Size(
        canvas.width + border.left + border.right, canvas.height + border.top + border.bottom
    )


def bordered(canvas: Size, options: TransformOptions) -> Size:
    """Return the size of the answer around that canvas, its border included."""
    return _around(canvas, _border(options))


def _border(options: TransformOptions) -> Edges | None:
    return scaled_edges(options.border.edges, options.dpr) if options.border else None


def pose_of(options: TransformOptions) -> Pose:
    """Return the flip, then the rotation, as one pose."""
    flip = Pose.flip(horizontal=options.flip_horizontal, vertical=options.flip_vertical)
    return flip.then(Pose.rotation(options.rotate))


def trimmed(source: Size, options: TransformOptions, border_free: Box | None = None) -> Box:
    """Return what `trim` leaves of the upright source, the uniform border already gone or not."""
    whole = border_free or Box.of(source)
    trim = options.trim
    if trim is None:
        return whole
    edges = scaled_edges(trim.edges, options.dpr)
    left, top = whole.left + edges.left, whole.top + edges.top
    right, bottom = whole.right - edges.right, whole.bottom - edges.bottom
    if trim.width is not None:
        right = min(right, left + nearest(trim.width * options.dpr))
    if trim.height is not None:
        bottom = min(bottom, top + nearest(trim.height * options.dpr))
    if right - left < 1 or bottom - top < 1:
        raise BadOption(f"Expected trim to leave something of {source}, and it leaves nothing.")
    return Box(left, top, right - left, bottom - top)


def scaled_edges(edges: Edges, dpr: float) -> Edges:
    """Return edges in device pixels."""
    return type(edges)(
        *(round(side * dpr) for side in (edges.top, edges.right, edges.bottom, edges.left))
    )


def fitted(frame: Box, options: TransformOptions, pose: Pose) -> Fitted:
    """Return what the fit keeps of `frame`, all in the upright source's orientation."""
    width = nearest(options.width * options.dpr) if options.width else None
    height = nearest(options.height * options.dpr) if options.height else None
    if pose.swaps:
        width, height = height, width
    size = Size(nearest(frame.width), nearest(frame.height))
    return fit(size, options.fit, width, height)


def crops(options: TransformOptions, window: Window, frame: Box) -> bool:
    """Return whether gravity has anything to decide."""
    if options.fit not in CROPPING:
        return False
    looks = options.gravity.kind in SEEN_BY
    if looks and (options.zoom > 0 or options.explain):
        return True
    return window.width < frame.width - 0.5 or window.height < frame.height - 0.5


SEEN_BY: Final = {
    GravityKind.FACE: frozenset({"faces"}),
    GravityKind.AUTO: frozenset({"faces", "saliency"}),
}
"""What a gravity has to see of a picture, where a network sees it."""


def parts_needed(options: TransformOptions, size: Size) -> frozenset[str]:
    """Return the parts of the analysis that a rendition of a picture of that size asks for."""
    frame = trimmed(size, options)
    window = fitted(frame, options, pose_of(options)).window
    seen = SEEN_BY.get(options.gravity.kind, frozenset())
    cut = seen if crops(options, window, frame) else frozenset()
    return cut | {"matte"} if options.segment else cut


def framed(
    frame: Box, window: Window, options: TransformOptions, pose: Pose, analysis: Analysis
) -> Framing:
    """Return where the window lies; gravity is only asked when there is something to cut."""
    if not crops(options, window, frame):
        return Framing(box=frame, wanted=frame, focus=frame.centre(analysis.size), gravity="")
    return gravity_for(options, pose).frame(frame, window, analysis)


def _out(kept: Fitted, framing: Framing) -> Size:
    """Return the answer's size of the crop; zooming in enlarges only where the fit may."""
    box, window = framing.box, kept.window
    zoomed_in = min(box.width / window.width, box.height / window.height) < 1 - CLOSE
    same_ratio = abs(box.width / box.height / window.aspect - 1) < CLOSE
    if not zoomed_in or (kept.enlarges and same_ratio):
        return kept.out
    scale = min(1.0, kept.out.width / box.width, kept.out.height / box.height)
    return Size(nearest(box.width * scale), nearest(box.height * scale))


def make_plan(
    options: TransformOptions,
    analysis: Analysis,
    limits: Limits,
    border_free: Box | None = None,
) -> Plan:
    """Decide everything. Raises OutputTooLarge and BadOption, and nothing was decoded yet."""
    pose = pose_of(options)
    frame = trimmed(analysis.size, options, border_free)
    kept = fitted(frame, options, pose)
    check_output(kept.canvas, limits)
    framing = framed(frame, kept.window, options, pose, analysis)
    out = _out(kept, framing)
    canvas = pose.size(kept.canvas if kept.canvas != kept.out else out)
    plan = Plan(
        source=analysis.size,
        framing=framing,
        out=out,
        pose=pose,
        canvas=canvas,
        border=_border(options),
    )
    check_output(plan.size, limits)
    return plan


def check_output(size: Size, limits: Limits) -> None:
    """Raise OutputTooLarge when a rendition of that size is beyond the limits."""
    side, area = limits.max_output_side, limits.max_output_pixels
    if size.long_side > side or size.area > area:
        sentence = f"Expected at most {side} px a side and {area} pixels in all, got {size}."
        raise OutputTooLarge(sentence, public=sentence)


def shrink_for(scale: float, *, careful: bool) -> int:
    """Return by how much the decoder may shrink for a result of `scale` times the source, 0 up.

    The largest of 8, 4, 2 not above the reduction, as sharp does it; `careful` leaves the
    resampler a reduction of at least two, as libvips does by itself.

    >>> [shrink_for(0.2, careful=careful) for careful in (False, True)]
    [4, 2]
    """
    needed = scale * (CAREFUL if careful else 1.0)
    return next((shrink for shrink in SHRINKS if shrink * needed <= 1 + CLOSE), 1)

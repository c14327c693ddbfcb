"""What options and the size of a picture settle, before anybody looks at it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from foveate.errors import BadOption, OutputTooLarge
from foveate.geometry.box import Box, Size
from foveate.geometry.fit import CROPPING, Fitted, Window, adapted, fit, nearest
from foveate.geometry.orientation import Orientation
from foveate.options.effects import cut_by
from foveate.options.model import Focus, GravityKind, OfFace, SegmentOutput
from foveate.options.styles import BY_FACES
from foveate.transform.masked import mask_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.options.model import Edges, TransformOptions
    from foveate.settings import Limits

SEEN_BY: Final[Mapping[GravityKind, frozenset[str]]] = {
    GravityKind.FACE: frozenset({"faces", "saliency"}),
    GravityKind.AUTO: frozenset({"faces", "saliency"}),
    GravityKind.OBJECT: frozenset({"objects", "faces", "saliency"}),
    GravityKind.TEXT: frozenset({"text-lines", "text", "faces", "saliency"}),
    GravityKind.ATTENTION: frozenset({"attention"}),
    GravityKind.ENTROPY: frozenset({"entropy"}),
}
"""Parts of an analysis that a gravity may go by, its fallback's as well."""
SEEN_FIRST: Final[Mapping[GravityKind, frozenset[str]]] = {
    GravityKind.FACE: frozenset({"faces"}),
    GravityKind.AUTO: frozenset({"faces", "saliency"}),
    GravityKind.OBJECT: frozenset({"objects"}),
    GravityKind.TEXT: frozenset({"text-lines"}),
}
"""Those that it surely needs, and that are worth looking for side by side."""
OVERLOOKED_BY: Final = frozenset({"faces", "saliency", "text-lines"})
"""Parts that say what of a picture nobody looks at."""
CLOSE: Final = 1e-6
"""Ratios nearer to each other than this are the same."""
SUBPIXEL: Final = 0.5
"""A window smaller than its frame by less is the frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How much of a picture is kept, and how large that becomes; not yet where it lies."""

    options: TransformOptions
    source: Size
    """Size of the upright source."""
    frame: Box
    """What `trim` leaves of the upright source."""
    fitted: Fitted
    """In the upright source's orientation."""
    orientation: Orientation
    """The flip and rotation that were asked for."""
    border: Edges | None = None
    """Width of the line around the answer, in its pixels."""

    @property
    def scale(self) -> float:
        """Return answer pixels per source pixel, as long as nothing zooms in."""
        out, window = self.fitted.out, self.fitted.window
        return max(out.width / window.width, out.height / window.height)

    @property
    def trims(self) -> bool:
        """Return whether a trim leaves less than the whole source."""
        return self.frame != Box.of(self.source)

    @property
    def fineness(self) -> float:
        """Return how fine the source must be decoded, relative to its size."""
        return fine_enough(self.scale, trims=self.trims)

    @property
    def size(self) -> Size:
        """Return the size of the answer, its border included, as long as nothing zooms in."""
        return around(self.orientation.size(self.fitted.canvas), self.border)

    @property
    def crops(self) -> bool:
        """Return whether gravity has anything to decide."""
        options, window, frame = self.options, self.fitted.window, self.frame
        if not cuts(options):
            return False
        if options.gravity.kind in SEEN_FIRST and (options.zoom > 0 or options.explain):
            return True
        return window.width < frame.width - SUBPIXEL or window.height < frame.height - SUBPIXEL

    def parts(self, *, spare_text: bool = False) -> frozenset[str]:
        """Return the parts of the analysis that the plan surely needs.

        `spare_text` says whether crops by what networks see look for text as well.
        """
        options, crops = self.options, self.crops
        seen = set(SEEN_FIRST.get(options.gravity.kind, ())) if crops else set()
        seen |= {"text-lines"} if crops and seeks_text(options, spare_text=spare_text) else set()
        seen |= by_style(options)
        return frozenset(seen) | _cut_out(options, zooms=crops) | by_depth(options)


def lay_out(
    options: TransformOptions,
    source: Size,
    limits: Limits,
    border_free: Box | None = None,
    *,
    exact: tuple[float, float] | None = None,
) -> Layout:
    """Return the layout for an upright source of that size. Raises OutputTooLarge and BadOption.

    `border_free` is what is left of the source without a uniform border, where that is known.
    `exact` is the width and height of a drawing, which `source` says in whole pixels.
    """
    orientation = orientation_of(options)
    frame = trimmed(source, options, border_free)
    whole = frame == Box.of(source)
    kept = fitted(frame, options, orientation, Window(*exact) if exact and whole else None)
    border = scaled_edges(options.border.edges, options.dpr) if options.border else None
    made = Layout(
        options=options,
        source=source,
        frame=frame,
        fitted=kept,
        orientation=orientation,
        border=border,
    )
    check_output(made.size, limits)
    return made


def fine_enough(scale: float, *, trims: bool) -> float:
    """Return how fine a source must be decoded for an answer of `scale` times its size.

    A trim runs between pixels of the source: decoders that shrink would mix what it cuts off into
    what it leaves, and drawings are drawn so that the edge lies between pixels as well.

    >>> [fine_enough(scale, trims=trims) for scale in (0.3, 1.6) for trims in (False, True)]
    [0.3, 1.0, 1.6, 2.0]
    """
    return max(1.0, math.ceil(scale - CLOSE) * 1.0) if trims else scale


def cuts(options: TransformOptions) -> bool:
    """Return whether something may be cut off for want of room, where gravity says."""
    return options.fit in CROPPING or (options.crop_width or options.crop_height) is not None


def seeks_text(options: TransformOptions, *, spare_text: bool) -> bool:
    """Return whether a crop, where there is something to cut off, looks for text.

    By text it does; others that go by what networks see do if they are to spare it.
    """
    kind = options.gravity.kind
    seeks = kind is GravityKind.TEXT or (spare_text and kind in SEEN_FIRST)
    return seeks and cuts(options)


def parts_of(options: TransformOptions, *, spare_text: bool = False) -> frozenset[str]:
    """Return the parts of an analysis on which a rendition may depend, whatever its source.

    `spare_text` says whether crops by what networks see look for text as well.
    """
    seen = set(SEEN_BY.get(options.gravity.kind, ())) if cuts(options) else set()
    seen |= {"text-lines"} if seeks_text(options, spare_text=spare_text) else set()
    seen |= _cut_out(options, zooms=True)
    if options.segment and options.segment.classes:
        seen |= {"outlines"}
    if options.segment and isinstance(options.segment.person, OfFace):
        seen |= {"faces"}
    seen |= hiding_parts(options) | mask_parts(options)
    seen |= by_depth(options) | by_style(options)
    seen |= {"faces"} if options.scored else set()
    seen |= OVERLOOKED_BY if options.adaptive else set()
    seen |= {"faces", "attributes", "embedding"} if options.subjects() else set()
    return frozenset(seen)


def _cut_out(options: TransformOptions, *, zooms: bool) -> frozenset[str]:
    """Return the parts that say what is cut out, painted around, or zoomed in on."""
    segment = options.segment
    if segment is None:
        seen = options.style or (zooms and zooms_in_on_subject(options))
        return frozenset({"matte"} if seen else ())
    if segment.output is SegmentOutput.DEPTH:
        return frozenset({"nearness"})
    parts = frozenset({"objects"} if segment.classes else ())
    return parts if segment.chosen or cut_by(options) else parts | {"matte"}


def hiding_parts(options: TransformOptions) -> frozenset[str]:
    """Return the parts of an analysis that find what is to be hidden."""
    redact = options.redact
    if redact is None:
        return frozenset()
    asked = {
        "redaction": redact.faces,
        "hidden-objects": redact.objects,
        "hidden-text": redact.text,
    }
    return frozenset(part for part, is_asked in asked.items() if is_asked)


def by_depth(options: TransformOptions) -> frozenset[str]:
    """Return the parts that say what is near, what is in focus, and what is before an overlay."""
    parts: set[str] = {"nearness"} if options.light else set()
    if options.refocus is not None:
        looked_for = {"faces", "saliency"} if isinstance(options.refocus.at, Focus) else set()
        parts |= {"nearness", "matte"} | looked_for
    for overlay in options.draw:
        if overlay.behind is not None:
            parts |= {"matte" if overlay.behind == "subject" else "nearness"}
    return frozenset(parts)


def by_style(options: TransformOptions) -> frozenset[str]:
    """Return the parts that a style goes by beside its subject."""
    by_faces = options.style is not None and options.style.style in BY_FACES
    return frozenset({"faces"} if by_faces else ())


def zooms_in_on_subject(options: TransformOptions) -> bool:
    """Return whether a crop has to know where its subject ends."""
    cropped = options.fit in CROPPING and options.zoom > 0
    return cropped and options.gravity.kind is GravityKind.AUTO


def orientation_of(options: TransformOptions) -> Orientation:
    """Return the flip, then the rotation, as one orientation."""
    flip = Orientation.flip(horizontal=options.flip_horizontal, vertical=options.flip_vertical)
    return flip.then(Orientation.rotation(options.rotate))


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


def fitted(
    frame: Box, options: TransformOptions, orientation: Orientation, exact: Window | None = None
) -> Fitted:
    """Return what the fit keeps of `frame`, all in the upright source's orientation.

    Where `exact` is given, that is what `frame` measures before it is rounded.
    """
    width = nearest(options.width * options.dpr) if options.width else None
    height = nearest(options.height * options.dpr) if options.height else None
    size = exact or Size(nearest(frame.width), nearest(frame.height))
    part = cropped(size, options, swaps=orientation.swaps)
    name: str = options.fit
    if options.adapt and width and height:
        turned = Window(part.height, part.width) if orientation.swaps else part
        name, box = adapted(turned, name, Size(width, height), options.adapt)
        width, height = box.width, box.height
    if orientation.swaps:
        width, height = height, width
    kept = fit(part, name, width, height)
    if exact is None:
        return kept
    across, down = frame.width / exact.width, frame.height / exact.height
    window = Window(kept.window.width * across, kept.window.height * down)
    return replace(kept, window=window)


def cropped(size: Size | Window, options: TransformOptions, *, swaps: bool) -> Size | Window:
    """Return how much of an upright source of that size `crop.width` and `crop.height` keep."""
    across, down = options.crop_width, options.crop_height
    if across is None and down is None:
        return size
    if swaps:
        across, down = down, across
    return Window(_kept(across, size.width), _kept(down, size.height))


def _kept(asked: float | None, side: float) -> float:
    if asked is None:
        return side
    return min(side, nearest(asked * side) if isinstance(asked, float) else asked)


def check_output(size: Size, limits: Limits) -> None:
    """Raise OutputTooLarge when a rendition of that size is beyond the limits."""
    side, area = limits.max_output_side, limits.max_output_pixels
    if size.long_side > side or size.area > area:
        sentence = f"Expected at most {side} px a side and {area} pixels in all, got {size}."
        raise OutputTooLarge(sentence, public=sentence)


def around(canvas: Size, border: Edges | None) -> Size:
    """Return the size of the answer around that canvas, its border included."""
    if border is None:
        return canvas
    return Size(
        canvas.width + border.left + border.right, canvas.height + border.top + border.bottom
    )

"""How much memory work on a picture takes, from its header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.imaging.along_edges import PIXEL_BYTES as EDGE_BYTES
from foveate.imaging.decode import is_sandboxed
from foveate.imaging.lens import PIXEL_BYTES as LENS_BYTES
from foveate.imaging.pixel_source import KEEP_BYTES, SVG_PIXELS
from foveate.imaging.sandbox import MEMORY_BYTES, pixel_bytes
from foveate.options.effects import changes
from foveate.service.enlarging import enlarging_bytes
from foveate.service.lettering import PIXEL_BYTES as LETTER_BYTES
from foveate.service.parts.shown import CLOSER
from foveate.transform.layout import hiding_parts
from foveate.transform.steps.corners import PIXEL_BYTES as CORNER_BYTES
from foveate.transform.steps.style import BYTES as STYLE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.options.model import TransformOptions
    from foveate.settings import Limits
    from foveate.transform.layout import Layout
    from foveate.values import Facts

PIXEL_BYTES: Final = 4
PROCESS_BYTES: Final = 36 * 1024 * 1024
"""What a decoder in a process of its own takes for the smallest picture."""
EFFECTS_BYTES: Final = 24
"""What effects take at most for a pixel of one frame: of one that goes out of focus along a mask
that rises slowly 15 were measured, of two 23, of others 6."""
COPIES: Final = 3
"""How often a file is held then: here, on its way, and there."""


def decoded_bytes(facts: Facts, frames: int = 1) -> int:
    """Return the bytes of a file, of its decoded frames, and of what its decoder holds beside.

    All are counted in full: some options read a picture in another order than it is stored in.
    """
    # A drawing has as many pixels as are asked of it, up to a bound.
    area = min(facts.size.area, SVG_PIXELS) if facts.exact else facts.size.area
    if is_sandboxed(facts):
        process = PROCESS_BYTES + COPIES * facts.bytes
        return process + _sandboxed(facts, area * frames) + facts.held_bytes
    return facts.bytes + area * facts.pixel_bytes * frames + facts.held_bytes


def _sandboxed(facts: Facts, area: int) -> int:
    """Return the bytes of pixels there, where they have a bound, and on their way back."""
    return min(area * pixel_bytes(facts), MEMORY_BYTES + area * PIXEL_BYTES)


def rendering_bytes(
    layout: Layout, facts: Facts, limits: Limits, *, frames: int = 1, encoder: int = 0
) -> int:
    """Return an upper estimate of the bytes that rendering takes, without what parts take.

    Answers count twice while their pixels are made, and once beside what the encoder takes,
    `encoder` bytes for one frame.
    """
    decoded = decoded_bytes(facts, frames)
    if layout.options.trim_border:
        decoded += decoded_bytes(facts)  # the border is looked for in all of it
    area = largest_area(layout, limits)
    if changes(layout.options):
        decoded += area * EFFECTS_BYTES
    once = area * PIXEL_BYTES * frames
    painting = STYLE_BYTES if layout.options.style else 0
    made = once + max(once, encoder, area * _touched(layout.options))
    return decoded + enlarging_bytes(layout, facts) + made + painting


def near_bytes(layout: Layout, facts: Facts) -> int:
    """Return what a look at a small part of a picture keeps of it, decoded as fine as it is.

    Whoever hides something looks there beside the whole: what the answer shows large may be missed
    in that.
    """
    window, source = layout.fitted.window, layout.source
    closer = source.long_side >= CLOSER * max(window.width, window.height)
    if not hiding_parts(layout.options) or not (closer or layout.options.zoom):
        return 0
    return min(facts.stored.area * facts.pixel_bytes, KEEP_BYTES)


def _touched(options: TransformOptions) -> int:
    """Return the bytes that steps with planes of their own take for each pixel of the answer."""
    before = any(overlay.behind is not None for overlay in options.draw)
    steps = (
        (LENS_BYTES, options.refocus),
        (EDGE_BYTES, options.light),
        (EDGE_BYTES, before),
        (CORNER_BYTES, options.radius),
        (LETTER_BYTES, options.text or options.overlay),
    )
    return max((each for each, asked in steps if asked), default=0)


def largest_area(layout: Layout, limits: Limits) -> int:
    """Return the most pixels that a frame of the answer can have.

    A border that is cut off leaves another shape, and a side that was left open follows it.
    """
    options, area = layout.options, layout.size.area
    trims = options.trim_border or (options.segment and options.segment.trim)
    sides = [side for side in (options.width, options.height) if side]
    if not trims or len(sides) > 1:
        return area
    if not sides or not layout.fitted.enlarges:
        return max(area, layout.source.area)
    longest = int(sides[0] * options.dpr) + 1
    return max(area, min(longest * limits.max_output_side, limits.max_output_pixels))


def others_bytes(others: Iterable[tuple[Layout, Facts]], limits: Limits) -> int:
    """Return an upper estimate of what pictures take that are laid over another, or behind it.

    One after the other is brought to its size, and all are kept at that until they are laid.
    """
    pairs = list(others)
    kept = sum(PIXEL_BYTES * largest_area(layout, limits) for layout, _ in pairs)
    making = max((rendering_bytes(*pair, limits) - pair[1].bytes for pair in pairs), default=0)
    return kept + making

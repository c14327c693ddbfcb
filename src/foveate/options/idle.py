"""Options that change nothing beside the others: taken out before any work, and told.

A slider at its end, or a mask whose effect was just taken away, is no mistake: the answer is what
it would be without. What contradicts itself is one, and refused: see `table.check_supported`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.options.effects import Touch
from foveate.options.masks import Seen
from foveate.options.model import Segment, SegmentOutput
from foveate.options.table import OPTIONS

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions


def settled(options: TransformOptions) -> TransformOptions:
    """Return options without those that change nothing beside the others; `idle` names these."""
    if options.touch is None and options.segment is None:
        return options
    left = _without_idle_touch(_without_idle_details(_of_map(options)))
    if left == options:
        return options
    gone = (row.name for row in OPTIONS if row.slot.show(options) and not row.slot.show(left))
    return replace(left, idle=(*options.idle, *gone))


def idle_note(options: TransformOptions) -> str:
    """Return what should be known of options that were settled; empty where nothing should."""
    if not options.idle:
        return ""
    *most, last = options.idle
    if not most:
        return f"{last} changes nothing beside the other options"
    return f"{', '.join(most)} and {last} change nothing beside the other options"


def _of_map(options: TransformOptions) -> TransformOptions:
    """Return options without what would paint a map, which is the same whatever it is for."""
    segment = options.segment
    if segment is None or segment.output is SegmentOutput.IMAGE:
        return options
    touch = options.touch and Touch(mask=options.touch.mask)
    if segment.output is SegmentOutput.MATTE:
        segment = replace(segment, background=None, shadow=0.0)
    else:
        segment, touch = Segment(output=segment.output, quality=segment.quality), None
    return replace(options, segment=segment, touch=touch, style=None, refocus=None, light=None)


def _without_idle_details(options: TransformOptions) -> TransformOptions:
    segment = options.segment
    if segment is None or segment.quality is None or _looks_for_subject(options):
        return options
    return replace(options, segment=replace(segment, quality=None))


def _looks_for_subject(options: TransformOptions) -> bool:
    """Return whether anything goes by the subject, which is found as finely as was asked."""
    segment, touch = options.segment, options.touch or Touch()
    named = touch.mask or (segment and (segment.chosen or segment.output is SegmentOutput.DEPTH))
    masked = Seen.SUBJECT in touch.mask or (Seen.SUBJECT in touch.where and touch.effects)
    overlaid = any(overlay.behind == "subject" for overlay in options.draw)
    return bool(not named or masked or overlaid or options.refocus)


def _without_idle_touch(options: TransformOptions) -> TransformOptions:
    touch = options.touch
    if touch is None:
        return options
    means_both = options.segment is not None or (touch.effects and not touch.own)
    mask = touch.mask if means_both else ()
    if not touch.effects:
        left = Touch(mask=mask)
    elif touch.where:
        left = replace(touch, mask=mask)
    else:
        left = replace(touch, feather=0.0)
    return replace(options, touch=None if left == Touch() else left)

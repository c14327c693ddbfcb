"""How much of an animation is worked on, and what happens to those that are more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from foveate.errors import AnimationTooLarge
from foveate.imaging.remarks import without_remarks
from foveate.options.effects import changes
from foveate.options.model import Metadata, TransformOptions
from foveate.service.encoding import CHANGES_NOTHING, LEFT_OPEN

if TYPE_CHECKING:
    from foveate.geometry.box import Size
    from foveate.imaging.encode import OutputFormat
    from foveate.ports import Picture
    from foveate.service.press import Compressed
    from foveate.settings import Limits
    from foveate.transform.plan import Plan
    from foveate.values import Facts

_CHANGES_NO_FRAME: Final = frozenset(
    {*CHANGES_NOTHING, "quality", "compression", "max_bytes"} - {"background"}
)
"""Options that a plan has settled, or after which a smaller file of the same frames is as good."""


def check_frames(frames: int, size: Size, limits: Limits) -> None:
    """Raise AnimationTooLarge when that many frames of that size are more than we work on."""
    most, area = limits.max_frames, limits.max_animation_pixels
    if frames > 1 and (frames > most or frames * size.area > area):
        got = f"more than {most} frames" if frames > most else f"{frames} frames of {size}"
        sentence = f"Expected an animation of at most {most} frames and {area} pixels, got {got}."
        raise AnimationTooLarge(sentence, public=f"{sentence} anim=false takes the first one.")


def stays_as_it_is(frames: int, facts: Facts, options: TransformOptions, limits: Limits) -> bool:
    """Return whether an animation is answered as it came, as Cloudflare answers long ones.

    That is one of small frames, but too many. Where something was to be hidden or added, it never
    is; nor where all its pixels are more than may be answered.
    """
    laid = options.draw or options.watermark or options.text or options.designs()
    added = laid or options.segment or options.style or options.radius or changes(options)
    asked = options.redact or options.moderate or added
    deliverable = frames * facts.stored.area <= limits.max_animation_pixels
    changed = asked or options.refocus or options.light
    return frames > limits.max_frames and deliverable and not changed


def the_smaller(
    made: Compressed, picture: Picture, options: TransformOptions, plan: Plan
) -> Compressed:
    """Return the frames as they came where nothing was to change and they have fewer bytes.

    Encoders know less of frames than who drew them: which part of each changes, and in which
    colours. Without what else its file says, unless all of it is to be kept.
    """
    kind = picture.facts.format
    open_ = {*LEFT_OPEN, str(kind)}
    asked = {field: getattr(options, field) for field in _CHANGES_NO_FRAME}
    nothing = replace(TransformOptions(), **asked) == options
    if not plan.whole or options.format not in open_ or not nothing:
        return made
    whole = options.metadata is Metadata.KEEP
    data = picture.data if whole else without_remarks(picture.data, kind)
    if data is None or len(data) >= len(made.data):
        return made
    return made._replace(data=data, format=cast("OutputFormat", str(kind)))

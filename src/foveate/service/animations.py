"""How much of an animation is worked on, and what happens to those that are more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.errors import AnimationTooLarge
from foveate.options.effects import changes

if TYPE_CHECKING:
    from foveate.geometry.box import Size
    from foveate.options.model import TransformOptions
    from foveate.settings import Limits
    from foveate.values import Facts


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
    added = options.draw or options.segment or options.style or changes(options)
    asked = options.redact or options.moderate or added
    deliverable = frames * facts.stored.area <= limits.max_animation_pixels
    changed = asked or options.refocus or options.light
    return frames > limits.max_frames and deliverable and not changed

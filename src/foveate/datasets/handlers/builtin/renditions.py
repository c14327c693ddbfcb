"""Renditions by option strings, and where they leave what is known of a picture."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.errors import BadConfiguration
from foveate.geometry.affine import Affine
from foveate.geometry.box import Box, Size
from foveate.geometry.fit import nearest
from foveate.options.effects import Touch
from foveate.options.grammar import parse_options
from foveate.options.model import BLURRED, Fit, SegmentOutput, TransformOptions, Upscale
from foveate.options.table import check_supported, unknown_option
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.datasets.handlers.builtin.eyes import Eyes
    from foveate.geometry.orientation import Orientation
    from foveate.transform.plan import Plan

PADDED: Final = frozenset({Fit.PAD, Fit.PAD_DOWN})
WRITTEN: Final = (
    *("format", "quality", "slow_connection_quality", "max_bytes"),
    *("compression", "metadata"),
)
"""Options by which no pixel would be another one."""
PLACED: Final = (
    *("width", "auto_width", "height", "dpr", "fit", "adapt", "crop_width", "crop_height"),
    *("gravity", "zoom", "faces", "objects", "rotate", "flip_horizontal", "flip_vertical"),
    *("trim", "trim_border"),
)
"""Options by which pixels lie elsewhere."""
USUAL: Final = TransformOptions()
UNFILLED: Final = (
    "Expected options after which a picture fills its frame, got {}: leave out "
    "`fit=pad` and `segment.trim`."
)


def nothing_cut() -> None:
    """Return what a rendition is cut out by that shows all of its picture."""


class Rendered(NamedTuple):
    """A rendition, and the matrix from the upright picture to it."""

    eyes: Eyes
    matrix: Affine
    cut_by: Callable[[], NDArray[np.uint8] | None] = nothing_cut
    """Looks for its matte, (height, width, 1), 0 where it was erased; None where it was not."""

    @property
    def part(self) -> Box:
        """Return what is left of the upright picture, in its own pixels."""
        return self.matrix.inverse().box(Box.of(self.eyes.size))


@lru_cache(64)
def options_of(text: str, redact: str) -> TransformOptions:
    """Return what an option string asks for. Raises BadOption and its siblings.

    It may not name what a dataset does not know: other pictures, presets, people or masks.
    """
    redacted = f"redact={redact}" if redact else ""
    parsed = parse_options(",".join(filter(None, (text, redacted))))
    if parsed.unknown:
        names = ", ".join(map(unknown_option, parsed.unknown))
        raise BadConfiguration(f"Expected options, got {names}.")
    options = parsed.options
    named = options.extra_sources() or options.subjects()
    added = options.border or options.radius or options.text or options.designs()
    if named or added or options.upscale is not Upscale.INTERPOLATE or options.explain:
        raise BadConfiguration(
            f"Expected options that need a picture alone, and keep to its pixels, got {text!r}: "
            "leave out overlays, designs, people, borders, `radius`, `text`, `upscale` and "
            "`format=json`."
        )
    _check_written(options)
    check_supported(options)
    if _fills_no_frame(options):
        raise BadConfiguration(UNFILLED.format(shown(text)))
    return options


def _check_written(options: TransformOptions) -> None:
    """Raise BadConfiguration for what says how a picture is written: here that is not said."""
    named = [name for name in WRITTEN if getattr(options, name) != getattr(USUAL, name)]
    if named:
        spelt = ", ".join(f"`{name.replace('_', '-')}`" for name in named)
        raise BadConfiguration(
            f"Expected options that change pixels, got {spelt}: how they are written is for the "
            "words `format` and `quality` of the configuration to say."
        )


def _fills_no_frame(options: TransformOptions) -> bool:
    padded = options.fit in PADDED and options.width and options.height
    return bool(padded or (options.segment and options.segment.trim))


def rendered(eyes: Eyes, text: str, redact: str) -> Rendered:
    """Return the rendition of a picture. Raises BadConfiguration for what points cannot follow."""
    if not text and not redact:
        return Rendered(eyes, Affine())
    options = options_of(text, redact)
    made, plan = eyes.drawn(options)
    if plan.canvas != plan.orientation.size(plan.out) or made.size != plan.canvas:
        raise BadConfiguration(UNFILLED.format(shown(text)))
    matrix = matrix_of(plan, eyes.source.facts.orientation)
    return Rendered(made, matrix, cache(partial(_matte_of, eyes, options)))


def _matte_of(eyes: Eyes, options: TransformOptions) -> NDArray[np.uint8] | None:
    segment = options.segment
    if segment is None or segment.output is not SegmentOutput.IMAGE:
        return None
    if segment.background == BLURRED:
        return None  # what is behind is still seen
    cut = replace(segment, output=SegmentOutput.MATTE, background=None, shadow=0.0)
    placed = {name: getattr(options, name) for name in PLACED}
    matte, _ = eyes.drawn(replace(USUAL, **placed, segment=cut, touch=_masks(options)))
    return matte.pixels(matte.size)[..., :1]


def _masks(options: TransformOptions) -> Touch | None:
    return options.touch and Touch(mask=options.touch.mask)


def matrix_of(plan: Plan, stored: Orientation) -> Affine:
    """Return what a plan does to points of the upright source, as `place` does it to pixels."""
    back = stored.inverse()
    whole = back.size(plan.source)
    frame = back.box(plan.trimmed, plan.source) if plan.trimmed else Box.of(whole)
    box, out = back.box(plan.framing.box, plan.source), back.size(plan.out)
    across, down = out.width / box.width, out.height / box.height
    size = Size(
        max(out.width, nearest(across * frame.width)), max(out.height, nearest(down * frame.height))
    )
    left = max(0, min(round((box.left - frame.left) * across), size.width - out.width))
    top = max(0, min(round((box.top - frame.top) * down), size.height - out.height))
    return (
        Affine.oriented(back, plan.source)
        .then(Affine.moved(-frame.left, -frame.top))
        .then(Affine.scaled(size.width / frame.width, size.height / frame.height))
        .then(Affine.moved(-left, -top))
        .then(Affine.oriented(stored.then(plan.orientation), out))
    )

"""Other sources in one answer: what is laid over it and what stands behind, and at which size."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from foveate.geometry.fit import nearest
from foveate.options.laid import overlays_of
from foveate.options.model import BLURRED, Fit, Format, TransformOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.geometry.box import Size
    from foveate.options.model import Overlay


def overlay_options(item: Overlay, canvas: Size, base: TransformOptions) -> TransformOptions:
    """Return how an overlay itself is transformed, for an answer of size `canvas`."""
    return replace(
        item.options,
        width=_length(item.width, canvas.width),
        height=_length(item.height, canvas.height),
        gamut=base.gamut,
        format=Format.PNG,
        anim=False,
        draw=(),
        watermark=None,
        text=None,
        design=None,
        overlay=None,
    )


def backdrop_key(options: TransformOptions) -> str | None:
    """Return the source of what stands behind the subject, where that is a picture."""
    behind = options.segment.background if options.segment else None
    return behind if isinstance(behind, str) and behind != BLURRED else None


def exposure_key(options: TransformOptions) -> str | None:
    """Return the source of the second picture of a double exposure, where one is named."""
    behind = options.style.background if options.style else None
    return behind if isinstance(behind, str) else None


def backdrop_options(size: Size, base: TransformOptions) -> TransformOptions:
    """Return how a picture is brought to exactly `size`, to stand behind the subject or in it."""
    cover = TransformOptions(width=size.width, height=size.height, fit=Fit.COVER, anim=False)
    return replace(cover, gamut=base.gamut, format=Format.PNG)


def others_of(
    options: TransformOptions, canvas: Size, subject: Size
) -> Iterator[tuple[str, TransformOptions]]:
    """Yield the key and the options of each other source; some come more than once.

    `subject` is the size of the picture without what pads and frames it.
    """
    for item in overlays_of(options):
        yield item.url, overlay_options(item, canvas, options)
    for key in (backdrop_key(options), exposure_key(options)):
        if key is not None:
            yield key, backdrop_options(subject, options)


def _length(asked: float | None, whole: int) -> int | None:
    """Return a side of an overlay in pixels; a float is a share of the base."""
    if isinstance(asked, float):
        return nearest(asked * whole)
    return asked

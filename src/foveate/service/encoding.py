"""What an answer is encoded as, and how: what the options say, then what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from foveate.imaging.encode import EncodeOptions
from foveate.options.model import Colour, Format, Metadata, SegmentOutput
from foveate.options.negotiate import choose_format

if TYPE_CHECKING:
    from foveate.imaging.encode import OutputFormat
    from foveate.options.model import TransformOptions
    from foveate.options.negotiate import Encoded
    from foveate.settings import Encoding
    from foveate.transform.layout import Layout
    from foveate.values import Facts

MOVING: Final = {"gif", "webp"}
"""Formats that we write animations in."""


def moves(facts: Facts, options: TransformOptions) -> bool:
    """Return whether the answer moves, if its format can."""
    return facts.animated and options.anim and options.segment is None


def format_of(facts: Facts, layout: Layout, encoding: Encoding) -> Encoded:
    """Return what a rendition is encoded as."""
    return choose_format(
        layout.options,
        source_format=str(facts.format),
        alpha=see_through(facts, layout.options),
        animated=moves(facts, layout.options),
        out=layout.size,
        encoding=encoding,
    )


def see_through(facts: Facts, options: TransformOptions) -> bool:
    """Return whether the answer may have transparent pixels, if its format can hold them."""
    segment, fill = options.segment, options.background
    if segment is not None and segment.output is SegmentOutput.MATTE:
        return False
    behind = segment.background if segment else None
    cut_out = segment is not None and (
        behind is None or (isinstance(behind, Colour) and behind.alpha < 1)
    )
    return (facts.alpha or cut_out) and (fill is None or fill.alpha < 1)


def encoder_settings(
    format_: Encoded, options: TransformOptions, encoding: Encoding
) -> EncodeOptions:
    """Return how a picture is encoded; an SVG was answered before."""
    usual = encoding.avif_quality if format_ == "avif" else encoding.quality
    return EncodeOptions(
        format=cast("OutputFormat", format_),
        quality=options.quality or usual,
        explicit_quality=options.quality is not None,
        progressive=options.format is Format.JPEG,
        fast=options.fast,
        metadata=kept_metadata(options),
        gamut=options.gamut,
        webp_effort=encoding.webp_effort,
        avif_effort=encoding.avif_effort,
    )


def kept_metadata(options: TransformOptions) -> Metadata:
    """Return what a JPEG keeps: previews inside of EXIF and XMP would show redacted faces."""
    hides = options.redact is not None and options.metadata is Metadata.KEEP
    return Metadata.COPYRIGHT if hides else options.metadata

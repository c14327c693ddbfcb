"""What an answer is encoded as, and how: what the options say, then what the settings say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from foveate.imaging.encode import EncodeOptions
from foveate.imaging.gain_map import has_gain_map
from foveate.imaging.quality_search import usual_quality, usual_score
from foveate.options.colours import Colour
from foveate.options.model import (
    AutoQuality,
    Compression,
    Format,
    Metadata,
    SegmentOutput,
    TransformOptions,
)
from foveate.options.negotiate import choose_format
from foveate.transform.layout import seeks_text
from foveate.values import UPRIGHT, ImageFormat

if TYPE_CHECKING:
    from foveate.imaging.encode import OutputFormat
    from foveate.options.negotiate import Encoded
    from foveate.ports import Picture
    from foveate.settings import Encoding
    from foveate.transform.layout import Layout
    from foveate.transform.plan import Plan
    from foveate.values import Facts

LETTERED: Final = 0.05
"""Share of a picture that is covered by text from which on colour is kept at full resolution."""
MOVING: Final = {"gif", "webp"}
"""Formats that we write animations in."""
LOSSLESS: Final = {"png", "tiff"}
"""Formats whose pixels are taken as they come: what decoding lost would stay lost."""

GRADED: Final = frozenset({"jpeg", "webp", "avif", "jxl"})
"""Formats of which there are qualities."""
HARD: Final = {"webp": 6, "avif": 3}
"""The least effort of encoders where time does not count."""
HALF_CHROMA: Final = 85
"""Scores up to here take fewer bytes with colour at half the resolution; above, all is kept."""

LEFT_OPEN: Final = {None, Format.AUTO, Format.BEST}
"""Formats that do not name one."""
CHANGES_NOTHING: Final = (
    *(
        "width",
        "height",
        "auto_width",
        "dpr",
        "fit",
        "gravity",
        "zoom",
        "faces",
        "objects",
        "upscale",
    ),
    *("trim", "trim_border", "background", "anim", "format", "accepts", "metadata"),
    *("redirect_on_error", "explain", "slow_connection_quality", "exempt", "idle"),
)
"""Options that a plan has settled, or that change no pixel of a JPEG."""


def moves(facts: Facts, options: TransformOptions) -> bool:
    """Return whether the answer moves, if its format can."""
    return facts.animated and options.anim and options.style is None


def frames_shown(facts: Facts, layout: Layout, encoding: Encoding) -> int:
    """Return how many frames an answer needs: one, where it does not move or shows no picture."""
    options = layout.options
    if options.format is Format.JSON or not moves(facts, options):
        return 1
    return facts.frames if format_of(facts, layout, encoding) in MOVING else 1


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
    if fill is not None and fill.alpha >= 1:
        return False
    if segment is None or options.radius is not None:
        return facts.alpha or options.radius is not None
    if segment.output is not SegmentOutput.IMAGE:
        return False
    behind = segment.background
    return facts.alpha or behind is None or (isinstance(behind, Colour) and behind.alpha < 1)


def clears(options: TransformOptions) -> bool:
    """Return whether options may make an opaque picture transparent somewhere."""
    inks = (options.background, options.border.colour if options.border else None)
    seen_through = any(ink is not None and ink.alpha < 1 for ink in inks)
    cut = options.segment or options.radius
    return seen_through or cut is not None or bool(options.draw)


def encoder_settings(
    format_: Encoded,
    options: TransformOptions,
    encoding: Encoding,
    *,
    lettered: bool = False,
    smoothed: bool = False,
    hard: bool = False,
) -> EncodeOptions:
    """Return how a picture is encoded, much of it text or not, smoothed where nobody looks or not.

    `hard` is for the fewest bytes, whatever time that takes. An SVG was answered before.
    """
    least = HARD if hard else {}
    asked = options.quality
    score = asked.score if isinstance(asked, AutoQuality) else None
    return EncodeOptions(
        format=cast("OutputFormat", format_),
        quality=_quality(asked, format_, encoding),
        explicit_quality=asked is not None and score is None,
        half_chroma=score is not None and score <= HALF_CHROMA,
        whole_chroma=score is not None and score > HALF_CHROMA,
        progressive=options.format is Format.JPEG,
        fast=options.fast,
        small=(hard or options.compression is Compression.SMALL)
        and options.format is not Format.BASELINE_JPEG,
        lettered=lettered,
        smoothed=smoothed,
        metadata=kept_metadata(options),
        gamut=options.gamut,
        webp_effort=max(encoding.webp_effort, least.get("webp", 0)),
        avif_effort=max(encoding.avif_effort, least.get("avif", 0)),
        jxl_effort=encoding.jxl_effort,
    )


def _quality(asked: int | AutoQuality | None, format_: Encoded, encoding: Encoding) -> int:
    """Return the quality to encode with, or to begin with where a score is asked for."""
    if isinstance(asked, AutoQuality) and format_ in GRADED:
        return usual_quality(format_, asked.score)
    usual = encoding.avif_quality if format_ == "avif" else encoding.quality
    return asked if isinstance(asked, int) else usual


def alike(options: TransformOptions, encoding: Encoding) -> TransformOptions:
    """Return options whose formats look alike where the smallest of them is to be found."""
    if options.format is not Format.BEST or isinstance(options.quality, AutoQuality):
        return options
    score = usual_score("jpeg", options.quality or encoding.quality)
    return replace(options, quality=AutoQuality(round(score)))


def may_be_lettered(options: TransformOptions, *, spare_text: bool) -> bool:
    """Return whether somebody may know, when it is encoded, that much of a picture is text."""
    if options.redact is not None and options.redact.text:
        return False
    return seeks_text(options, spare_text=spare_text)


def keeps_gain_map(picture: Picture, options: TransformOptions, plan: Plan) -> bool:
    """Return whether the file itself is the answer, for renditions as JPEG.

    It is where encoding would lose a gain map, all that the file holds is to be kept, and nothing
    in it is to change: not a pixel, nor the format or the quality by name.
    """
    facts = picture.facts
    fits = facts.format is ImageFormat.JPEG and facts.orientation == UPRIGHT and plan.whole
    if not fits or options.metadata is not Metadata.KEEP or options.format not in LEFT_OPEN:
        return False
    asked = {field: getattr(options, field) for field in CHANGES_NOTHING}
    return replace(TransformOptions(), **asked) == options and has_gain_map(picture.data)


def kept_metadata(options: TransformOptions) -> Metadata:
    """Return what a JPEG keeps: previews inside of EXIF and XMP would show what is hidden."""
    hides = (options.redact or options.moderate) and options.metadata is Metadata.KEEP
    return Metadata.COPYRIGHT if hides else options.metadata

"""What encoders cost: how long they cannot be stopped, and how much memory they take.

All figures were measured on noisy photos, one thread, upwards rounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from foveate.imaging.encode import EncodeOptions

FULL_CHROMA: Final = 90
"""Quality from which JPEG and AVIF keep colour at full resolution."""
OPTIMISED_AREA: Final = 25_000_000
"""JPEG's tables are fitted to pictures up to here: it holds all coefficients for that."""
SMALL_AREA: Final = 4_000_000
"""JPEGs are made as small as can be up to here: at .06 s for a million pixels that cannot be
stopped, and as much again where the plain one is smaller."""
FILTERED_AREA: Final = 25_000_000
"""For PNGs up to here it is tried whether filters help, which holds all pixels."""
APART_S: Final = 0.5
"""From here on an encoder runs in a process of its own: that takes 60 ms more, and can be ended."""

_PALETTE_S: Final = 0.25
_GIF_S: Final = {False: 1.9, True: 0.4}
_AVIF_S: Final = (0.12, 0.45, 0.6, 1.6, 6, 8, 16, 22, 27, 66)
"""By effort."""
_JXL_S: Final = (0.1, 0.1, 0.1, 0.25, 0.25, 0.7, 1.1, 1.5)
"""The same, with alpha."""
_LOSSLESS_JXL: Final = 2.5
"""How many times as long JPEG XL takes without loss."""
_WEBP_S: Final = {"webp": 0.1, "webp, hard": 0.5, "webp, lossless": 1.6, "webp, lossless, hard": 9}
_TRIES: Final = 2
"""How often WebP encodes each frame of an animation, in which it cannot be stopped."""
_FULL_CHROMA_S: Final = 2.2
"""How many times as long AVIF takes with colour at full resolution."""

_BYTES: Final[dict[str, tuple[int, int]]] = {
    "jpeg": (8, 8),
    "jpeg, full chroma": (15, 15),
    "jpeg, plain": (3, 3),
    "jpeg, small": (18, 18),
    "png": (7, 9),
    "png, tried": (10, 13),
    "png, palette": (8, 8),
    "gif": (18, 18),
    "tiff": (8, 10),
    "webp": (7, 40),
    "webp, hard": (12, 65),
    "webp, lossless": (42, 46),
    "webp, lossless, hard": (80, 85),
    "avif": (65, 95),
    "jxl": (65, 75),
    "jxl, lossless": (80, 85),
}
"""For each pixel, without and with alpha, beside the picture itself."""
_HARD: Final = 3
"""Effort from which WebP keeps more."""
_APART_BYTES: Final = 5
"""What a process of its own adds for each pixel: the pixels and the file once more."""
_PROCESS_BYTES: Final = 48 * 1024 * 1024


def unstoppable_s(options: EncodeOptions, *, moving: bool) -> float:
    """Return for how many seconds a million pixels of a frame the encoder cannot be stopped.

    Those of JPEG, still WebP, plain PNG and TIFF look whether they are, or are done by then.
    """
    if options.format == "webp" and moving:
        return _WEBP_S[_way(options, 0)] * _TRIES
    if options.format == "avif":
        effort = 0 if options.fast else options.avif_effort
        return _AVIF_S[effort] * (_FULL_CHROMA_S if options.full_chroma else 1)
    if options.format == "jxl":
        seconds = _JXL_S[0 if options.fast else options.jxl_effort]
        return seconds * (_LOSSLESS_JXL if options.exact else 1)
    if options.format == "gif":
        return _GIF_S[options.fast]
    return _PALETTE_S if options.palette else 0.0


def encodes_small(options: EncodeOptions, area: int) -> bool:
    """Return whether a JPEG of so many pixels is made by jpegli: it halves the colour's sides."""
    return options.small and not options.full_chroma and area <= SMALL_AREA


def chooses_filter(options: EncodeOptions, area: int) -> bool:
    """Return whether it is tried how a PNG of so many pixels gets smaller."""
    return not (options.palette or options.fast) and area <= FILTERED_AREA


def runs_apart(options: EncodeOptions, area: int, frames: int = 1) -> bool:
    """Return whether frames of that many pixels each are encoded in a process of its own."""
    return area / 1e6 * unstoppable_s(options, moving=frames > 1) >= APART_S


def encoder_bytes(options: EncodeOptions, area: int, frames: int = 1, *, alpha: bool) -> int:
    """Return an upper estimate of the bytes that encoding takes, for frames of `area` pixels.

    The picture itself is not counted.
    """
    taken = area * _BYTES.get(_way(options, area), (0, 0))[alpha]
    if runs_apart(options, area, frames):
        return taken + area * frames * _APART_BYTES + _PROCESS_BYTES
    return taken


def _way(options: EncodeOptions, area: int) -> str:
    if options.format == "jpeg":
        if options.fast or area > OPTIMISED_AREA:
            return "jpeg, plain"
        if encodes_small(options, area):
            return "jpeg, small"
        return "jpeg, full chroma" if options.full_chroma else "jpeg"
    if options.format == "webp":
        hard = ", hard" if options.webp_effort >= _HARD and not options.fast else ""
        return f"webp{', lossless' if options.exact else ''}{hard}"
    if options.format == "jxl":
        return "jxl, lossless" if options.exact else "jxl"
    return _png_way(options, area) if options.format == "png" else options.format


def _png_way(options: EncodeOptions, area: int) -> str:
    if options.palette:
        return "png, palette"
    return "png, tried" if chooses_filter(options, area) else "png"

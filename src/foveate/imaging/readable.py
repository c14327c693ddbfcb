"""What pictures may come in: every format that is read, who reads it, and what of it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.values import ImageFormat as Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE, _APART = "libvips", "a process of its own"

READ: Final[Mapping[Kind, tuple[str, str, str]]] = {
    Kind.JPEG: ("JPEG", _HERE, "8 bits; 12 and 16 bits and without loss in a process of its own"),
    Kind.PNG: ("PNG", _HERE, "APNG: the first frame; gamma, chromaticities and cICP count"),
    Kind.WEBP: ("WebP", _HERE, "moves"),
    Kind.GIF: ("GIF", _HERE, "moves"),
    Kind.AVIF: ("AVIF", _HERE, "8 to 12 bits, HDR; a sequence moves, in a process of its own"),
    Kind.HEIC: ("HEIC, HEIF", _APART, "8 to 12 bits, HDR"),
    Kind.TIFF: (
        "TIFF, BigTIFF",
        _HERE,
        "the first page; rarer compressions in a process of its own",
    ),
    Kind.SVG: ("SVG", _APART, "made harmless; drawn where a raster format is asked for"),
    Kind.JXL: ("JPEG XL", _APART, "the first frame"),
    Kind.JP2: ("JPEG 2000", _APART, "8 to 16 bits"),
    Kind.JXR: ("JPEG XR", _APART, ""),
    Kind.BMP: ("BMP, DIB", _APART, "all of Windows and OS/2, run lengths and masks as well"),
    Kind.ICO: ("ICO", _APART, "the largest"),
    Kind.CUR: ("CUR", _APART, "the largest"),
    Kind.ICNS: ("ICNS", _APART, "the largest"),
    Kind.PSD: ("PSD, PSB", _APART, "the flattened picture, 8 to 32 bits"),
    Kind.TGA: ("TGA", _APART, ""),
    Kind.DDS: ("DDS", _APART, ""),
    Kind.QOI: ("QOI", _APART, ""),
    Kind.PNM: ("PBM, PGM, PPM", _APART, ""),
    Kind.PAM: ("PAM", _APART, ""),
    Kind.PFM: ("PFM", _APART, "floats"),
    Kind.PCX: ("PCX", _APART, ""),
    Kind.DCX: ("DCX", _APART, "the first page"),
    Kind.SGI: ("SGI", _APART, ""),
    Kind.SUN: ("Sun raster", _APART, ""),
    Kind.XBM: ("XBM", _APART, ""),
    Kind.XPM: ("XPM", _APART, ""),
    Kind.FITS: ("FITS", _APART, "stretched from least to greatest"),
    Kind.FLI: ("FLI, FLC", _APART, "moves"),
    Kind.MSP: ("MSP", _APART, ""),
    Kind.IM: ("IM", _APART, ""),
    Kind.IMT: ("IM Tools", _APART, ""),
    Kind.IPTC: ("IPTC/NAA", _APART, ""),
    Kind.GBR: ("GIMP brush", _APART, ""),
    Kind.BLP: ("BLP", _APART, ""),
    Kind.FTEX: ("FTEX", _APART, ""),
    Kind.PCD: ("Photo CD", _APART, ""),
    Kind.PIXAR: ("PIXAR", _APART, ""),
    Kind.SPIDER: ("SPIDER", _APART, ""),
    Kind.MCIDAS: ("McIdas", _APART, ""),
    Kind.XV_THUMBNAIL: ("XV thumbnail", _APART, ""),
}
"""What a format is called, what decodes it, and what there is to know."""
_BELOW: Final = (
    "What moves does so as WebP, or as the GIF or WebP that it was; in any other format the answer "
    "is the first frame. PostScript, PDF and metafiles need a program to run and are refused, with "
    "415 as all that is no picture. What a process of its own decodes is "
    "[locked in](../guides/security.md), and costs some hundred milliseconds more."
)


def reference() -> str:
    """Return docs/reference/sources.md below its title."""
    rows = (f"| {name} | {by} | {about} |" for name, by, about in READ.values())
    return "\n".join(["| format | decoded by | |", "| --- | --- | --- |", *rows, "", _BELOW])

"""Which format some bytes are in, told by their first bytes alone."""

from __future__ import annotations

import re
from typing import Final

from foveate.errors import EmptyImage, NotAnImage, UnsupportedFormat
from foveate.values import ImageFormat

_READ: Final = (
    (re.compile(rb"\xff\xd8\xff"), ImageFormat.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), ImageFormat.PNG),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), ImageFormat.WEBP),
    (re.compile(rb"GIF8[79]a"), ImageFormat.GIF),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), ImageFormat.TIFF),
)

_NOT_READ: Final = (
    (re.compile(rb"BM.{4}\0\0\0\0.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL), "BMP"),
    (re.compile(rb"\0\0[\1\2]\0[^\0]\0"), "ICO"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"), "JPEG XL"),
    (re.compile(rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  \r\n\x87\n"), "JPEG 2000"),
    (re.compile(rb"II\xbc\x01"), "JPEG XR"),
    (re.compile(rb"\x8aMNG|\x8bJNG"), "MNG"),
    (re.compile(rb"8BPS\0[\1\2]"), "Photoshop"),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"%!PS"), "PostScript"),
    (re.compile(rb"\x1f\x8b\x08"), "SVGZ"),
    (re.compile(rb"\x76\x2f\x31\x01"), "OpenEXR"),
    (re.compile(rb"#\?(RADIANCE|RGBE)"), "Radiance HDR"),
    (re.compile(rb"DDS \x7c"), "DDS"),
    (re.compile(rb"qoif"), "QOI"),
    (re.compile(rb"FLIF"), "FLIF"),
    (re.compile(rb"P[1-7]\s"), "PNM"),
    (re.compile(rb"SIMPLE  ="), "FITS"),
    (re.compile(rb"....ftyp(crx |jxl )", re.DOTALL), "Canon raw"),
)

_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS: Final = {b"avif", b"avis"}
_ANY_HEIF_BRANDS: Final = {b"mif1", b"mif2", b"msf1"}

# Nothing here is tried twice: a prologue that is none must not be tried in all ways to read it.
_SVG: Final = re.compile(
    rb"""(?:\xef\xbb\xbf)?+ \s*+
    (?: (?> <\?.*?\?> | <!--.*?--> | <!DOCTYPE\s++svg\b[^\[>]*+(?:\[[^\]]*+\]\s*+)?+> ) \s*+ )*+
    <(?:[\w.-]+:)?svg[\s/>]""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SVG_PROLOGUE: Final = 16_384
"""Bytes in which the root element of an SVG must begin."""

_WANTED: Final = "a JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF or SVG picture"


def sniff(data: bytes) -> ImageFormat:
    """Return the format that the first bytes name.

    Raises EmptyImage, UnsupportedFormat for a format that we know and do not read, NotAnImage.
    """
    if not data:
        raise EmptyImage(f"Expected {_WANTED}, got no bytes at all.")
    for magic, read in _READ:
        if magic.match(data):
            return read
    found = _sniff_heif(data) or _sniff_svg(data)
    if found:
        return found
    for magic, name in _NOT_READ:
        if magic.match(data):
            sentence = f"Expected {_WANTED}, got {name}: convert it first."
            raise UnsupportedFormat(sentence, public=sentence)
    raise NotAnImage(f"Expected {_WANTED}, got bytes that begin with {data[:16]!r}.")


def _sniff_heif(data: bytes) -> ImageFormat | None:
    """Read the brands of an ISO base media file; the first one is the major brand."""
    if data[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))]
    major, named = brands[0], set(brands)
    if major not in _HEIC_BRANDS | _AVIF_BRANDS | _ANY_HEIF_BRANDS:
        return None
    if major in _HEIC_BRANDS:
        return ImageFormat.HEIC
    return ImageFormat.AVIF if named & _AVIF_BRANDS else ImageFormat.HEIC


def _sniff_svg(data: bytes) -> ImageFormat | None:
    return ImageFormat.SVG if _SVG.match(data[:_SVG_PROLOGUE]) else None

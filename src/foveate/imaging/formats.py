"""Which format some bytes are in, told by their first bytes alone."""

from __future__ import annotations

import re
import struct
from typing import Final

from foveate.errors import EmptyImage, NotAnImage, UnsupportedFormat
from foveate.values import ImageFormat

_Rows = tuple[tuple[re.Pattern[bytes], ImageFormat], ...]
HEAD_BYTES: Final = 4_096
"""All that is looked at of a file, but for the prologue of an SVG and the end of a TGA."""

_READ: Final = (
    (re.compile(rb"\xff\xd8\xff"), ImageFormat.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), ImageFormat.PNG),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), ImageFormat.WEBP),
    (re.compile(rb"GIF8[79]a"), ImageFormat.GIF),
    (re.compile(rb"II[*+]\0|MM\0[*+]"), ImageFormat.TIFF),
)

_READ_ELSEWHERE: Final = (
    (
        re.compile(rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL),
        ImageFormat.BMP,
    ),
    (
        re.compile(rb"[\x28\x34\x38\x40\x6c\x7c]\0{3}.{8}\x01\0[\1\2\4\x08\x10\x18 ]\0", re.DOTALL),
        ImageFormat.BMP,
    ),
    (re.compile(rb"\0\0\x01\0[^\0]\0"), ImageFormat.ICO),
    (re.compile(rb"\0\0\x02\0[^\0]\0.{3}\0", re.DOTALL), ImageFormat.CUR),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n"), ImageFormat.JXL),
    (re.compile(rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  \r\n\x87\n"), ImageFormat.JP2),
    (re.compile(rb"II\xbc[\0\1]"), ImageFormat.JXR),
    (re.compile(rb"8BPS\0\x01"), ImageFormat.PSD),
    (re.compile(rb"DDS \x7c"), ImageFormat.DDS),
    (re.compile(rb"qoif"), ImageFormat.QOI),
    (re.compile(rb"P7 332"), ImageFormat.XV_THUMBNAIL),
    (re.compile(rb"P7\n"), ImageFormat.PAM),
    (re.compile(rb"P[Ff]\s+\d"), ImageFormat.PFM),
    (re.compile(rb"P(?:[1-6]|0CMYK|yRGBA|yCMYK)(?:\s|#)"), ImageFormat.PNM),
    (re.compile(rb"icns"), ImageFormat.ICNS),
    (re.compile(rb"\x0a[\0\2\3\5][\0\1][\1\2\4\x08]"), ImageFormat.PCX),
    (re.compile(rb"\xb1\x68\xde\x3a"), ImageFormat.DCX),
    (re.compile(rb"\x01\xda[\0\1][\1\2]"), ImageFormat.SGI),
    (re.compile(rb"\x59\xa6\x6a\x95"), ImageFormat.SUN),
    (re.compile(rb"(?:/\*[^*]*\*/)?\s*#define[ \t]+\S*_?width[ \t]+\d"), ImageFormat.XBM),
    (re.compile(rb"/\* XPM \*/"), ImageFormat.XPM),
    (re.compile(rb"SIMPLE  ="), ImageFormat.FITS),
    (re.compile(rb".{4}[\x11\x12]\xaf.{8}[\0\3]\0", re.DOTALL), ImageFormat.FLI),
    (re.compile(rb"DanM|LinS"), ImageFormat.MSP),
    (
        re.compile(
            rb"(?=.{1,511}\x1a)(?:Image type|Name|Comment|Date|Digitalization equipment): ",
            re.DOTALL,
        ),
        ImageFormat.IM,
    ),
    (re.compile(rb"(?:\*[^\n]{0,80}\n){0,64}+(?:width|height) \d+\s"), ImageFormat.IMT),
    (re.compile(rb"\x1c[\2\3][\0-\xff]\0"), ImageFormat.IPTC),
    (re.compile(rb"\0\0.{2}\0\0\0(?:\x01|\x02.{12}GIMP)", re.DOTALL), ImageFormat.GBR),
    (re.compile(rb"BLP[12]"), ImageFormat.BLP),
    (re.compile(rb"FTEX|FTXU|FTU\0"), ImageFormat.FTEX),
    (re.compile(rb".{2048}PCD_", re.DOTALL), ImageFormat.PCD),
    (re.compile(rb"\x80\xe8\0\0"), ImageFormat.PIXAR),
    (re.compile(rb"\0{7}\x04"), ImageFormat.MCIDAS),
)

_NOT_READ: Final = (
    (re.compile(rb"\x8aMNG|\x8bJNG"), "MNG"),
    (re.compile(rb"8BPS\0\x02"), "Photoshop's large documents"),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"%!PS"), "PostScript"),
    (re.compile(rb"\x1f\x8b\x08"), "SVGZ"),
    (re.compile(rb"\x76\x2f\x31\x01"), "OpenEXR"),
    (re.compile(rb"#\?(RADIANCE|RGBE)"), "Radiance HDR"),
    (re.compile(rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", re.DOTALL), "a Windows metafile"),
    (re.compile(rb"\xc5\xd0\xd3\xc6"), "PostScript"),
    (re.compile(rb"FLIF"), "FLIF"),
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

_WANTED: Final = "a picture such as JPEG, PNG, WebP, GIF, AVIF, HEIC, JPEG XL, TIFF or SVG"


def sniff(data: bytes) -> ImageFormat:
    """Return the format that the first bytes name.

    Raises EmptyImage, UnsupportedFormat for a format that we know and do not read, NotAnImage.
    """
    if not data:
        raise EmptyImage(f"Expected {_WANTED}, got no bytes at all.")
    head = data[:HEAD_BYTES]
    found = _first(_READ, head) or _sniff_heif(head) or _sniff_svg(data)
    if found := found or _first(_READ_ELSEWHERE, head):
        return found
    for magic, name in _NOT_READ:
        if magic.match(head):
            sentence = f"Expected {_WANTED}, got {name}: convert it first."
            raise UnsupportedFormat(sentence, public=sentence)
    if unmarked := _without_magic(data):
        return unmarked
    raise NotAnImage(f"Expected {_WANTED}, got bytes that begin with {data[:16]!r}.")


def _first(rows: _Rows, head: bytes) -> ImageFormat | None:
    return next((kind for magic, kind in rows if magic.match(head)), None)


def _without_magic(data: bytes) -> ImageFormat | None:
    """Return what a header says that begins with numbers, all of which make sense."""
    if data[-18:] == _TGA_FOOTER or _is_tga(data):
        return ImageFormat.TGA
    return ImageFormat.SPIDER if _is_spider(data) else None


def _is_tga(data: bytes) -> bool:
    """Return whether the header of a Truevision TGA (version 2.0) holds together."""
    if len(data) < _TGA_HEADER.size:
        return False
    name, mapped, kind, _, colours, colour_bits, *_, width, height, bits, how = _TGA_HEADER.unpack(
        data[: _TGA_HEADER.size]
    )
    if mapped > 1 or bits not in _TGA_BITS.get((kind, mapped), ()) or not width or not height:
        return False
    if how & _TGA_NEVER or (colour_bits not in _TGA_COLOUR_BITS) == bool(mapped):
        return False
    table = colours * ((colour_bits + 7) // 8) if mapped else 0
    pixels = 1 if kind >= _TGA_PACKED else width * height * ((bits + 7) // 8)
    return len(data) >= _TGA_HEADER.size + int(name) + table + pixels


_TGA_FOOTER: Final = b"TRUEVISION-XFILE.\0"
_TGA_HEADER: Final = struct.Struct("<BBBHHBHHHHBB")
_TGA_PACKED: Final = 9
_TGA_NEVER: Final = 0xC0
"""Bits of the last byte that say nothing any more."""
_TGA_COLOUR_BITS: Final = {15, 16, 24, 32}
_TGA_BITS: Final[dict[tuple[int, int], tuple[int, ...]]] = {
    (kind + packed, mapped): bits
    for kind, mapped, bits in (
        (1, 1, (8,)),
        (2, 0, (15, 16, 24, 32)),
        (3, 0, (8, 16)),
    )
    for packed in (0, 8)
}
"""Bits a pixel of each type of picture, with or without a table of colours."""


def _is_spider(data: bytes) -> bool:
    """Return whether the floats of a SPIDER header are whole where they count something."""
    if len(data) < _SPIDER_HEADER:
        return False
    return any(_counts(struct.unpack_from(f"{order}23f", data)) for order in "<>")


_SPIDER_HEADER: Final = 23 * 4
_SPIDER_KINDS: Final = {1, 3, -11, -12, -21, -22}
_SPIDER_WHOLE: Final = (0, 1, 4, 11, 12, 21, 22)


def _counts(header: tuple[float, ...]) -> bool:
    if header[4] not in _SPIDER_KINDS or any(not header[at].is_integer() for at in _SPIDER_WHOLE):
        return False
    return header[0] >= 1 and header[11] >= 1 and header[21] == header[12] * header[22] > 0


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

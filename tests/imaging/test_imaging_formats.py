from __future__ import annotations

import resource
import struct
import time

import pytest
from imaging_pictures import files

from foveate.errors import EmptyImage, NotAnImage, UnsupportedFormat
from foveate.imaging.formats import sniff
from foveate.values import ImageFormat


@pytest.mark.parametrize(("name", "data"), files().items())
def test_every_format_is_told_by_its_bytes(name: str, data: bytes) -> None:
    assert sniff(data) is ImageFormat(name)


@pytest.mark.parametrize(
    ("brands", "expected"),
    [
        (b"mif1\0\0\0\0mif1avif", ImageFormat.AVIF),
        (b"avis\0\0\0\0msf1avis", ImageFormat.AVIF),
        (b"mif1\0\0\0\0mif1heic", ImageFormat.HEIC),
        (b"heix\0\0\0\0mif1heix", ImageFormat.HEIC),
        (b"msf1\0\0\0\0msf1hevc", ImageFormat.HEIC),
    ],
)
def test_brands_tell_avif_from_heic(brands: bytes, expected: ImageFormat) -> None:
    assert sniff((len(brands) + 8).to_bytes(4, "big") + b"ftyp" + brands) is expected


@pytest.mark.parametrize(
    "text",
    [
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '\ufeff\n<?xml version="1.0"?>\n<!-- <svg> --><svg\n width="1"/>',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [<!ENTITY a "b">]><svg>',
        '<?xml version="1.0"?><?xml-stylesheet href="a.css"?><s:svg xmlns:s="x"/>',
    ],
)
def test_svg_is_told_behind_its_prologue(text: str) -> None:
    assert sniff(text.encode()) is ImageFormat.SVG


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"BM" + bytes(12) + b"\x28\0\0\0", ImageFormat.BMP),
        (struct.pack("<IiiHH", 40, 3, -2, 1, 24), ImageFormat.BMP),
        (b"\0\0\1\0\1\0\x10\x10", ImageFormat.ICO),
        (b"\0\0\2\0\1\0\x20\x20\0\0", ImageFormat.CUR),
        (b"\xff\x0a\1\2", ImageFormat.JXL),
        (b"\0\0\0\x0cJXL \r\n\x87\n", ImageFormat.JXL),
        (b"\0\0\0\x0cjP  \r\n\x87\n", ImageFormat.JP2),
        (b"\xff\x4f\xff\x51", ImageFormat.JP2),
        (b"II\xbc\1", ImageFormat.JXR),
        (b"8BPS\0\1", ImageFormat.PSD),
        (b"P6\n1 1", ImageFormat.PNM),
        (b"P7\nWIDTH 1", ImageFormat.PAM),
        (b"PF\n1 1", ImageFormat.PFM),
        (b"#define dot_width 8\n", ImageFormat.XBM),
        (b"\x0a\5\1\x08", ImageFormat.PCX),
    ],
)
def test_what_other_decoders_read_is_told_by_its_bytes(data: bytes, expected: ImageFormat) -> None:
    assert sniff(data) is expected


def tga(kind: int = 2, mapped: int = 0, bits: int = 24, *, pixels: int = 12) -> bytes:
    """Return a TGA of 2x2."""
    table = (0, 2, 24) if mapped else (0, 0, 0)
    header = struct.pack("<BBBHHBHHHHBB", 0, mapped, kind, *table, 0, 0, 2, 2, bits, 0)
    return header + bytes(table[1] * 3 + pixels)


@pytest.mark.parametrize(
    "data",
    [
        tga(),
        tga(1, 1, 8, pixels=4),
        tga(3, 0, 8, pixels=4),
        tga(10, pixels=4),
        tga(bits=32, pixels=16),
    ],
)
def test_a_header_of_numbers_is_a_tga_where_they_hold_together(data: bytes) -> None:
    assert sniff(data) is ImageFormat.TGA


@pytest.mark.parametrize(
    "data",
    [tga(pixels=11), tga(bits=23), tga(1, 0, 8), tga(4), tga(2, 2), bytes(18), bytes(range(200))],
    ids=["cut off", "bits", "no table", "type", "map", "zeros", "counting"],
)
def test_numbers_that_make_no_sense_are_no_tga(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        sniff(data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"8BPS\0\2", "large documents"),
        (b"\xd7\xcd\xc6\x9a" + bytes(40), "metafile"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\0", "SVGZ"),
    ],
)
def test_known_formats_that_are_not_read_are_named(data: bytes, name: str) -> None:
    with pytest.raises(UnsupportedFormat, match=name) as caught:
        sniff(data)
    assert name in caught.value.public


@pytest.mark.parametrize(
    "data",
    [
        b"hello",
        b"\0" * 64,
        b"<!DOCTYPE html><html><svg></svg></html>",
        b"<html><body><svg/></body></html>",
        b"<svgfoo/>",
        b"GIF88a",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        b"\0\0\0\x18ftyp",
        b"<!--" * 3000,
        b"BMW is a car maker, and no bitmap",
        b"Name: somebody\nDate: today\n" * 99,
        b"\0\0\x01\xb3" + bytes(range(90)),
        b"PK\3\4" + bytes(2000),
        b'{"width": 5}',
        b"width of a page",
    ],
)
def test_anything_else_is_no_image(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        sniff(data)


def test_no_bytes_are_an_empty_image() -> None:
    with pytest.raises(EmptyImage):
        sniff(b"")


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"", b"*\n"),
        (b"/*", b"a"),
        (b"#define ", b"_"),
        (b"PF", b" "),
        (b"", b"Name: "),
        (b"", b"\n"),
        (b"", b"<?"),
        (b"<!DOCTYPE svg [", b"]\n"),
    ],
)
def test_only_the_beginning_of_a_file_is_looked_at(start: bytes, more: bytes) -> None:
    data = start + more * (20_000_000 // len(more))
    before, started = peak_kib(), time.process_time()
    with pytest.raises(NotAnImage):
        sniff(data)
    assert time.process_time() - started < 0.5
    assert peak_kib() - before < 8 * 1024


def peak_kib() -> int:
    """Return the most memory that this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_the_size_of_an_imt_stands_behind_its_comments() -> None:
    assert sniff(b"* by hand\n" * 9 + b"width 20\nheight 10\n") is ImageFormat.IMT

from __future__ import annotations

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
    ("data", "name"),
    [
        (b"BM" + bytes(8) + b"\x36\0\0\0\x28\0\0\0", "BMP"),
        (b"\0\0\1\0\1\0\x10\x10", "ICO"),
        (b"\xff\x0a\1\2", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"8BPS\0\1", "Photoshop"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08\0", "SVGZ"),
        (b"P6\n1 1", "PNM"),
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
    ],
)
def test_anything_else_is_no_image(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        sniff(data)


def test_no_bytes_are_an_empty_image() -> None:
    with pytest.raises(EmptyImage):
        sniff(b"")

"""JPEGs with a gain map behind them: kept whole, or without a word of it."""

from __future__ import annotations

import pytest
from service_networks import analyses, picture, soon

from foveate.errors import BrokenImage
from foveate.imaging import Image
from foveate.imaging.fields import with_blobs, with_numbers
from foveate.options.grammar import parse_options
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
    b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc='
    b'"http://purl.org/dc/elements/1.1/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
    b'dc:source="Me" hdrgm:Version="1.0"/></rdf:RDF></x:xmpmeta>'
)
ISO = b"\xff\xe2\0\x22urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"


def with_map(photo: Image, xmp: bytes = XMP, orientation: int = 1) -> bytes:
    """Return a JPEG with a gain map behind it."""
    grey = photo.colourspace("b-w").resize(0.25).jpegsave_buffer()
    named = with_numbers(with_blobs(photo, {"xmp-data": xmp}), {"orientation": orientation})
    base = named.jpegsave_buffer(Q=90)
    return bytes(base[:2] + ISO + base[2:] + grey[:2] + ISO + grey[2:])


def render(data: bytes, text: str) -> bytes:
    verb = Renderer(analyses=analyses(), limits=Limits(), encoding=Encoding())
    made = verb(picture(data), parse_options(text).options, deadline=soon())
    assert made.content_type == "image/jpeg"
    return made.data


@pytest.mark.parametrize(
    "unchanging",
    [
        "",
        ",width=320",
        ",width=4000,height=4000",
        ",fit=cover,gravity=left",
        ",dpr=2",
        ",objects=largest",
    ],
)
def test_it_is_kept_whole_when_nothing_changes(photo: Image, unchanging: str) -> None:
    data = with_map(photo)
    assert render(data, f"metadata=keep{unchanging}") == data


@pytest.mark.parametrize(
    "changing",
    [
        "width=100",
        "width=100,height=100,fit=cover",
        "width=640,fit=contain",
        "width=320,height=320,fit=pad",
        "quality=85",
        "format=jpeg",
        "format=baseline-jpeg",
        "compression=fast",
        "rotate=180",
        "flip=h",
        "blur=1",
        "brightness=1.2",
        "gamut=p3",
        "trim=1;0;0;0",
        "border.width=1,border.color=red",
        "redact=faces",
    ],
)
def test_what_changes_goes_without_the_map_and_without_a_word_of_it(
    photo: Image, changing: str
) -> None:
    made = render(with_map(photo), f"metadata=keep,{changing}")
    assert b"hdr-gain-map" not in made
    assert b"21496" not in made
    assert made.count(b"\xff\xd8\xff") == 1
    assert (b'dc:source="Me"' in made) == (changing != "redact=faces")


@pytest.mark.parametrize("metadata", ["metadata=copyright", "metadata=none", "width=320"])
def test_nobody_gets_the_file_who_did_not_ask_to_keep_it(photo: Image, metadata: str) -> None:
    made = render(with_map(photo), metadata)
    assert b"hdr-gain-map" not in made


def test_a_lying_one_is_turned_and_loses_its_map(photo: Image) -> None:
    made = render(with_map(photo, orientation=6), "metadata=keep")
    assert Image.new_from_buffer(made, "").width == 240
    assert b"hdr-gain-map" not in made


def test_a_jpeg_without_a_map_is_encoded_as_ever(photo: Image) -> None:
    data = photo.jpegsave_buffer(Q=98)
    assert len(render(data, "metadata=keep")) < len(data)


def test_a_damaged_one_is_refused_as_ever(photo: Image) -> None:
    noisy = photo.gaussblur(0.5).jpegsave_buffer(Q=100)
    damaged = noisy[:2] + ISO + noisy[2 : len(noisy) // 2]
    with pytest.raises(BrokenImage):
        render(damaged, "metadata=keep")


def test_its_base_picture_is_what_is_seen(photo: Image) -> None:
    made = Image.new_from_buffer(render(with_map(photo), "width=160,quality=95"), "")
    for x, y in ((20, 15), (115, 45), (40, 100)):
        seen, meant = made(x, y), photo(2 * x, 2 * y)
        assert max(abs(a - b) for a, b in zip(seen, meant, strict=True)) <= 12

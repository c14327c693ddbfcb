"""What is written of a picture."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import pytest

from foveate.designs.library.words import telling, wanted
from foveate.designs.library.written import named, written
from foveate.imaging.described import described

if TYPE_CHECKING:
    from pathlib import Path

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description><dc:description><rdf:Alt>'
    '<rdf:li xml:lang="x-default">Two dogs</rdf:li></rdf:Alt></dc:description><dc:subject>'
    "<rdf:Bag><rdf:li>beach</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF>"
    "</x:xmpmeta>"
)


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda" + bytes(64)


def iptc(**texts: str) -> bytes:
    numbers = {"caption": 120, "keyword": 25, "byline": 80}
    sets = b"".join(
        b"\x1c\x02" + bytes([numbers[key]]) + struct.pack(">H", len(text.encode())) + text.encode()
        for key, text in texts.items()
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(sets)) + sets
    return segment(0xED, b"Photoshop 3.0\0" + resource)


def exif(text: str) -> bytes:
    value = text.encode() + b"\0"
    entry = struct.pack("<HHII", 0x010E, 2, len(value), 26)
    block = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + value
    return segment(0xE1, b"Exif\0\0" + block)


def test_captions_and_key_words_of_iptc_are_read_and_nobodys_name() -> None:
    head = jpeg(iptc(byline="Ada", caption="Zwei Hunde am Strand", keyword="Hund"))
    assert described(head) == ("Zwei Hunde am Strand", "Hund")


def test_the_description_of_exif_is_read() -> None:
    assert described(jpeg(exif("A quiet harbour"))) == ("A quiet harbour",)


def test_the_description_of_xmp_is_read_of_any_format() -> None:
    assert described(b"RIFF....WEBP" + XMP.encode()) == ("Two dogs", "beach")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8\xff",
        jpeg(segment(0xED, b"Photoshop 3.0\08BIM\x04\x04\x1c\x02\x78\xff\xff")),
        jpeg(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")),
        b"<x:xmpmeta><!DOCTYPE a [<!ENTITY b 'c'>]></x:xmpmeta>",
        b"</x:xmpmeta><x:xmpmeta",
    ],
)
def test_what_lies_of_its_length_says_nothing(head: bytes) -> None:
    assert all(len(text) <= 500 for text in described(head))


def test_what_lies_beside_a_picture_comes_first(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(jpeg(exif("In the file")))
    (tmp_path / "a.txt").write_text("Beside\nit")
    (tmp_path / "a.jpg.xmp").write_text(XMP)
    (tmp_path / "a.json").write_text(json.dumps({"caption": "In JSON", "people": ["Ada"]}))
    said = written(picture, tmp_path)
    assert said == ("Beside it", "Two dogs", "beach", "In JSON", "In the file")


def test_half_a_letter_beside_a_picture_can_be_written_down(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(jpeg())
    (tmp_path / "a.json").write_text('{"caption": "\\ud800 a dog"}')
    assert written(picture, tmp_path) == ("? a dog",)


def test_names_of_cameras_say_nothing() -> None:
    assert named("DCIM/IMG_0021.JPG") == "DCIM"
    assert named("beach/two-dogs_final.jpg") == "two dogs beach"


@pytest.mark.parametrize(
    ("words", "tags"),
    [
        ("a beach at sunset", ["beach", "sun"]),
        ("ein Feuerwehrauto", ["fire engine"]),
        ("un camión de bomberos", ["fire engine"]),
        ("une salle de bain", ["bathroom"]),
        ("消防車と犬", ["fire engine", "dog"]),
        ("two dogs", ["dog"]),
    ],
)
def test_words_of_five_languages_mean_tags(words: str, tags: list[str]) -> None:
    assert [tag for each in wanted(words) for tag in each.tags] == tags


def test_a_word_that_no_table_has_is_one_that_nobody_saw() -> None:
    (lisbon,) = wanted("in Lisbon")
    assert not lisbon.tags
    assert lisbon.weight < 1
    assert telling("a photo of the") == []

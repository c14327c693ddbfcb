"""XMP of pictures that lost their gain map."""

from __future__ import annotations

import time
from xml.dom import minidom

import pytest

from foveate.imaging.gain_map import MAX_XMP, has_gain_map, without_claims

HDRGM = "http://ns.adobe.com/hdr-gain-map/1.0/"
CONTAINER = "http://ns.google.com/photos/1.0/container/"


def xmp(attributes: str = "", inside: str = "", prefix: str = "hdrgm") -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:{prefix}="{HDRGM}" xmlns:Container="{CONTAINER}"'
        f' xmlns:Item="{CONTAINER}item/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
        ' xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"'
        f' dc:format="image/jpeg" {attributes}>{inside}'
        "<dc:creator><rdf:Seq><rdf:li>J\u00fcrgen &amp; Co</rdf:li></rdf:Seq></dc:creator>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


MAP_ITEM = (
    '<Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item'
    ' Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="12"/></rdf:li></rdf:Seq>'
    "</Container:Directory>"
)


@pytest.mark.parametrize(
    "data",
    [
        xmp('hdrgm:Version="1.0" hdrgm:GainMapMax="2.3"'),
        xmp('gain:Version="1.0"', prefix="gain"),
        xmp(inside="<hdrgm:OffsetHDR><rdf:Seq><rdf:li>0.1</rdf:li></rdf:Seq></hdrgm:OffsetHDR>"),
        xmp(inside=MAP_ITEM),
        xmp("hdrgm:Version='>'", MAP_ITEM),
        xmp('xmpNote:HasExtendedXMP="AB"'),
        xmp('GCamera:MotionPhoto="1" GCamera:MicroVideoOffset="9"'),
    ],
)
def test_claims_go_and_all_else_stays(data: bytes) -> None:
    left = without_claims(data)
    for word in (HDRGM, "GainMap", CONTAINER, "HasExtended", "MotionPhoto", "MicroVideo", "Offset"):
        assert word.encode() not in left
    assert left.startswith(b"<?xpacket begin")
    assert left.endswith(b'<?xpacket end="w"?>')
    read = minidom.parseString(left)  # noqa: S318
    (item,) = read.getElementsByTagName("rdf:li")
    assert item.firstChild is not None
    assert item.firstChild.nodeValue == "J\u00fcrgen & Co"
    (described,) = read.getElementsByTagName("rdf:Description")
    assert described.getAttribute("dc:format") == "image/jpeg"


def test_xmp_without_claims_is_left_alone() -> None:
    data = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a dc:creator="Me"/></x:xmpmeta>  \n\0'
    assert without_claims(data) is data


@pytest.mark.parametrize(
    "data",
    [
        xmp('hdrgm:Version="1.0"')[:-40],
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xmp('hdrgm:Version="1.0"'),
        xmp('hdrgm:Version="1.0"', "<dc:a>" * 5000 + "</dc:a>" * 5000),
        xmp('hdrgm:Version="1.0" unbound:a="1"'),
    ],
)
def test_unreadable_claims_are_dropped_with_all_around_them(data: bytes) -> None:
    assert without_claims(data) == b""


def test_every_kind_of_map_is_known() -> None:
    assert has_gain_map(b"..." + xmp('hdrgm:Version="1.0"'))
    assert has_gain_map(b"\xff\xe2\0\x22urn:iso:std:iso:ts:21496:-1\0....")
    assert not has_gain_map(b"\xff\xd8\xff\xe2\0\x22MPF\0")


def test_xmp_that_fits_no_jpeg_is_dropped_unread() -> None:
    started = time.process_time()
    for items in (1_000_000, 3_000):
        claims = '<c:MotionPhoto xmlns:c="http://ns.google.com/photos/1.0/camera/"/>' * (items // 3)
        without_claims(f"<x>{'<b/>' * items}{claims}</x>".encode())
    assert without_claims(b"<x>" + b" " * MAX_XMP + b"</x>") == b""
    assert time.process_time() - started < 2

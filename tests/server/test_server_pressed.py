"""How files of pages are sent."""

from __future__ import annotations

import gzip

import brotli
import pytest

from foveate.server.pressed import ENDS, File, preferred, sent

TEXT = File(ENDS[".css"], b"a { color: red; }\n" * 100)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip;q=0, br; q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("br;q=0, *", "gzip"),
        ("gzip;q=x", "gzip"),
        ("br;level=3;q=0", ""),
        ("br ; level=3 ; q=0.2, gzip\t;\tq=0.1", "br"),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=1", "gzip"),
        ("identity, gzip", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_client_chooses_and_among_equals_the_smallest_is_taken(
    accepted: str, coding: str
) -> None:
    assert preferred(accepted) == coding


@pytest.mark.parametrize(
    ("coding", "open_"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_what_is_pressed_is_the_same_text_in_fewer_bytes(coding: str, open_: object) -> None:
    assert callable(open_)
    named, small = TEXT.accepted(coding)
    assert named == coding
    assert len(small) < len(TEXT.plain) / 4
    assert open_(small) == TEXT.plain


def test_it_is_pressed_once() -> None:
    file = File(ENDS[".js"], b"text" * 100)
    assert len({id(file.accepted("br")[1]) for _ in range(3)}) == 1


def test_pictures_are_small_already() -> None:
    assert File(ENDS[".webp"], b"RIFF").accepted("br, gzip") == ("", b"RIFF")
    assert File(ENDS[".svg"], b"<svg/>").accepted("gzip")[0] == "gzip"


def test_each_form_has_a_tag_of_its_own_which_is_enough_to_be_known() -> None:
    tags = set()
    for accepted in ("br", "gzip", ""):
        headers = {b"accept-encoding": accepted.encode()}
        told = dict(sent(TEXT, headers, {}).headers)
        assert told[b"vary"] == b"accept-encoding"
        assert told.get(b"content-encoding", b"") == accepted.encode()
        again = sent(TEXT, {**headers, b"if-none-match": told[b"etag"]}, {})
        assert (again.status, again.body) == (304, b"")
        tags.add(told[b"etag"])
    assert len(tags) == 3


def test_any_form_will_do_for_who_asks_only_whether_there_is_one() -> None:
    assert sent(TEXT, {b"if-none-match": b" * "}, {}).status == 304
    assert sent(TEXT, {b"if-none-match": b"*"}, {}, status=404).status == 404

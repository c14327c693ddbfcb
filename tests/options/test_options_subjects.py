"""People by name in options: how they are written in a URL, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest

from foveate.enrolled import Named
from foveate.errors import BadOption
from foveate.options.draw import options_from_json
from foveate.options.grammar import cache_key, format_options, parse_options
from foveate.options.model import Overlay, Redact, TransformOptions
from foveate.options.subjects import MOST, subjects, subjects_text

ANN, BOB = Named("people", "Ann"), Named("team", "Bob")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("subject:Ann", [("people", "Ann")]),
        ("Subject:%20Ann%20", [("people", "Ann")]),
        ("subject:ann", [("people", "ann")]),
        ("subject:team%2FBob", [("team", "Bob")]),
        ("subject:team%2FBob;Ann", [("people", "Ann"), ("team", "Bob")]),
        ("subject:Ann;people%2FAnn", [("people", "Ann")]),
        ("subject:Lee%2C%20Ann", [("people", "Lee, Ann")]),
        ("subject:people%2FAC%2FDC", [("people", "AC/DC")]),
        ("subject:A%253BB", [("people", "A;B")]),
        ("subject:100%2525", [("people", "100%")]),
        ("subject:Zo%C3%AB%20M%C3%BCller", [("people", "Zoë Müller")]),
        ("subject:O'Hara", [("people", "O'Hara")]),
        ("subject:Zoe%CC%88", [("people", "Zo\u00eb")]),
        ("subject:%D8%B9%E2%80%8C%D8%B9", [("people", "\u0639\u200c\u0639")]),
        ("subject:a:b", [("people", "a:b")]),
    ],
)
@pytest.mark.parametrize("name", ["faces", "redact.keep", "redact.only"])
def test_people_are_named_in_urls(name: str, text: str, expected: list[tuple[str, str]]) -> None:
    named = parse_options(f"width=80,{name}={text},height=60").options
    assert named.subjects() == tuple(Named(*pair) for pair in expected)
    assert (named.width, named.height) == (80, 60)


@pytest.mark.parametrize(
    "name", ["Ann", "a/b", "a;b", "50% off", "%3B", "a,b=c", "=", "Zoë", "a%2Fb", "subject:x", "+"]
)
def test_any_name_survives_being_written_and_read(name: str) -> None:
    asked = TransformOptions(faces=(Named("people", name), Named("team", name)))
    assert parse_options(format_options(asked)).options == asked
    assert subjects(subjects_text((Named("people", name),))) == (Named("people", name),)


@pytest.mark.parametrize(
    "text",
    [
        "subject:",
        "subject:;",
        "subject:Ann;",
        "subject:team%2F",
        "subject:%2FAnn",
        "subject:A%0AB",
        "subject:A%E2%80%AEB",
        "subject:%25FF",
        "subject:" + "n" * 257,
        "Ann",
    ],
)
@pytest.mark.parametrize("name", ["faces", "redact.keep", "redact.only"])
def test_what_names_nobody_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadOption, match=f"Option {name}: expected .*subject:NAME"):
        parse_options(f"{name}={text}")


def test_redaction_that_names_nobody_is_never_passed_over() -> None:
    for name in ("redact.keep", "redact.only"):
        with pytest.raises(BadOption, match="subject:NAME"):
            parse_options(f"{name}=")


def test_so_many_people_are_named_and_no_more() -> None:
    names = [f"p{number}" for number in range(MOST + 1)]
    assert len(subjects("subject:" + ";".join(names[:MOST]))) == MOST
    with pytest.raises(BadOption, match="expected up to 20 subjects, got 21"):
        parse_options("faces=subject:" + ";".join(names))


def test_keeping_some_and_hiding_only_some_contradict_each_other() -> None:
    for pairs in (("keep", "only"), ("only", "keep")):
        text = ",".join(f"redact.{name}=subject:Ann" for name in pairs)
        with pytest.raises(BadOption, match=r"expected redact.keep or redact.only, got both"):
            parse_options(text)
    with pytest.raises(BadOption, match="got all faces hidden and 'subject:Bob'"):
        parse_options("preset=safe,redact.only=subject:Bob", {"safe": {"redact.keep": "subject:A"}})


def test_who_is_named_anywhere_is_known_each_once() -> None:
    overlay = Overlay(url="b.jpg", options=TransformOptions(redact=Redact(keep=(BOB, ANN))))
    asked = TransformOptions(faces=(ANN,), redact=Redact(only=(ANN,)), draw=(overlay,))
    assert asked.subjects() == (ANN, BOB)
    assert TransformOptions(faces=3, redact=Redact()).subjects() == ()


def test_people_are_named_in_json_as_in_a_url() -> None:
    parsed = options_from_json({"faces": "subject:team/Bob", "redact": {"keep": "subject:Ann"}})
    assert parsed.options == TransformOptions(faces=(BOB,), redact=Redact(keep=(ANN,)))


def test_one_rendition_is_cached_once_however_it_is_written_and_apart_from_others() -> None:
    texts = ["faces=subject:Ann;team/Bob", "faces=SUBJECT:team%2FBob;people%2FAnn"]
    assert len({cache_key(parse_options(quote(t, safe="=;:%,")).options) for t in texts}) == 1
    asked = parse_options("redact=faces").options
    others = [
        replace(asked, redact=Redact(keep=(ANN,))),
        replace(asked, redact=Redact(only=(ANN,))),
    ]
    assert len({cache_key(each) for each in (asked, *others)}) == 3

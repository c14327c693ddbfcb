from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from translated_sizes import asked, size_of

from foveate.errors import (
    BadOption,
    BadSettings,
    BadSignature,
    BadUrl,
    LinkExpired,
    NotTranslated,
)
from foveate.options.grammar import parse_options
from foveate.options.translators.imgproxy import Keys
from foveate.options.translators.imgproxy import translate as translated

if TYPE_CHECKING:
    from foveate.options.translators.shared import Translated

NOW = 1_700_000_000.0
PLAIN = "plain/http://example.com/images/curiosity.jpg"


def translate(path: str, **others: object) -> Translated:
    return translated(path, now=NOW, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "source", "size"),
    [
        ("rs:fit:300:400", (1200, 800), (300, 200)),
        ("rs:fit:300:400", (100, 50), (100, 50)),
        ("rs:fit:300:400:1", (100, 50), (300, 150)),
        ("rs:fill:300:400:0/g:sm", (1200, 800), (300, 400)),
        ("resize:fill:300:400:0/gravity:sm", (1200, 800), (300, 400)),
        ("rs:fill:300:400", (200, 1000), (200, 400)),
        ("rs:fill:300:400:1", (200, 100), (300, 400)),
        ("rs:fill-down:300:400", (200, 1000), (200, 267)),
        ("rs:fill-down:300:400:1", (200, 1000), (300, 400)),
        ("rs:force:300:400", (1200, 800), (300, 400)),
        ("rs:force:500:400", (1000, 200), (250, 200)),
        ("rs:force:500:400:1", (1000, 200), (500, 400)),
        ("rs:auto:300:200", (1200, 900), (300, 200)),
        ("rs:auto:300:200", (900, 1200), (150, 200)),
        ("rs:auto:200:300", (900, 900), (200, 200)),
        ("s:300", (1200, 800), (300, 200)),
        ("w:0/h:200", (1200, 800), (300, 200)),
        ("w:300", (1200, 801), (300, 200)),
        ("h:100", (333, 200), (167, 100)),
        ("rs:fit:300:300/dpr:2", (1200, 800), (600, 400)),
        ("rs:fit:300:300/dpr:2", (400, 200), (400, 200)),
        ("rs:fit:300:300/dpr:3", (400, 200), (400, 200)),
        ("rs:fill:301:300/dpr:1.5", (1200, 800), (452, 450)),
        ("dpr:2", (1200, 800), (1200, 800)),
        ("rs:fit:400:400:0:1", (300, 200), (400, 400)),
        ("rs:fit:400:150/ex:1:ce", (300, 200), (400, 150)),
        ("rs:fit:400:400/ex:0", (300, 200), (300, 200)),
        ("c:100:50", (300, 200), (100, 50)),
        ("c:0.5:0", (300, 200), (150, 200)),
        ("c:100:50:nowe/rs:fit:50:50", (300, 200), (50, 25)),
        ("c:100:200:nowe:10:20", (300, 300), (100, 200)),
        ("rs:fit:100:200/pd:10", (400, 800), (120, 220)),
        ("rs:fit:100:200/pd:1:2:3:4", (400, 800), (106, 204)),
        ("rs:fit:100:200/pd:1:2", (400, 800), (104, 202)),
        ("rs:fit:100:200/pd:5/dpr:2", (400, 800), (220, 420)),
        ("rot:90/rs:fit:300:400", (1200, 800), (267, 400)),
        ("rs:fill:300:200:1/rot:270", (1200, 800), (300, 200)),
    ],
)
def test_sizes_are_those_of_imgproxy(
    path: str, source: tuple[int, int], size: tuple[int, int]
) -> None:
    answer = translate(f"unsafe/{path}/{PLAIN}")
    assert answer.source == "http://example.com/images/curiosity.jpg"
    assert size_of(answer, source) == size


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("rs:fill:300:400:0/g:sm", "w=300,h=400,fit=crop,gravity=attention"),
        ("rs:fill:30:40:1/g:no", "w=30,h=40,fit=cover,gravity=0.5x0"),
        ("rs:fill:30:40:1/g:soea:0:0", "w=30,h=40,fit=cover,gravity=1x1"),
        ("rs:fill:30:40:1/g:fp:0.2:0.7", "w=30,h=40,fit=cover,gravity=box-center:0.2x0.7"),
        ("rs:fill:30:40:1/g:obj:face", "w=30,h=40,fit=cover,gravity=face"),
        ("rs:fill:30:40:1/g:obj", "w=30,h=40,fit=cover,gravity=object"),
        ("rs:fill:30:40:1/g:obj:dog:Cell_Phone", "w=30,h=40,fit=cover,g=object:dog|cell-phone"),
        ("rs:fill:30:40:1/g:objw:dog:2:cat:1", "w=30,h=40,fit=cover,g=object:dog:2|cat"),
        ("rs:fill:30:40:1/g:objw:all:2:dog:3", "w=30,h=40,fit=cover,g=object:any:2|dog:3"),
        ("c:100:0.5:we", "crop.width=100,crop.height=0.5,gravity=0x0.5"),
        ("c:100:50/g:so", "crop.width=100,crop.height=50,gravity=0.5x1"),
        ("c:9:8:nowe:3:4", "trim.left=3,trim.top=4,trim.width=9,trim.height=8"),
        ("t:10", "trim.border.tolerance=10"),
        ("t:20:ff8800:0:0", "trim.border.tolerance=20,trim.border.color=%23f80"),
        ("rot:90", "rotate=90"),
        ("rot:-90", "rotate=270"),
        ("fl:1", "flip=h"),
        ("fl:0:1", "flip=v"),
        ("rot:90/fl:1", "flip=h,rotate=270"),
        ("bg:255:0:128", "background=rgb(255%2C0%2C128)"),
        ("bg:fff", "background=white"),
        ("bg:", ""),
        ("pd:10/bg:f00", "border.width=10,border.color=red,background=red"),
        ("bl:3", "blur=6"),
        ("sh:0.5", "sharpen=0.5"),
        ("q:80", "q=80"),
        ("q:0", ""),
        ("sm:0", "metadata=keep"),
        ("sm:1/kcr:0", "metadata=none"),
        ("kcr:1/scp:1/ar:1", ""),
        ("f:webp", "f=webp"),
        ("f:gif", "f=gif"),
        ("c:9:9:we/rs:fill:5:8/g:we", "crop.width=9,crop.height=9,w=5,h=8,fit=crop,g=0x0.5"),
        ("c:9:9/rs:fill:5:8/g:we", "crop.width=9,crop.height=9,w=5,h=8,fit=crop,g=0x0.5"),
        ("c:9:9:ce/rs:fill:5:8", "crop.width=9,crop.height=9,w=5,h=8,fit=crop"),
        ("c:9:9:we/rs:fit:5:8", "crop.width=9,crop.height=9,w=5,h=8,g=0x0.5"),
        ("c:0:0:we/rs:fill:5:8", "w=5,h=8,fit=crop"),
        ("ext:jpg/cb:v2/fn:a.png/att:1", "f=jpg"),
        ("w:100/w:200", "w=200"),
        ("rs:::200", "h=200"),
    ],
)
def test_words_mean_what_they_mean_to_imgproxy(path: str, options: str) -> None:
    assert asked(translate(f"_/{path}/plain/a.jpg")) == parse_options(options).options


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("wm:0.5:ce", "wm"),
        ("pix:5", "pix"),
        ("mb:1000", "mb"),
        ("raw:1", "raw"),
        ("mw:10", "min-width"),
        ("z:2", "zoom"),
        ("exar:1", "exar"),
        ("rs:fill:300:400:0:1", "extend"),
        ("rs:fit:300:400:0:1:no", "extend"),
        ("rs:fit:300:400:0:1/dpr:2", "extend"),
        ("rs:force:300", "force"),
        ("g:no:10:20", "gravity:no:10:20"),
        ("g:obj:unicorn", "gravity:obj:unicorn"),
        ("g:obj:face:dog", "gravity:obj:face:dog"),
        ("g:objw:dog", "gravity:objw:dog"),
        ("g:objw", "gravity:objw"),
        ("ar:0", "auto_rotate"),
        ("t:10::1", "equal"),
        ("f:heic", "format:heic"),
        ("dpr:0.5", "dpr"),
        ("c:9:8:nowe:3:4/rot:90", "offset"),
        ("rs:fill:3:4/g:no/c:9:9:so", "gravity"),
        ("aq:1", "aq"),
        ("c:100:100:we/rs:fill:50:80", "'crop' is translated only with the gravity of the resize"),
        ("c:100:100:ce/rs:fill:50:80/g:we", "gravity"),
    ],
)
def test_what_is_not_translated_is_named(path: str, word: str) -> None:
    with pytest.raises(NotTranslated) as caught:
        translate(f"_/{path}/plain/a.jpg")
    assert word in caught.value.public


def test_a_source_is_plain_or_in_base64_and_may_end_in_a_format() -> None:
    encoded = "aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn"
    url = "http://example.com/images/curiosity.jpg"
    assert translate(f"_/w:5/{encoded}").source == url
    webp = translate(f"_/w:5/{encoded}.webp")
    assert (webp.source, webp.options) == (url, "width=5,fit=scale-down,format=webp")
    assert translate(f"_/{PLAIN}@png").options == "format=png"
    assert translate("_/w:5/plain/http:%2F%2Fb.com%2Fa%3Fv=1%40x").source == "http://b.com/a?v=1@x"
    assert translate("_/plain/local:///photos/a%20b.jpg").source == "photos/a%20b.jpg"
    padded = base64.urlsafe_b64encode(b"photos/\xc3\xa9?.jpg").decode()
    assert translate(f"_/{padded}").source == "photos/%C3%A9%3F.jpg"


@pytest.mark.parametrize(
    "path",
    ["_", "_/", "_/w:5", "_/plain/", "_/plain/a@b@c", "_/a.b.c", "_/!!", "_/plain/s3://b/k.jpg"],
)
def test_what_is_no_source_is_refused(path: str) -> None:
    with pytest.raises(BadUrl):
        translate(path)


def test_a_source_without_a_word_before_it_is_answered_with_how_it_is_written() -> None:
    with pytest.raises(BadUrl, match=r"plain/SOURCE@EXTENSION, or .*, got 'photos/a\.jpg'"):
        translate("_/w:300/photos/a.jpg")


def test_the_documented_signature_is_good_and_no_other_is() -> None:
    keys = Keys.read("736563726574", "68656C6C6F")
    rest = "rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png"
    signature = "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8"
    answer = translate(f"{signature}/{rest}", keys=keys)
    assert asked(answer) == parse_options("w=300,h=400,fit=crop,g=attention,f=png").options
    two = Keys.read("00,736563726574", "00,68656c6c6f")
    assert translate(f"{signature}/{rest}", keys=two).options == answer.options
    bent = (f"{signature}=", f"%6F{signature[1:]}", f"{signature}%3D")
    for given in ("insecure", "unsafe", signature[:-1], "", f"{signature}x", *bent):
        with pytest.raises(BadSignature):
            translate(f"{given}/{rest}", keys=keys)
    with pytest.raises(BadSignature):
        translate(f"{signature}/{rest.replace('300', '301')}", keys=keys)


def test_as_many_salts_as_keys_are_needed() -> None:
    with pytest.raises(BadSettings):
        Keys.read("00,11", "00")


def test_a_link_may_end() -> None:
    assert translate(f"_/exp:{NOW + 60:.0f}/plain/a.jpg").expires == NOW + 60
    with pytest.raises(LinkExpired):
        translate(f"_/exp:{NOW - 1:.0f}/plain/a.jpg")
    with pytest.raises(BadOption):
        translate("_/exp:soon/plain/a.jpg")


def test_presets_are_named_and_alone_they_need_no_word() -> None:
    assert translate("_/pr:sharp:small/w:5/plain/a.jpg").options == (
        "preset=sharp;small,width=5,fit=scale-down"
    )
    alone = translate("_/thumb:blurry/plain/a.jpg", only_presets=True)
    assert (alone.options, alone.source) == ("preset=thumb;blurry", "a.jpg")


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("fl:anything", "'flip': expected true or false, got 'anything'"),
        ("fl:1:no", "'flip': expected true or false, got 'no'"),
        ("fl:1:0:1", "'flip': expected at most 2 arguments, got '1:0:1'"),
        ("fl:no/fl:1", "'flip': expected true or false, got 'no'"),
        ("el:yes", "'enlarge': expected true or false, got 'yes'"),
        ("rs:fill:3:4:no", "'enlarge': expected true or false, got 'no'"),
        ("rs:fill:3:4:1:no", "'extend': expected true or false, got 'no'"),
        ("ar:no", "'auto_rotate': expected true or false"),
        ("sm:no", "'strip_metadata': expected true or false"),
        ("sm:0/kcr:no", "'keep_copyright': expected true or false"),
        ("scp:no", "'strip_color_profile': expected true or false"),
        ("att:no", "'return_attachment': expected true or false"),
        ("fn:a:no", "'filename': expected true or false"),
        ("t:10:ff0000:no", "'trim': expected true or false"),
        ("t:10:ff0000:0:0:0", "'trim': expected at most 4 arguments"),
        ("pd:1:2:3:4:5", "'padding': expected at most 4 arguments"),
        ("ex:0:bogus", "'extend': expected no, "),
        ("rs:fit:20:20:0:0:bogus:abc", "got 'bogus'"),
        ("ex:0:ce:abc", "'offset': expected a number"),
        ("ex:0:ce:0:0:0", "'extend': expected at most 4 arguments"),
        ("bg:1:2", "'background': expected one colour or three numbers, got '1:2'"),
        ("bg:300:1:1", "'background': expected a number from 0 to 255, got '300'"),
        ("w:1:2", "'width': expected one argument, got '1:2'"),
        ("q:high", "'quality': expected a number from 0 to 100, got 'high'"),
        ("q:101", "'quality': expected a number from 0 to 100, got '101'"),
        ("w:99999999", "'width': expected a number from 0 to 10000000, got '99999999'"),
    ],
)
def test_arguments_that_an_option_cannot_have_are_refused(option: str, sentence: str) -> None:
    with pytest.raises(BadOption) as caught:
        translate(f"_/{option}/plain/a.jpg")
    assert sentence in caught.value.public


@pytest.mark.parametrize("option", ["g:sm:4", "g:ce:0:0:0", "c:5:5:sm:1", "c:5:5:no:0:0:0"])
def test_a_gravity_has_no_more_arguments_than_its_kind_takes(option: str) -> None:
    with pytest.raises(NotTranslated):
        translate(f"_/{option}/plain/a.jpg")


@pytest.mark.parametrize("option", ["fl:t:F", "fl::1", "el:", "att:TRUE", "fn:a:0", "bg:1:2:255"])
def test_booleans_are_spelled_as_go_reads_them_and_an_empty_one_was_not_given(option: str) -> None:
    assert translate(f"_/{option}/plain/a.jpg").source == "a.jpg"

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from translated_sizes import asked, size_of

from foveate.errors import BadOption, BadRequest, BadSignature, BadUrl, NotTranslated
from foveate.options.grammar import parse_options
from foveate.options.translators.thumbor import translate

IMAGE = "https%3A%2F%2Fgithub.com%2Fthumbor%2Fthumbor%2Fraw%2Fmaster%2Fexample.jpg"
URL = "https://github.com/thumbor/thumbor/raw/master/example.jpg"


@pytest.mark.parametrize(
    ("path", "source", "size"),
    [
        ("300x200", (800, 600), (300, 200)),
        ("300x0", (800, 600), (300, 225)),
        ("300x", (800, 600), (300, 225)),
        ("x200", (800, 600), (267, 200)),
        ("0x200", (800, 600), (267, 200)),
        ("400x0", (800, 600), (400, 300)),
        ("0x0", (800, 600), (800, 600)),
        ("-0x-0", (800, 600), (800, 600)),
        ("origxorig", (800, 600), (800, 600)),
        ("-300x-200", (800, 600), (300, 200)),
        ("400x150", (800, 600), (400, 150)),
        ("1600x0", (800, 600), (1600, 1200)),
        ("fit-in/300x200", (800, 600), (267, 200)),
        ("fit-in/300x200", (400, 600), (133, 200)),
        ("fit-in/300x200", (100, 100), (100, 100)),
        ("full-fit-in/300x200", (800, 600), (300, 225)),
        ("full-fit-in/300x200", (400, 600), (300, 450)),
        ("adaptive-fit-in/300x200", (400, 600), (200, 300)),
        ("adaptive-fit-in/300x200", (600, 400), (300, 200)),
        ("adaptive-full-fit-in/300x200", (400, 600), (200, 300)),
        ("fit-in/600x500/filters:upscale()", (300, 200), (600, 400)),
        ("600x400/filters:no_upscale()", (300, 200), (300, 200)),
        ("200x400/filters:no_upscale()", (300, 200), (200, 200)),
        ("600x/filters:no_upscale()", (300, 200), (300, 200)),
        ("200x100/filters:stretch()", (300, 200), (200, 100)),
        ("fit-in/300x300/filters:fill(blue)", (800, 600), (300, 300)),
        ("fit-in/300x300/filters:fill(f00)", (60, 40), (300, 300)),
        ("240x220:480x260", (800, 600), (240, 40)),
        ("240x220:480x260/120x0", (800, 600), (120, 20)),
        ("10x10:10x10/300x200", (800, 600), (300, 200)),
        ("300x200/filters:rotate(90)", (800, 600), (200, 300)),
        ("filters:rotate(90)", (800, 600), (600, 800)),
        ("filters:rotate(45)", (800, 600), (800, 600)),
    ],
)
def test_sizes_are_those_of_thumbor(
    path: str, source: tuple[int, int], size: tuple[int, int]
) -> None:
    translated = translate(f"unsafe/{path}/{IMAGE}")
    assert translated.source == URL
    assert size_of(translated, source) == size


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("300x200/left/top", "w=300,h=200,fit=cover,gravity=0x0"),
        ("300x200/right", "w=300,h=200,fit=cover,gravity=1x0.5"),
        ("300x200/center/bottom", "w=300,h=200,fit=cover,gravity=0.5x1"),
        ("-300x200/left", "w=300,h=200,fit=cover,gravity=1x0.5,flip=h"),
        ("-300x-200/left/top/smart", "w=300,h=200,fit=cover,gravity=auto,rotate=180"),
        ("300x200/smart", "w=300,h=200,fit=cover,gravity=auto"),
        ("300x200/top/filters:rotate(90)", "w=200,h=300,fit=cover,gravity=0x0.5,rotate=270"),
        ("fit-in/300x200/left", "w=300,h=200"),
        ("trim/300x200", "trim=border,trim.border.tolerance=0,w=300,h=200,fit=cover"),
        ("trim:top-left:50", "trim.border.tolerance=50"),
        ("trim:20", "trim.border.tolerance=20"),
        ("filters:quality(40):format(webp)", "q=40,f=webp"),
        ("filters:brightness(10):contrast(30)", "brightness=1.1,contrast=1.3"),
        ("filters:brightness(-100):saturation(-40)", "brightness=0.001,saturation=0.6"),
        ("filters:grayscale()", "saturation=0"),
        ("filters:grayscale():saturation(50)", "saturation=0"),
        ("filters:saturation(50):grayscale()", "saturation=0"),
        ("filters:format(gif)", "f=gif"),
        ("filters:format(tiff):quality(4):quality(4)", "f=tiff,q=4"),
        ("filters:blur(7)", "blur=14"),
        ("filters:blur(4,2)", "blur=4"),
        ("filters:sharpen(2,1.0,true)", "sharpen=2"),
        ("filters:background_color(add8e6)", "background=%23add8e6"),
        ("filters:strip_exif():strip_icc():cover()", "metadata=none,anim=false"),
        ("300x300/filters:vertical_align(top)", "w=300,h=300,fit=cover,gravity=0.5x0"),
        ("300x225/filters:fill(blue)", "w=300,h=225,fit=cover"),
        ("300x225/filters:fill(blue,1)", "w=300,h=225,fit=cover,background=blue"),
        ("filters%3Aquality%2840%29", "q=40"),
    ],
)
def test_words_mean_what_they_mean_to_thumbor(path: str, options: str) -> None:
    assert asked(translate(f"unsafe/{path}/a.jpg")) == parse_options(options).options


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("meta/300x200", "meta"),
        ("debug/300x200", "debug"),
        ("300xorig", "orig"),
        ("trim:bottom-right", "trim:bottom-right"),
        ("trim/1x1:5x5", "'trim' is translated only without a manual crop"),
        ("filters:round_corner(20|40,255,255,255)", "round_corner(20|40)"),
        ("filters:watermark(http://b.com/a.png,1,1,0)", "with w_ratio"),
        ("filters:watermark(a.png,1,1,0,20,20)", "with w_ratio"),
        ("filters:watermark(a.png,1,2,0,20)", "the same distance"),
        ("filters:watermark(a.png,1,1,0,20):rotate(90)", "without rotate"),
        ("filters:focal(146x206:279x360)", "focal"),
        ("filters:fill(auto)", "fill(auto)"),
        ("filters:background_color(auto)", "background_color(auto)"),
        ("filters:format(heic)", "format(heic)"),
        ("fit-in/300x0/filters:fill(blue)", "fill"),
        ("filters:quality(1)x(2)", "x(2)"),
        ("filters:brightness(10):brightness(20)", "'brightness'"),
        ("filters:blur(2):grayscale():blur(2)", "another blur before it"),
        ("filters:quality(80):quality(60)", "'quality'"),
        ("300x200/filters:background_color(red):fill(blue,1)", "'fill'"),
    ],
)
def test_what_is_not_translated_is_named(path: str, word: str) -> None:
    with pytest.raises(NotTranslated) as caught:
        translate(f"unsafe/{path}/a.jpg")
    assert word in caught.value.public


def test_what_thumbor_would_not_take_is_refused() -> None:
    with pytest.raises(BadOption):
        translate("unsafe/filters:blur(x)/a.jpg")
    with pytest.raises(BadOption):
        translate("unsafe/filters:quality()/a.jpg")
    with pytest.raises(BadUrl):
        translate("unsafe/300x200")
    with pytest.raises(BadRequest):
        parse_options(translate("unsafe/filters:quality(400)/a.jpg").options)


def test_a_path_stays_percent_encoded_and_segments_of_it_are_no_options() -> None:
    assert translate("unsafe/300x200/smart/path/to/my%20image.jpg").source == (
        "path/to/my%20image.jpg"
    )
    assert translate("unsafe/300x200/http:/b.com/x.jpg").source == "http://b.com/x.jpg"
    assert translate("unsafe/photos/300x200/a.jpg").source == "photos/300x200/a.jpg"


def test_with_a_key_urls_need_its_signature() -> None:
    rest = "300x200/smart/path/to/image.jpg"
    digest = hmac.new(b"MY_SECURE_KEY", rest.encode(), hashlib.sha1).digest()
    signature = base64.urlsafe_b64encode(digest).decode()
    for given in (signature, signature.replace("=", "%3D")):
        assert translate(f"{given}/{rest}", key="MY_SECURE_KEY").source == "path/to/image.jpg"
    bent = f"%{ord(signature[0]):02X}{signature[1:]}"
    for given in ("unsafe", signature[:-1], signature[:-2] + "A=", "", bent, f"{signature}="):
        with pytest.raises(BadSignature):
            translate(f"{given}/{rest}", key="MY_SECURE_KEY")
    with pytest.raises(BadSignature):
        translate(f"{signature}/{rest}")


def test_a_query_belongs_to_the_image_and_its_signature() -> None:
    image = translate("unsafe/300x200/http://b.com/img.php", "id=5")
    assert (image.source, image.query) == ("http://b.com/img.php", "id=5")
    rest = "300x200/http://b.com/img.php"
    digest = hmac.new(b"KEY", f"{rest}?id=5".encode(), hashlib.sha1).digest()
    path = f"{base64.urlsafe_b64encode(digest).decode()}/{rest}"
    assert translate(path, "id=5", key="KEY").query == "id=5"
    for query in ("", "id=6"):
        with pytest.raises(BadSignature):
            translate(path, query, key="KEY")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("horizontal_align(anything)", "expected left, center or right, got 'anything'"),
        ("horizontal_align(top)", "expected left, center or right, got 'top'"),
        ("vertical_align(left)", "expected top, middle or bottom, got 'left'"),
        ("fill(blue,anything)", "expected true, True, 1, false, False or 0, got 'anything'"),
        ("fill(nocolour)", "expected a CSS colour"),
        ("sharpen(1,x,true)", "expected a number from 0 to 1000, got 'x'"),
        ("sharpen(1,2,maybe)", "expected true, True, 1, false, False or 0, got 'maybe'"),
        ("quality(high)", "expected a number from 0 to 100, got 'high'"),
        ("quality(101)", "expected a number from 0 to 100, got '101'"),
        ("quality(2.5)", "expected a whole number, got '2.5'"),
        ("cover(1)", "expected no arguments, got '1'"),
        ("rotate(90,1)", "expected 1 argument, got '90,1'"),
        ("blur(1,2,3)", "expected 1 to 2 arguments, got '1,2,3'"),
    ],
)
def test_arguments_that_a_filter_cannot_have_are_refused(name: str, sentence: str) -> None:
    with pytest.raises(BadOption) as caught:
        translate(f"unsafe/300x200/filters:{name}/a.jpg")
    assert sentence in caught.value.public


@pytest.mark.parametrize(
    "part", ["%D9%A3x%D9%A2", "trim:%D9%A3", "1x2:%D9%A3x%D9%A4", "fit-in%20", "%EF%BC%93x2"]
)
def test_what_only_looks_like_a_part_belongs_to_the_image(part: str) -> None:
    assert translate(f"unsafe/{part}/a.jpg").source == f"{part}/a.jpg"


@pytest.mark.parametrize(
    ("filters", "ours"),
    [
        ("round_corner(20,255,0,16)", "radius=20,background=%23ff0010"),
        ("round_corner(20,0,0,0,1)", "radius=20"),
        (
            "watermark(http://b.com/a/b.png,-10,-10,25,20)",
            (
                "watermark=http%3A%2F%2Fb.com%2Fa%2Fb.png,watermark.width=0.2,watermark.opacity=0.75,"
                "watermark.gravity=bottom-right,watermark.margin=10"
            ),
        ),
        (
            "watermark(a.png,center,0,0,50,none)",
            "watermark=a.png,watermark.width=0.5,watermark.gravity=top,watermark.margin=0",
        ),
        (
            "watermark(a.png,center,center,0,50)",
            "watermark=a.png,watermark.width=0.5,watermark.gravity=center,watermark.margin=0",
        ),
        (
            "watermark(a.png,repeat,repeat,50,10)",
            (
                "watermark=a.png,watermark.width=0.1,watermark.opacity=0.5,watermark.repeat=true,"
                "watermark.margin=0"
            ),
        ),
    ],
)
def test_what_lies_over_a_picture_is_ours(filters: str, ours: str) -> None:
    found = translate(f"unsafe/filters:{filters}/a.jpg")
    assert found.source == "a.jpg"
    assert parse_options(found.options).options == parse_options(ours).options

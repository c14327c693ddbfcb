from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from translated_sizes import asked, size_of

from foveate.errors import BadOption, BadSignature, BadUrl, LinkExpired, NotTranslated
from foveate.options.grammar import parse_options
from foveate.options.translators.imgix import translate as translated

if TYPE_CHECKING:
    from foveate.options.translators.shared import Translated

BLUEPRINT = "FOO123bar"
NOW = 1_700_000_000.0


def translate(path: str, query: str = "", token: str = "") -> Translated:
    return translated(path, query, now=NOW, token=token)


@pytest.mark.parametrize(
    ("query", "source", "size"),
    [
        ("w=100&h=100", (300, 200), (100, 67)),
        ("fit=clip&w=100&h=100", (300, 200), (100, 67)),
        ("w=600", (300, 200), (600, 400)),
        ("h=100", (300, 200), (150, 100)),
        ("fit=crop&w=300&h=100", (300, 200), (300, 100)),
        ("fit=crop&w=200&h=200", (300, 200), (200, 200)),
        ("fit=crop&w=600&h=600", (300, 200), (600, 600)),
        ("fit=crop&w=600", (300, 200), (600, 400)),
        ("fit=max&w=600&h=600", (300, 200), (300, 200)),
        ("fit=max&w=150&h=600", (300, 200), (150, 100)),
        ("fit=scale&w=100&h=150", (300, 200), (100, 150)),
        ("fit=fill&w=400&h=400", (300, 200), (400, 400)),
        ("fit=fillmax&w=400&h=400", (300, 200), (400, 400)),
        ("fit=fillmax&w=400&h=150", (300, 200), (400, 150)),
        ("fit=fillmax&w=400", (300, 200), (400, 267)),
        ("fit=fillmax&w=800&h=800", (532, 800), (800, 800)),
        ("fit=min&w=1920&h=1120", (612, 613), (612, 357)),
        ("fit=crop&ar=16:9&w=320", (3000, 2000), (320, 180)),
        ("fit=crop&ar=1.5&h=200", (3000, 2000), (300, 200)),
        ("fit=crop&ar=16:9&w=320&h=100", (3000, 2000), (320, 100)),
        ("w=300&dpr=2", (3000, 2000), (600, 400)),
        ("w=100&dpr=1.5", (3000, 2000), (150, 100)),
        ("rect=10,20,100,50", (300, 200), (100, 50)),
        ("rect=10,20,100,50&w=50", (300, 200), (50, 25)),
        ("pad=10", (300, 200), (320, 220)),
        ("pad=10&pad-left=0", (300, 200), (310, 220)),
        ("pad=10&w=300&h=100&fit=crop", (300, 200), (300, 100)),
        ("pad=10&w=300&h=100&fit=crop&dpr=2", (300, 200), (600, 200)),
    ],
)
def test_sizes_are_those_of_imgix(
    query: str, source: tuple[int, int], size: tuple[int, int]
) -> None:
    assert size_of(translate("users/1.png", query), source) == size


COVER = "w=30,h=20,fit=cover"


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("crop=top,left", f"{COVER},gravity=0x0"),
        ("crop=bottom", f"{COVER},gravity=0.5x1"),
        ("crop=faces", f"{COVER},gravity=face"),
        ("crop=faces%2Centropy", f"{COVER},gravity=face"),
        ("crop=faces&faceindex=1", f"{COVER},gravity=face,faces=largest"),
        ("crop=entropy", f"{COVER},gravity=entropy"),
        ("crop=edges", f"{COVER},gravity=attention"),
        ("crop=focalpoint&fp-x=0.2&fp-y=.7", f"{COVER},gravity=box-center:0.2x0.7"),
        ("auto=format,compress&q=60", f"{COVER},f=auto,q=60"),
        ("fm=pjpg", f"{COVER},f=jpeg"),
        ("auto=format&fm=jpg", f"{COVER},f=auto"),
        ("fm=jpg&auto=format", f"{COVER},f=auto"),
        ("auto=compress&fm=png", f"{COVER},f=png"),
        ("auto=format&auto=compress", f"{COVER},f=auto"),
        ("fm=gif", f"{COVER},f=gif"),
        ("fm=&flip=&rot=&rect=&cs=&q=&blur=&bri=&txt=&expires=", COVER),
        ("fm=webp&ixlib=js-2&cs=strip&cb=4&s=abc&v=2", f"{COVER},f=webp"),
        ("bg=f80", f"{COVER},background=%23ff8800"),
        ("bg=80FF8800", f"{COVER},background=%23ff880080"),
        ("bg=8f80", f"{COVER},background=%23f808"),
        ("bg=tomato", f"{COVER},background=tomato"),
        ("flip=hv", f"{COVER},flip=hv"),
        ("rot=180", f"{COVER},rotate=180"),
        ("blur=80&sharp=25", f"{COVER},blur=10,sharpen=2.5"),
        ("bri=-50&con=10&sat=-100", f"{COVER},brightness=0.5,contrast=1.1,saturation=0.001"),
        ("trim=auto", f"{COVER},trim.border.tolerance=11"),
        (
            "trim=color&trim-color=fff&trim-tol=20&trim-pad=3",
            f"{COVER},trim.border.tolerance=20,trim.border.color=white,trim.border.keep=3",
        ),
        ("bg-remove=true", f"{COVER},segment=foreground"),
        ("upscale=true", f"{COVER},upscale=generate"),
        ("upscale=false", COVER),
    ],
)
def test_words_mean_what_they_mean_to_imgix(query: str, options: str) -> None:
    answer = translate("a.jpg", f"w=30&h=20&fit=crop&{query}")
    assert asked(answer) == parse_options(options).options


def test_padding_has_a_colour_and_the_filling_of_a_canvas_its_own() -> None:
    filled = translate("a.jpg", "w=3&h=2&fit=fill&fill=solid&fill-color=00f&bg=f00")
    assert asked(filled) == parse_options("w=3,h=2,fit=pad,background=blue").options
    padded = translate("a.jpg", "pad=5&bg=f00")
    assert asked(padded) == parse_options("border.width=5,border.color=red,background=red").options


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("fit=clamp&w=3", "fit=clamp"),
        ("fit=facearea&w=3&h=3", "fit=facearea"),
        ("w=0.5", "w=0.5"),
        ("fit=crop&w=3&h=3&crop=faces,top", "crop=faces,top"),
        ("fit=crop&w=3&h=3&crop=focalpoint&fp-z=2", "fp-z"),
        ("fit=crop&w=3&h=3&crop=faces&faceindex=2", "faceindex=2"),
        ("ar=16:9", "ar"),
        ("upscale=true", "upscale=true' is translated only beside a size"),
        ("fill=blur&w=3&h=3&fit=fill", "fill=blur"),
        ("auto=enhance", "auto=enhance"),
        ("fm=mp4", "fm=mp4"),
        ("auto=format&fm=mp4", "fm=mp4"),
        ("auto=enhance&auto=format", "auto=enhance"),
        ("rot=90", "rot=90"),
        ("orient=6", "orient=6"),
        ("border=5,f00", "border=5,f00"),
        ("rect=left,top,5,5", "rect=left"),
        ("rect=1,2,3,4&trim=auto", "'trim' is translated only without rect"),
        ("pad=5&w=100", "pad"),
        ("txt=hello", "txt=hello"),
        ("mark=a.png", "mark"),
        ("mark=a.png&mark-w=0.5", "beside mark-w in pixels"),
        ("mark=a.png&mark-w=90&dpr=2", "without dpr"),
        ("mark=a.png&mark-w=90&mark-align=top,bottom", "mark-align"),
        ("mark=a.png&mark-w=90&mark-h=90", "mark-h"),
        ("mask=a.png&fm=png", "mask=a.png"),
        ("mask=corners&fm=png", "beside corner-radius"),
        ("mask=corners&fm=png&corner-radius=1,2", "of one value or four"),
        ("mask=ellipse", "beside mask-bg, fm=png or fm=jpg"),
        ("sepia=80", "sepia"),
        ("cs=adobergb1998", "cs"),
        ("trim=alpha", "trim=alpha"),
    ],
)
def test_what_is_not_translated_is_named(query: str, word: str) -> None:
    with pytest.raises(NotTranslated) as caught:
        translate("a.jpg", query)
    assert word in caught.value.public


def test_what_imgix_would_not_take_is_refused() -> None:
    for query in ("w=abc", "dpr=0", "blur=-1", "w=10&h=10&fit=crop&pad=9", "bri=200"):
        with pytest.raises(BadOption):
            translate("a.jpg", query)
    with pytest.raises(BadUrl):
        translate("")


def test_a_whole_url_may_stand_in_the_path() -> None:
    answer = translate("https%3A%2F%2Fassets.b.com%2Fa.jpg%3Fv%3D1", "w=5")
    assert answer.source == "https://assets.b.com/a.jpg?v=1"


@pytest.mark.parametrize(
    ("path", "query", "signature"),
    [
        ("users/1.png", "", "6797c24146142d5b40bde3141fd3600c"),
        ("users/1.png", "w=400&h=300", "c7b86f666a832434dd38577e38cf86d1"),
        ("http%3A%2F%2Favatars.com%2Fjohn-smith.png", "", "493a52f008c91416351f8b33d4883135"),
    ],
)
def test_the_signatures_of_their_blueprint_are_good(path: str, query: str, signature: str) -> None:
    joint = "&" if query else ""
    assert translate(path, f"{query}{joint}s={signature}", token=BLUEPRINT).options is not None
    for given in ("", f"s={signature[:-1]}", f"s={signature}&s={signature}", f"s={signature}&w=1"):
        with pytest.raises(BadSignature):
            translate(path, f"{query}{joint}{given}", token=BLUEPRINT)
    for bent in (f"s={signature}{joint}{query}&", f"&{query}{joint}s={signature}"):
        with pytest.raises(BadSignature):
            translate(path, bent, token=BLUEPRINT)


def test_the_signature_stands_last_and_covers_every_byte_before_it() -> None:
    signature = "c7b86f666a832434dd38577e38cf86d1"
    for query in ("s={}&w=400&h=300", "w=400&s={}&h=300", "w=400&&h=300&s={}", "w=400&h=300&&s={}"):
        with pytest.raises(BadSignature):
            translate("users/1.png", query.format(signature), token=BLUEPRINT)


def test_a_link_may_end() -> None:
    assert translate("a.jpg", f"expires={NOW + 9:.0f}").expires == NOW + 9
    with pytest.raises(LinkExpired):
        translate("a.jpg", f"expires={NOW:.0f}")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("crop=anything&w=3", "'crop=anything' is not translated"),
        ("faceindex=x", "'faceindex': expected a number from 1 to 1000, got 'x'"),
        ("fp-x=x", "'fp-x': expected a number from 0 to 1, got 'x'"),
        ("fp-y=2", "'fp-y': expected a number from 0 to 1, got '2'"),
        ("fp-z=x", "'fp-z': expected a number from 1 to 100, got 'x'"),
        ("trim-tol=x", "'trim-tol': expected a number from 0 to 255, got 'x'"),
        ("trim-pad=x", "'trim-pad': expected a number from 0 to 10000000, got 'x'"),
        ("trim-color=zz", "'trim-color': expected a CSS colour"),
        ("trim=auto&trimcolor=zz", "'trimcolor': expected a CSS colour"),
        ("fill-color=zz", "'fill-color': expected a CSS colour"),
        ("ar=x&w=3&h=3", "'ar': expected a number from 0.001 to 1000000, got 'x'"),
        ("pad=x", "'pad': expected a number from 0 to 10000000, got 'x'"),
        ("pad-left=x", "'pad-left': expected a number from 0 to 10000000, got 'x'"),
        ("w=x", "'w': expected a number from 0 to 10000000, got 'x'"),
        ("upscale=2&w=3", "'upscale': expected true or false, got '2'"),
        ("q=high", "'q': expected a number from 0 to 100, got 'high'"),
        ("rect=%D9%A1,2,3,4", "is not translated"),
    ],
)
def test_what_a_parameter_cannot_be_is_refused_where_it_changes_nothing_too(
    query: str, sentence: str
) -> None:
    with pytest.raises((BadOption, NotTranslated)) as caught:
        translate("a.jpg", query)
    assert sentence in caught.value.public


@pytest.mark.parametrize(
    ("query", "ours"),
    [
        ("mask=corners&corner-radius=20&fm=png", "radius=20,format=png"),
        ("mask=corners&corner-radius=1,2,0,4&fm=jpg", "radius=1;2;0;4,format=jpeg"),
        ("mask=ellipse&mask-bg=f00", "radius=0.5,background=%23f00"),
        (
            "mask=corners&corner-radius=20&fm=png&w=90&dpr=2",
            "radius=40,format=png,width=180,fit=contain",
        ),
        (
            "mark=%2Flogo.png&mark-w=90",
            "watermark=logo.png,watermark.width=90,watermark.margin=10",
        ),
        (
            "mark=logo.png&mark-w=90&mark-align=middle,left&mark-pad=0&mark-alpha=50",
            (
                "watermark=logo.png,watermark.width=90,watermark.margin=0,watermark.opacity=0.5,"
                "watermark.gravity=left"
            ),
        ),
        (
            "mark=logo.png&mark-w=9&mark-align=right,top",
            "watermark=logo.png,watermark.width=9,watermark.margin=10,watermark.gravity=top-right",
        ),
    ],
)
def test_what_lies_over_a_picture_is_ours(query: str, ours: str) -> None:
    found = parse_options(translate("a.jpg", query).options).options
    assert found == parse_options(ours).options

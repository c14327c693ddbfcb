from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from foveate.classes import Wanted
from foveate.enrolled import Named
from foveate.errors import BadOption
from foveate.geometry.box import Point
from foveate.options.colours import Colour
from foveate.options.designed import Designed
from foveate.options.effects import Duotone, Touch
from foveate.options.grammar import parse_options
from foveate.options.laid import Lettering, Place, Watermark
from foveate.options.masks import Seen, Things
from foveate.options.model import (
    Adaptive,
    AutoQuality,
    AutoWidth,
    Border,
    Compression,
    Corners,
    Edges,
    Fit,
    Focus,
    Format,
    Gamut,
    Gravity,
    GravityKind,
    MatteLevel,
    Metadata,
    Moderate,
    Quality,
    Redact,
    RedactMethod,
    Refocus,
    Segment,
    SegmentOutput,
    TransformOptions,
    Trim,
    TrimBorder,
    Upscale,
)
from foveate.options.styles import Style, Styled
from foveate.options.table import BY_NAME, OPTIONS, check_supported, reference

BLACK = Colour(0, 0, 0)
TOMATO = Colour(255, 99, 71)

CASES: list[tuple[str, dict[str, Any]]] = [
    ("width=80", {"width": 80}),
    ("w=80", {"width": 80}),
    ("width=auto", {"auto_width": AutoWidth()}),
    ("width=auto,width=80", {"width": 80}),
    ("width=80,width=auto", {"auto_width": AutoWidth()}),
    (
        "wbreakpoints=1000;500,wmobile=400,wdesktop=900,width=auto",
        {"auto_width": AutoWidth(breakpoints=(500, 1000), mobile=400, desktop=900)},
    ),
    ("wbreakpoints=500,wmobile=400,wdesktop=900,width=80", {"width": 80}),
    ("height=60", {"height": 60}),
    ("h=60", {"height": 60}),
    ("dpr=2", {"dpr": 2.0}),
    ("dpr=1.5", {"dpr": 1.5}),
    ("dpr=3", {"dpr": 3.0}),
    *((f"fit={fit.value}", {"fit": fit}) for fit in Fit),
    ("gravity=face", {"gravity": Gravity(GravityKind.FACE)}),
    ("g=auto", {"gravity": Gravity(GravityKind.AUTO)}),
    ("gravity=center", {}),
    ("gravity=centre", {}),
    ("gravity=left", {"gravity": Gravity(GravityKind.SIDE, Point(0, 0.5))}),
    ("gravity=right", {"gravity": Gravity(GravityKind.SIDE, Point(1, 0.5))}),
    ("gravity=top", {"gravity": Gravity(GravityKind.SIDE, Point(0.5, 0))}),
    ("gravity=bottom", {"gravity": Gravity(GravityKind.SIDE, Point(0.5, 1))}),
    ("gravity=0.33x0.5", {"gravity": Gravity(GravityKind.POINT, Point(0.33, 0.5))}),
    ("g=box-center:0.2x1", {"gravity": Gravity(GravityKind.BOX_CENTRE, Point(0.2, 1))}),
    ("adapt=box", {"adapt": "box"}),
    ("adapt=fit", {"adapt": "fit"}),
    ("crop.width=300,crop.height=0.5", {"crop_width": 300, "crop_height": 0.5}),
    ("crop.width=1.0", {}),
    ("preset=", {}),
    ("g=0x1", {"gravity": Gravity(GravityKind.POINT, Point(0, 1))}),
    ("zoom=0.5", {"zoom": 0.5}),
    ("face-zoom=1", {"zoom": 1.0}),
    ("faces=all", {}),
    ("faces=largest", {"faces": "largest"}),
    ("faces=3", {"faces": 3}),
    ("faces=subject:Ann", {"faces": (Named("people", "Ann"),)}),
    ("quality=75", {"quality": 75}),
    ("q=high", {"quality": Quality.HIGH}),
    ("q=medium-high", {"quality": Quality.MEDIUM_HIGH}),
    ("q=medium-low", {"quality": Quality.MEDIUM_LOW}),
    ("q=low", {"quality": Quality.LOW}),
    ("quality=auto", {"quality": AutoQuality(75)}),
    ("q=auto:62", {"quality": AutoQuality(62)}),
    ("q=Auto:Best", {"quality": AutoQuality(85)}),
    ("scq=auto:medium-low", {"slow_connection_quality": AutoQuality(66)}),
    ("max-bytes=50000", {"max_bytes": 50_000}),
    ("f=best", {"format": Format.BEST}),
    ("slow-connection-quality=50", {"slow_connection_quality": 50}),
    ("scq=low", {"slow_connection_quality": Quality.LOW}),
    *((f"format={kind.value}", {"format": kind}) for kind in Format),
    ("f=jpg", {"format": Format.JPEG}),
    ("f=png-force", {"format": Format.PNG}),
    *((f"adaptive={kind.value}", {"adaptive": kind}) for kind in Adaptive),
    *((f"compression={kind.value}", {"compression": kind}) for kind in Compression),
    ("anim=false", {"anim": False}),
    ("anim=true", {}),
    ("metadata=keep", {"metadata": Metadata.KEEP}),
    ("metadata=none", {"metadata": Metadata.NONE}),
    ("metadata=copyright", {}),
    ("background=tomato", {"background": TOMATO}),
    ("background=%23ff6347", {"background": TOMATO}),
    ("background=rgb%28255%2C99%2C71%29", {"background": TOMATO}),
    ("background=transparent", {"background": Colour(0, 0, 0, 0.0)}),
    ("blur=250", {"blur": 250.0}),
    ("blur=0", {}),
    ("sharpen=1.5", {"sharpen": 1.5}),
    ("sharpen=0", {}),
    ("brightness=0.5", {"brightness": 0.5}),
    ("brightness=0", {}),
    ("brightness=1", {}),
    ("contrast=2", {"contrast": 2.0}),
    ("contrast=0", {}),
    ("gamma=0.8", {"gamma": 0.8}),
    ("gamma=0", {}),
    ("saturation=0", {"saturation": 0.0}),
    ("saturation=1", {}),
    ("rotate=0", {}),
    ("rotate=90", {"rotate": 90}),
    ("rotate=180", {"rotate": 180}),
    ("rotate=270", {"rotate": 270}),
    ("rotate=360", {}),
    ("flip=h", {"flip_horizontal": True}),
    ("flip=v", {"flip_vertical": True}),
    ("flip=hv", {"flip_horizontal": True, "flip_vertical": True}),
    ("trim=20;30;20;0", {"trim": Trim(edges=Edges(20, 30, 20, 0))}),
    ("trim.left=5,trim.top=6", {"trim": Trim(edges=Edges(top=6, left=5))}),
    ("trim.right=5,trim.bottom=6", {"trim": Trim(edges=Edges(right=5, bottom=6))}),
    ("trim.left=9,trim=1;2;3;4", {"trim": Trim(edges=Edges(1, 2, 3, 9))}),
    (
        "trim.left=5,trim.width=100,trim.height=80",
        {"trim": Trim(edges=Edges(left=5), width=100, height=80)},
    ),
    ("trim=border", {"trim_border": TrimBorder()}),
    (
        "trim=border,trim.border.color=tomato,trim.border.tolerance=0,trim.border.keep=3",
        {"trim_border": TrimBorder(colour=TOMATO, tolerance=0, keep=3)},
    ),
    ("trim.border.keep=3", {"trim_border": TrimBorder(keep=3)}),
    ("border.color=tomato,border.width=4", {"border": Border(TOMATO, Edges(4, 4, 4, 4))}),
    ("border.width=4", {"border": Border(BLACK, Edges(4, 4, 4, 4))}),
    ("border.left=9,border.width=4", {"border": Border(BLACK, Edges(4, 4, 4, 9))}),
    (
        "border.top=1,border.right=2,border.bottom=3,border.left=4",
        {"border": Border(BLACK, Edges(1, 2, 3, 4))},
    ),
    ("radius=8", {"radius": Corners(8, 8, 8, 8)}),
    ("radius=1;2;50%25;0", {"radius": Corners(1, 2, 0.5, 0)}),
    ("watermark=a%2Fb.png", {"watermark": Watermark(src="a/b.png")}),
    (
        (
            "watermark=b.png,watermark.width=80,watermark.opacity=0.5,watermark.gravity=top,"
            "watermark.margin=0,watermark.repeat=true"
        ),
        {
            "watermark": Watermark(
                src="b.png", width=80, opacity=0.5, place=Place.TOP, margin=0, repeat=True
            )
        },
    ),
    ("watermark.width=0.5", {}),
    ("design=sale@3:story", {"design": Designed(id="sale", version=3, page="story")}),
    ("overlay=badge", {"overlay": Designed(id="badge")}),
    ("text=Hello%2C%0Aworld", {"text": Lettering(words="Hello,\nworld")}),
    (
        (
            "text=5 %25,text.font=Lora,text.size=0.5,text.weight=400,text.color=tomato,"
            "text.gravity=bottom-left,text.margin=9,text.background=black,text.padding=4,"
            "text.shadow=0.5"
        ),
        {
            "text": Lettering(
                words="5 %",
                font="Lora",
                size=0.5,
                weight=400,
                colour=TOMATO,
                place=Place.BOTTOM_LEFT,
                margin=9,
                background=BLACK,
                padding=4,
                shadow=0.5,
            )
        },
    ),
    ("text.size=40", {}),
    ("gravity=attention", {"gravity": Gravity(GravityKind.ATTENTION)}),
    ("gravity=entropy", {"gravity": Gravity(GravityKind.ENTROPY)}),
    ("segment=foreground", {"segment": Segment()}),
    ("segment.quality=accurate", {"segment": Segment(quality=MatteLevel.ACCURATE)}),
    ("segment.background=blur", {"segment": Segment(background="blur")}),
    ("segment.background=tomato", {"segment": Segment(background=TOMATO)}),
    ("segment.background=a%2Fb.jpg", {"segment": Segment(background="a/b.jpg")}),
    (
        "segment.output=matte,segment.shadow=0.4,segment.trim=true,segment=foreground",
        {"segment": Segment(output=SegmentOutput.MATTE, shadow=0.4, trim=True)},
    ),
    (
        "segment.keep=dog|dining-table,segment.drop=cat",
        {"segment": Segment(keep=("dining table", "dog"), drop=("cat",))},
    ),
    (
        "mask=face,effect.mask=subject|object:dog,effect.invert=true,effect.feather=20",
        {
            "touch": Touch(
                mask=(Seen.FACE,),
                own=(Things(("dog",)), Seen.SUBJECT),
                invert=True,
                feather=20.0,
            )
        },
    ),
    (
        "effect.lens=8,effect.blur=2.5,effect.pixelate=30,effect.sharpen=2",
        {"touch": Touch(lens=8.0, blur=2.5, pixelate=30.0, sharpen=2.0)},
    ),
    (
        "effect.brightness=1.5,effect.contrast=0.5,effect.saturation=0,effect.grayscale=true",
        {"touch": Touch(brightness=1.5, contrast=0.5, saturation=0.0, grayscale=True)},
    ),
    (
        "effect.duotone=%23000:tomato,effect.tint=tomato",
        {"touch": Touch(duotone=Duotone(BLACK, TOMATO), tint=TOMATO)},
    ),
    (
        "refocus=0.5x0.25,refocus.aperture=1.4",
        {"refocus": Refocus(at=Point(0.5, 0.25), aperture=1.4)},
    ),
    ("refocus=face", {"refocus": Refocus(at=Focus.FACE)}),
    ("light=0.5", {"light": 0.5}),
    ("segment.person=0.5x0.25", {"segment": Segment(person=Point(0.5, 0.25))}),
    ("gravity=object", {"gravity": Gravity(GravityKind.OBJECT)}),
    (
        "gravity=object:dog:2|person",
        {"gravity": Gravity(GravityKind.OBJECT, classes=(Wanted("dog", 2), Wanted("person")))},
    ),
    ("objects=all", {}),
    ("objects=largest", {"objects": "largest"}),
    ("objects=2", {"objects": 2}),
    ("style=low-poly", {"style": Styled(style=Style.LOW_POLY)}),
    (
        "style.seed=7,style.color=tomato,style=Poster,style.background=#000",
        {"style": Styled(style=Style.POSTER, colour=TOMATO, background=BLACK, seed=7)},
    ),
    (
        "style=double-exposure,style.background=a%2Fb.jpg",
        {"style": Styled(style=Style.DOUBLE_EXPOSURE, background="a/b.jpg")},
    ),
    ("redact=faces", {"redact": Redact()}),
    ("redact=text", {"redact": Redact(faces=False, text=True)}),
    ("redact=object", {"redact": Redact(faces=False, objects=("any",))}),
    (
        "redact=faces|object:truck|Dining-Table",
        {"redact": Redact(objects=("dining table", "truck"))},
    ),
    (
        "redact=object:car,redact.method=solid",
        {"redact": Redact(faces=False, objects=("car",), method=RedactMethod.SOLID)},
    ),
    (
        "redact.method=solid,redact.strength=1,redact.color=tomato",
        {"redact": Redact(method=RedactMethod.SOLID, strength=1, colour=TOMATO)},
    ),
    ("redact.keep=subject:Ann", {"redact": Redact(keep=(Named("people", "Ann"),))}),
    ("redact.only=subject:Ann", {"redact": Redact(only=(Named("people", "Ann"),))}),
    ("moderate=blur", {"moderate": Moderate.BLUR}),
    ("upscale=interpolate", {}),
    ("upscale=generate", {"upscale": Upscale.GENERATE}),
    ("upscale=clean", {"upscale": Upscale.CLEAN}),
    ("onerror=redirect", {"redirect_on_error": True}),
    ("explain=true", {"explain": True}),
    ("explain=false", {}),
    ("gamut=srgb", {}),
    ("gamut=p3", {"gamut": Gamut.P3}),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_every_option_means_what_it_says(text: str, expected: dict[str, Any]) -> None:
    assert parse_options(text).options == TransformOptions(**expected)
    assert parse_options(text).unknown == ()


def test_the_cases_above_leave_no_option_out() -> None:
    named = {pair.partition("=")[0] for text, _ in CASES for pair in text.split(",")}
    assert named == set(BY_NAME)


def test_the_cases_above_set_every_field_that_a_url_can_say() -> None:
    said = {field for _, expected in CASES for field in expected}
    unsaid = {"accepts", "draw", "exempt", "idle"}
    assert {f.name for f in fields(TransformOptions)} - said == unsaid


@pytest.mark.parametrize(
    "text",
    [
        "width=-1",
        "width=-5",
        "width=80px",
        "width=1000001",
        "wbreakpoints=320;x",
        "wmobile=0",
        "wdesktop=0",
        "height=most",
        "dpr=0",
        "dpr=x",
        "fit=stretch",
        "gravity=middle",
        "gravity=1.5x0",
        "gravity=0.5",
        "gravity=0x0x0",
        "zoom=1.1",
        "faces=0",
        "faces=smallest",
        "objects=smallest",
        "objects=0",
        "quality=-1",
        "quality=101",
        "quality=best",
        "quality=auto:",
        "max-bytes=-1",
        "max-bytes=1.5",
        "max-bytes=0",
        "max-bytes=00",
        "max-bytes=nan",
        "max-bytes=null",
        "max-bytes=undefined",
        "quality=auto:29",
        "quality=auto:96",
        "quality=auto:75.5",
        "quality=auto:good",
        "quality=high:80",
        "scq=slow",
        "format=bmp",
        "compression=slow",
        "anim=no",
        "metadata=gps",
        "background=nocolour",
        "blur=251",
        "sharpen=11",
        "brightness=-1",
        "contrast=high",
        "gamma=-0.1",
        "saturation=x",
        "rotate=45",
        "flip=x",
        "trim=1;2;3",
        "trim=1;2;3;x",
        "trim.top=-1",
        "trim.right=x",
        "trim.bottom=x",
        "trim.left=x",
        "trim.width=0",
        "trim.height=0",
        "trim.border.color=x",
        "trim.border.tolerance=256",
        "trim.border.keep=-1",
        "border.color=x",
        "border.width=x",
        "border.top=x",
        "radius=1;2",
        "watermark=logo",
        "watermark.width=0",
        "watermark.opacity=2",
        "watermark.gravity=middle",
        "watermark.margin=-1",
        "watermark.repeat=x",
        "text.size=0",
        "text.size=4001",
        "text.weight=50",
        "text.color=x",
        "text.gravity=face",
        "text.margin=x",
        "text.background=x",
        "text.padding=-1",
        "text.shadow=2",
        "segment=background",
        "segment.quality=best",
        "segment.background=nothing",
        "segment.output=alpha",
        "segment.shadow=2",
        "segment.trim=maybe",
        "style=cubist",
        "redact=people",
        "redact=car",
        "redact=",
        "redact=faces|",
        "redact.method=none",
        "redact.strength=-1",
        "redact.color=x",
        "upscale=more",
        "onerror=ignore",
        "explain=maybe",
        "gamut=rec2020",
    ],
)
def test_a_bad_value_is_answered_with_the_option_what_came_and_how_to_write_it(text: str) -> None:
    name, _, value = text.partition("=")
    row = BY_NAME[name]
    with pytest.raises(BadOption) as caught:
        parse_options(text)
    message = caught.value.public
    assert message.startswith(f"Option {row.name}: expected ")
    assert re.search(rf"got '{re.escape(value)}'( \(did you mean [^)]+\?\))?\.", message)
    assert message.endswith(f"Write {row.usage}.")


def test_width_says_that_it_may_be_auto() -> None:
    with pytest.raises(BadOption, match="from 1 to 1000000 or auto, got 'wide'"):
        parse_options("width=wide")


def test_names_and_aliases_are_unique() -> None:
    names = [name for row in OPTIONS for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


def test_everything_is_supported() -> None:
    for text, _ in CASES:
        check_supported(parse_options(f"gravity=face,{text}").options)


def test_people_are_named_where_a_crop_goes_by_them() -> None:
    for text in ("faces=subject:Ann", "faces=subject:Ann,gravity=auto"):
        with pytest.raises(BadOption, match="gravity=face beside"):
            check_supported(parse_options(text).options)


def test_the_reference_has_a_well_formed_line_for_every_option() -> None:
    lines = [line for line in reference().splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == [row.name for row in OPTIONS]
    assert {line.replace("\\|", "").count("|") for line in lines} == {6}

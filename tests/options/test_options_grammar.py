from __future__ import annotations

import contextlib
import time
from dataclasses import astuple, replace
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from foveate.classes import CLASSES, Wanted
from foveate.errors import BadOption, BadRequest, BadUrl, UnknownPreset
from foveate.geometry.box import Point
from foveate.options.colours import Colour, is_source
from foveate.options.designed import VALUE, Designed
from foveate.options.draw import options_from_json
from foveate.options.grammar import (
    MOUNT,
    cache_key,
    format_options,
    parse_options,
    redirects_on_error,
    split_path,
)
from foveate.options.gravities import SIDES
from foveate.options.laid import Lettering, Place, Watermark
from foveate.options.letters import UNSEEN
from foveate.options.model import (
    Adaptive,
    AutoQuality,
    AutoWidth,
    Border,
    Compression,
    Corners,
    Edges,
    Fit,
    Format,
    Gamut,
    Gravity,
    GravityKind,
    MatteLevel,
    Metadata,
    Overlay,
    Redact,
    RedactMethod,
    Segment,
    SegmentOutput,
    TransformOptions,
    Trim,
    TrimBorder,
    Upscale,
)
from foveate.options.rows_style import MAX_SEED
from foveate.options.styles import Style, Styled
from foveate.options.table import BY_NAME
from foveate.options.values import MAX_PIXELS

PIXELS = st.integers(1, MAX_PIXELS)
EDGE = st.integers(0, MAX_PIXELS)
SHARE = st.floats(0, 1).map(lambda value: value + 0.0)
BYTE = st.integers(0, 255)
COLOUR = st.builds(Colour, BYTE, BYTE, BYTE, SHARE | st.just(1.0))
OPAQUE = st.builds(Colour, BYTE, BYTE, BYTE)
EDGES = st.builds(Edges, EDGE, EDGE, EDGE, EDGE) | EDGE.map(lambda e: Edges(e, e, e, e))
FACTOR = st.none() | st.floats(0, 1000).filter(lambda value: value not in {0, 1})
LENGTH = st.none() | PIXELS | st.floats(0.001, 0.999)
QUALITY = st.none() | st.integers(1, 100) | st.builds(AutoQuality, st.integers(30, 95))
CLASS = st.sampled_from(CLASSES)
WEIGHT = st.floats(0, 1000).map(lambda value: value + 0.0)
GRAVITY = st.one_of(
    st.dictionaries(CLASS, WEIGHT).map(
        lambda weights: Gravity(
            GravityKind.OBJECT, classes=tuple(Wanted(*pair) for pair in sorted(weights.items()))
        )
    ),
    st.sampled_from(
        sorted(set(GravityKind) - {GravityKind.SIDE, GravityKind.POINT, GravityKind.BOX_CENTRE})
    ).map(Gravity),
    st.sampled_from(sorted(SIDES)).map(lambda side: Gravity(GravityKind.SIDE, SIDES[side])),
    st.builds(
        Gravity,
        st.sampled_from([GravityKind.POINT, GravityKind.BOX_CENTRE]),
        st.builds(Point, SHARE, SHARE),
    ),
)
WIDTHS = st.one_of(
    st.fixed_dictionaries({"width": st.none() | PIXELS}),
    st.fixed_dictionaries(
        {
            "auto_width": st.builds(
                AutoWidth,
                breakpoints=st.sets(PIXELS, min_size=1).map(lambda ws: tuple(sorted(ws))),
                mobile=PIXELS,
                desktop=PIXELS,
            )
        }
    ),
)
SEGMENT = st.builds(
    Segment,
    quality=st.none() | st.sampled_from(MatteLevel),
    background=st.none() | COLOUR | st.sampled_from(["blur", "a/b c.jpg", "https://b.com/x,y.png"]),
    output=st.sampled_from(SegmentOutput),
    shadow=SHARE,
    trim=st.booleans(),
)
THINGS = st.sets(CLASS).map(lambda named: tuple(sorted(named))) | st.just(("any",))
REDACT = st.builds(
    Redact,
    faces=st.booleans(),
    text=st.booleans(),
    objects=THINGS,
    method=st.sampled_from(RedactMethod),
    strength=SHARE,
    colour=st.none() | COLOUR,
).filter(lambda redact: redact.faces or redact.text or redact.objects)
STYLED = st.builds(
    Styled,
    style=st.sampled_from(Style),
    colour=st.none() | OPAQUE,
    background=st.none() | OPAQUE,
    seed=st.integers(0, MAX_SEED),
) | st.builds(Styled, style=st.just(Style.DOUBLE_EXPOSURE), background=st.just("a b/c,d.jpg"))
CORNER = EDGE | st.floats(0, 1, exclude_min=True)
CORNERS = st.builds(Corners, CORNER, CORNER, CORNER, CORNER).filter(lambda each: any(astuple(each)))
LENGTH = st.integers(1, 4000) | st.floats(0.001, 1)
SOURCE = st.text(min_size=1, max_size=40).map(lambda name: f"{name}.png").filter(is_source)
WATERMARK = st.builds(
    Watermark,
    src=SOURCE,
    width=LENGTH,
    opacity=st.floats(0, 1),
    place=st.sampled_from(Place),
    margin=EDGE,
    repeat=st.booleans(),
)
SAID = st.text(st.characters(exclude_categories=UNSEEN), min_size=1, max_size=60)
LETTERING = st.builds(
    Lettering,
    words=SAID.filter(str.strip),
    font=st.sampled_from(["Inter", "Bebas Neue", "Noto Sans SC"]),
    size=LENGTH,
    weight=st.integers(100, 900),
    colour=COLOUR,
    place=st.sampled_from(Place),
    margin=EDGE,
    background=st.none() | COLOUR,
    padding=st.none() | EDGE,
    shadow=st.floats(0, 1),
)
VALUED = st.dictionaries(
    st.from_regex(VALUE, fullmatch=True)
    .map(str.lower)
    .filter(lambda name: name == name.strip() and VALUE.fullmatch(name)),
    SAID | st.just(""),
    max_size=5,
)
DESIGNED = st.builds(
    Designed,
    id=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    version=st.none() | st.integers(1, 10**9 - 1),
    page=st.from_regex(r"[A-Za-z0-9_.-]{0,9}", fullmatch=True),
    values=VALUED.map(lambda values: tuple(sorted(values.items()))),
)
OPTIONS = st.builds(
    lambda widths, options: replace(options, **widths),
    WIDTHS,
    st.builds(
        TransformOptions,
        height=st.none() | PIXELS,
        adapt=st.sampled_from([None, "box", "fit"]),
        crop_width=LENGTH,
        crop_height=LENGTH,
        dpr=st.floats(0.01, 100),
        fit=st.sampled_from(Fit),
        gravity=GRAVITY,
        zoom=SHARE,
        faces=st.sampled_from(["all", "largest"]) | st.integers(1, 1000),
        objects=st.sampled_from(["all", "largest"]) | st.integers(1, 1000),
        quality=QUALITY,
        slow_connection_quality=QUALITY,
        format=st.none() | st.sampled_from(Format),
        adaptive=st.none() | st.sampled_from(Adaptive),
        compression=st.none() | st.sampled_from(Compression),
        anim=st.booleans(),
        metadata=st.sampled_from(Metadata),
        gamut=st.sampled_from(Gamut),
        background=st.none() | COLOUR,
        blur=st.none() | st.floats(0, 250, exclude_min=True),
        sharpen=st.none() | st.floats(0, 10, exclude_min=True),
        brightness=FACTOR,
        contrast=FACTOR,
        gamma=FACTOR,
        saturation=FACTOR | st.just(0.0),
        rotate=st.sampled_from([0, 90, 180, 270]),
        flip_horizontal=st.booleans(),
        flip_vertical=st.booleans(),
        trim=st.none()
        | st.builds(Trim, edges=EDGES, width=st.none() | PIXELS, height=st.none() | PIXELS),
        trim_border=st.none()
        | st.builds(TrimBorder, colour=st.none() | COLOUR, tolerance=BYTE, keep=EDGE),
        border=st.none() | st.builds(Border, COLOUR, EDGES),
        radius=st.none() | CORNERS,
        watermark=st.none() | WATERMARK,
        text=st.none() | LETTERING,
        design=st.none() | DESIGNED,
        overlay=st.none() | DESIGNED,
        segment=st.none() | SEGMENT,
        style=st.none() | STYLED,
        redact=st.none() | REDACT,
        upscale=st.sampled_from(Upscale),
        redirect_on_error=st.booleans(),
        explain=st.booleans(),
    ),
)


@given(OPTIONS)
@example(TransformOptions())
@example(TransformOptions(trim=Trim(edges=Edges()), trim_border=TrimBorder()))
@example(TransformOptions(border=Border(Colour(0, 0, 0), Edges())))
def test_canonical_text_is_read_back_and_fits_a_path(options: TransformOptions) -> None:
    text = format_options(options)
    assert parse_options(text).options == options
    assert text.isascii()
    assert split_path(f"{MOUNT}{text}/a.jpg") == (text, "a.jpg")


def test_canonical_text_has_one_order_and_no_defaults() -> None:
    one = parse_options("q=low,fit=scale-down,h=60,gravity=top,w=80,blur=0").options
    other = parse_options("width=80.0,gravity=top,height=60,quality=50,anim=true").options
    assert (
        format_options(one) == format_options(other) == "width=80,height=60,gravity=top,quality=50"
    )


@given(st.text(), st.text())
def test_any_text_is_options_or_a_bad_request(text: str, path: str) -> None:
    for read in (parse_options, lambda t: split_path(f"{MOUNT}{t}/{path}"), split_path):
        try:
            read(text)
        except BadRequest as error:
            assert error.public.isprintable()  # noqa: PT017


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(BY_NAME)),
            st.text(alphabet="0123456789.;x-+e%2C28() autofcehrgb#", max_size=20),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_value_of_any_option_is_read_or_a_bad_option(pairs: list[tuple[str, str]]) -> None:
    text = ",".join(f"{name}={value}" for name, value in pairs)
    try:
        options = parse_options(text).options
    except (BadOption, UnknownPreset) as error:
        assert error.public.isprintable()  # noqa: PT017
    else:
        assert parse_options(format_options(options)).options == options


@pytest.mark.parametrize(
    "nothing", ["effect.lens=0", "effect.grayscale=false", "effect.brightness=1,effect.feather=0"]
)
def test_effects_that_change_nothing_are_as_if_nobody_had_asked(nothing: str) -> None:
    assert parse_options(nothing).options == parse_options("").options


@pytest.mark.parametrize(
    ("text", "blue"),
    [
        ("background=rgb%28240%2C40%2C145%29,width=80", 145),
        ("background=rgb(240,40,145),width=80", 145),
        ("background=rgb%28240,40,145%29,width=80", 145),
        ("background=rgb(240%2040%20145%20%2F%2050%25),width=80", 145),
        ("background=%23F02891,width=80", 145),
        ("sparkle=(,background=rgb(240,40,145),width=80", 145),
        ("sparkle=),background=rgb(240,40,145),width=80", 145),
    ],
)
def test_commas_and_slashes_inside_a_colour_survive(text: str, blue: int) -> None:
    options = parse_options(text).options
    assert options.width == 80
    assert options.background is not None
    assert options.background.blue == blue


def test_values_are_percent_decoded_once() -> None:
    with pytest.raises(BadOption, match="got '%23fff'"):
        parse_options("background=%2523fff")


PARTS = st.sampled_from(
    [
        "width=80",
        "w=auto",
        "height=60",
        "height=0",
        "quality=auto",
        "fit=cover",
        "gravity=0.5x1",
        "g=face",
        "trim=1;2;3;4",
        "background=rgb(1,2,3)",
        "background=rgba(1, 2, 3, 0.5)",
        "segment.background=https://b.com/x,y.png",
        "onerror=redirect",
        "sparkle=1",
    ]
)
COMMAS = st.sampled_from([",", "%2C", "%2c"])


def spellings(part: str) -> st.SearchStrategy[str]:
    """Every way to write `name=value`: as it is, and with what an encoder may encode encoded."""
    name, _, value = part.partition("=")
    inside = "%2C" if "://" in value else ","
    values = [value.replace(",", inside).replace(" ", "%20"), quote(value, safe="")]
    equals = st.sampled_from(["=", "%3D", "%3d"])
    return st.builds("{}{}{}".format, st.just(name), equals, st.sampled_from(values))


@given(st.data(), st.lists(PARTS, max_size=6))
def test_separators_mean_the_same_in_every_encoding(data: st.DataObject, parts: list[str]) -> None:
    plain = ",".join(quote(part, safe="=") for part in parts)
    strays = st.lists(COMMAS | spellings("h="), max_size=3).map(",".join)
    text = data.draw(strays)
    for part in parts:
        text += data.draw(COMMAS) + data.draw(spellings(part))
    text += data.draw(COMMAS) + data.draw(strays)
    assert parse_options(text) == parse_options(plain)


@given(st.text(alphabet="x.,=q%2Cc( )", min_size=1, max_size=12))
@example("x.,q=2")
@example("x.,, q =2")
@example("(x.,")
@example("x).,q=")
def test_a_source_with_commas_in_its_name_has_a_canonical_text(name: str) -> None:
    try:
        options = options_from_json({"segment": {"background": f"{name}.png"}}).options
    except BadOption:
        assume(False)
    assert parse_options(f"{format_options(options)},h=6").options == replace(options, height=6)


@pytest.mark.parametrize("text", ["", ",", "%2C", "height=", "width=0,quality=0", "w=80,w=0"])
def test_what_names_no_value_asks_for_nothing(text: str) -> None:
    assert parse_options(text).options == TransformOptions()


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("width=32,height=,fit=cover", TransformOptions(width=32, fit=Fit.COVER)),
        (",f=avif", TransformOptions(format=Format.AVIF)),
        ("w=1,,h=2,", TransformOptions(width=1, height=2)),
        ("w=1,w=", TransformOptions(width=1)),
        ("quality=,width=48", TransformOptions(width=48)),
        ("f=webp,f=svg,w=9", TransformOptions(width=9)),
        ("width=undefined,height=NaN,q=null,scq=None", TransformOptions()),
        ("width=auto,height=auto", TransformOptions(auto_width=AutoWidth())),
        ("height=auto,w=9", TransformOptions(width=9)),
    ],
)
def test_empty_values_and_stray_commas_are_as_not_there(
    text: str, options: TransformOptions
) -> None:
    assert parse_options(text).options == options


@pytest.mark.parametrize("text", ["redact=", "width=9,redact=", "redact=faces,redact.method=%20"])
def test_an_empty_value_of_what_hides_faces_is_refused(text: str) -> None:
    with pytest.raises(BadOption, match="Option redact"):
        parse_options(text)
    assert not redirects_on_error(f"onerror=redirect,{text}")


@pytest.mark.parametrize(
    "text",
    [
        *("segment.drop=", "segment.drpo=dog", "segmnt.drop=dog"),
        *("segment.keep=", "segment.keep=%20", "segment.person="),
    ],
)
def test_what_is_to_be_dropped_is_never_shown_for_a_slip(text: str) -> None:
    with pytest.raises(BadOption, match="segment"):
        parse_options(f"width=9,{text}")


@pytest.mark.parametrize("name", ["redcat", "redacts", "redact.metod", "Redacted"])
def test_a_misspelt_name_of_what_hides_faces_is_refused(name: str) -> None:
    with pytest.raises(BadOption, match="did you mean redact"):
        parse_options(f"width=9,{name}=faces")
    assert not redirects_on_error(f"onerror=redirect,fit=bad,{name}=faces")


def test_many_commas_take_no_longer_than_they_are_many() -> None:
    started = time.process_time()
    for text in (
        "(" * 20_000 + "," * 9,
        "(,)," * 20_000,
        "%2C" * 20_000 + "x",
        "%2C%20" * 20_000,
        "x%2Cy" * 20_000,
        "w=,%2C" * 20_000,
    ):
        with contextlib.suppress(BadOption):
            parse_options(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("onerror=redirect", True),
        ("onerror=redirect,width=banana", True),
        ("width=%ff%2Conerror%3Dredirect", True),
        ("OnError=REDIRECT,onerror=", True),
        ("onerror=redirect,onerror=no", False),
        ("width=80", False),
        ("", False),
        ("onerror=redirect,redact=faces", False),
        ("onerror=redirect,redact", False),
        ("redact.method=blru,onerror=redirect", False),
        ("onerror=redirect,redact=", False),
    ],
)
def test_errors_lead_to_the_source_even_where_other_options_are_wrong(
    text: str, *, leads: bool
) -> None:
    assert redirects_on_error(text) is leads


@given(
    st.lists(
        PARTS | st.sampled_from(["onerror=", "redact=faces", "redact.strength=1", "REDACT=faces"])
    )
)
def test_where_errors_lead_is_read_like_all_options(parts: list[str]) -> None:
    text = ",".join(quote(part, safe="=") for part in parts)
    options = parse_options(text).options
    leads = options.redirect_on_error and options.redact is None
    assert redirects_on_error(text) is leads


def test_names_may_be_written_in_capitals_and_a_later_alias_wins() -> None:
    assert parse_options("WIDTH=80,w=90").options.width == 90


def test_unknown_names_are_reported_once_and_in_order() -> None:
    parsed = parse_options("sparkle=1,width=80,origin-auth=share-publicly,sparkle=2")
    assert parsed.options == TransformOptions(width=80)
    assert parsed.unknown == ("sparkle", "origin-auth")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("width", "Expected width=PIXELS or width=auto, got 'width'"),
        ("sparkle", "Expected name=value, got 'sparkle'"),
        ("=80", "Expected the name of an option, got ''"),
        ("a%0D%0AX=1", "Expected the name of an option, got 'a"),
        ("width=%ff", "Expected percent-encoded UTF-8, got 'width=%ff'"),
        ("width=80),height=60", "Option width: expected .* got '80\\)'"),
        ("width=80%2Cheight", "Option width: expected .* got '80,height'"),
    ],
)
def test_malformed_options_say_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(BadOption, match=message):
        parse_options(text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/cdn-cgi/image/width=80/photos/a.jpg", ("width=80", "photos/a.jpg")),
        ("width=80/photos/a%2Fb%20c.jpg", ("width=80", "photos/a%2Fb%20c.jpg")),
        ("width=80//photos/a.jpg", ("width=80", "/photos/a.jpg")),
        ("w=80/https://b.com/x.jpg?y=1", ("w=80", "https://b.com/x.jpg?y=1")),
        ("w=80/https:/b.com/x.jpg", ("w=80", "https://b.com/x.jpg")),
        ("w=80/HTTP:///b.com/x.jpg", ("w=80", "http://b.com/x.jpg")),
        ("w=80/https%3A//b.com/x%20y.jpg", ("w=80", "https://b.com/x%20y.jpg")),
        ("w=80/https%3A%2F%2Fb.com%2Fx%2520y.jpg%3Fv%3D1", ("w=80", "https://b.com/x%20y.jpg?v=1")),
        ("w=80/https%3A%2F%2Fb.com%2Fa%252Fb%253F.jpg", ("w=80", "https://b.com/a%2Fb%3F.jpg")),
        ("w=80/https%3A%2F%2Fb.com%2Fx%20%C3%BC.jpg", ("w=80", "https://b.com/x%20%C3%BC.jpg")),
        ("/https://b.com/x.jpg", ("", "https://b.com/x.jpg")),
        ("w=80/a/https:/b.jpg", ("w=80", "a/https:/b.jpg")),
        ("background=rgb(1%202%203%2F50%25)/a.jpg", ("background=rgb(1%202%203%2F50%25)", "a.jpg")),
        ("/photos/a.jpg", ("", "photos/a.jpg")),
    ],
)
def test_a_path_is_options_and_source(path: str, expected: tuple[str, str]) -> None:
    assert split_path(path) == expected


@pytest.mark.parametrize("path", ["", "/", "width=80", "width=80/", "/cdn-cgi/image/width=80"])
def test_a_path_without_a_source_is_refused(path: str) -> None:
    with pytest.raises(BadUrl, match="no source"):
        split_path(path)


def test_cache_keys_tell_apart_what_a_url_cannot_say() -> None:
    plain = TransformOptions(format=Format.AUTO)
    overlay = Overlay(url="/logo.png", options=TransformOptions(blur=2.0))
    different = [
        plain,
        replace(plain, accepts=frozenset({Format.WEBP})),
        replace(plain, accepts=frozenset({Format.WEBP, Format.AVIF})),
        replace(plain, exempt=True),
        replace(plain, draw=(overlay,)),
        replace(plain, draw=(overlay, overlay)),
        replace(plain, draw=(replace(overlay, width=1),)),
        replace(plain, draw=(replace(overlay, width=1.0),)),
        replace(plain, draw=(replace(overlay, url="/other.png"),)),
        replace(plain, draw=(replace(overlay, options=TransformOptions(blur=3.0)),)),
    ]
    assert len({cache_key(options) for options in different}) == len(different)


def test_cache_keys_do_not_depend_on_how_errors_are_answered() -> None:
    options = TransformOptions(width=80)
    assert cache_key(replace(options, redirect_on_error=True)) == cache_key(options)


def test_cache_keys_are_the_same_in_every_process() -> None:
    # Sets of text have another order in each process, and the cache on disk outlives them.
    options = TransformOptions(accepts=frozenset(Format))
    assert "|auto+avif+baseline-jpeg+best+gif+jpeg+json+jxl+png+tiff+webp|" in cache_key(options)


def test_far_more_options_than_there_are_are_refused_before_they_are_all_read() -> None:
    assert parse_options("a=1," * 255 + "width=3").options.width == 3
    with pytest.raises(BadOption, match="at most 256 options"):
        parse_options("a=1," * 256 + "width=no number")

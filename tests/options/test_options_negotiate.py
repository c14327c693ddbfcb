from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.geometry.box import Size
from foveate.options.grammar import parse_options
from foveate.options.model import AutoWidth, Compression, Format, TransformOptions
from foveate.options.negotiate import Client, choose_format, read_client, resolve, vary
from foveate.settings import Encoding

AVIF, WEBP, JXL = Format.AVIF, Format.WEBP, Format.JXL
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36"
ENCODING = Encoding(
    avif_max_side_auto=1200, avif_max_side=1600, jxl_max_side_auto=1000, jxl_max_side=3000
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", set()),
        ("*/*", set()),
        ("image/*", set()),
        ("image/avif,image/webp,image/apng,*/*;q=0.8", {AVIF, WEBP}),
        ("image/avif,*/*", {AVIF, WEBP}),
        ("image/avif,image/webp;q=0", {AVIF}),
        ("IMAGE/WEBP", {WEBP}),
        (" image/webp ; q=0.5 , text/html", {WEBP}),
        ("image/avif;q=0,image/webp", {WEBP}),
        ("image/avif; q=0.000,image/webp;q=1", {WEBP}),
        ("image/avif;level=1;q=0", set()),
        ("image/avifx,ximage/webp", set()),
        ("image/jxl,image/avif", {JXL, AVIF, WEBP}),
        ("image/jxl;q=0", set()),
    ],
)
def test_formats_count_where_accept_names_them(accept: str, expected: set[Format]) -> None:
    assert read_client({"accept": accept}, jxl=True).accepts == expected


def test_who_accepts_jpeg_xl_shares_what_is_kept_unless_it_is_offered() -> None:
    assert read_client({"accept": "image/jxl,image/avif"}).accepts == {AVIF, WEBP}


@pytest.mark.parametrize(
    ("headers", "dpr", "viewport"),
    [
        ({}, 1.0, None),
        ({"sec-ch-dpr": "2.0", "sec-ch-viewport-width": "390"}, 2.0, 390),
        ({"dpr": "1.5", "viewport-width": "800"}, 1.5, 800),
        ({"sec-ch-dpr": "3", "dpr": "1"}, 3.0, None),
        ({"width": "640"}, 1.0, 640),
        ({"width": "640", "viewport-width": "800", "sec-ch-viewport-width": "390"}, 1.0, 390),
        ({"width": "640", "viewport-width": "800"}, 1.0, 800),
        ({"dpr": "0", "viewport-width": "-4"}, 1.0, None),
        ({"dpr": "nan", "viewport-width": "1e400"}, 1.0, None),
    ],
)
def test_hints_are_numbers_above_zero_or_nothing(
    headers: dict[str, str], dpr: float, viewport: float | None
) -> None:
    client = read_client(headers)
    assert (client.dpr, client.viewport_width) == (dpr, viewport)


@pytest.mark.parametrize(
    ("headers", "slow"),
    [
        ({}, False),
        ({"rtt": "150"}, False),
        ({"rtt": "151"}, True),
        ({"save-data": "on"}, True),
        ({"save-data": "off"}, False),
        ({"ect": "slow-2g"}, True),
        ({"ect": "2g"}, True),
        ({"ect": "3g"}, True),
        ({"ect": "4g"}, False),
        ({"downlink": "5"}, False),
        ({"downlink": "4.9"}, True),
        ({"downlink": "fast"}, False),
        ({"rtt": "20", "downlink": "10", "save-data": "on"}, True),
    ],
)
def test_any_hint_can_say_that_the_connection_is_slow(headers: dict[str, str], slow: bool) -> None:
    assert read_client(headers).slow is slow


@pytest.mark.parametrize(
    ("headers", "mobile"),
    [
        ({"user-agent": PHONE}, True),
        ({"user-agent": DESKTOP}, False),
        ({"user-agent": DESKTOP, "sec-ch-ua-mobile": "?1"}, True),
        ({"user-agent": PHONE, "sec-ch-ua-mobile": "?0"}, False),
        ({}, False),
    ],
)
def test_a_phone_is_known_by_its_hint_or_its_name(headers: dict[str, str], mobile: bool) -> None:
    assert read_client(headers).mobile is mobile


@given(st.dictionaries(st.sampled_from(["accept", "dpr", "width", "rtt", "downlink"]), st.text()))
def test_no_header_is_too_strange_to_read(headers: dict[str, str]) -> None:
    client = read_client(headers, jxl=True)
    assert client.dpr > 0
    assert client.accepts <= {AVIF, WEBP, JXL}


@pytest.mark.parametrize(
    ("client", "width"),
    [
        (Client(viewport_width=320), 320),
        (Client(viewport_width=321), 768),
        (Client(viewport_width=390, dpr=2), 960),
        (Client(viewport_width=900, dpr=3), 1200),
        (Client(mobile=True), 768),
        (Client(), 1200),
    ],
)
def test_automatic_width_is_the_first_breakpoint_that_is_wide_enough(
    client: Client, width: int
) -> None:
    options = resolve(TransformOptions(auto_width=AutoWidth()), client, 2)
    assert (options.width, options.auto_width) == (width, None)


def test_a_width_in_pixels_stays() -> None:
    assert resolve(TransformOptions(width=80), Client(viewport_width=900), 2).width == 80


def test_a_slow_connection_takes_its_own_quality_if_there_is_one() -> None:
    options = parse_options("q=90,scq=40").options
    slow, fast = (resolve(options, Client(slow=slow), 2) for slow in (True, False))
    assert (slow.quality, fast.quality) == (40, 90)
    assert slow.slow_connection_quality is fast.slow_connection_quality is None
    assert resolve(TransformOptions(quality=90), Client(slow=True), 2).quality == 90


def test_dpr_is_clamped() -> None:
    assert resolve(TransformOptions(dpr=3.0), Client(), 2).dpr == 2
    assert resolve(TransformOptions(dpr=1.5), Client(), 2).dpr == 1.5


def test_what_the_client_accepts_matters_to_automatic_format_alone() -> None:
    client = Client(accepts=frozenset({AVIF}))
    assert resolve(TransformOptions(format=Format.AUTO), client, 2).accepts == {AVIF}
    assert resolve(TransformOptions(format=Format.BEST), client, 2).accepts == {AVIF}
    assert vary(TransformOptions(format=Format.BEST)) == ("Accept",)
    for options in (
        TransformOptions(),
        TransformOptions(format=Format.AUTO, compression=Compression.FAST),
    ):
        assert resolve(options, client, 2).accepts == frozenset()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("width=80,format=webp", set()),
        ("format=auto", {"Accept"}),
        ("format=auto,compression=fast", set()),
        (
            "width=auto",
            {
                *("Sec-CH-DPR", "DPR", "Sec-CH-Viewport-Width", "Viewport-Width", "Width"),
                *("Sec-CH-UA-Mobile", "User-Agent"),
            },
        ),
        ("scq=low", {"RTT", "Save-Data", "ECT", "Downlink"}),
    ],
)
def test_vary_names_the_headers_that_matter(text: str, names: set[str]) -> None:
    said = vary(parse_options(text).options)
    assert set(said) == names
    assert len(said) == len(names)


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "accept": st.sampled_from(["image/avif", "image/webp,image/avif", "*/*"]),
        "sec-ch-dpr": st.sampled_from(["1", "2"]),
        "dpr": st.sampled_from(["1", "2"]),
        "sec-ch-viewport-width": st.sampled_from(["300", "900"]),
        "viewport-width": st.sampled_from(["300", "900"]),
        "width": st.sampled_from(["300", "900"]),
        "sec-ch-ua-mobile": st.sampled_from(["?0", "?1"]),
        "user-agent": st.sampled_from([PHONE, DESKTOP]),
        "rtt": st.sampled_from(["10", "900"]),
        "save-data": st.sampled_from(["on", "off"]),
        "ect": st.sampled_from(["4g", "2g"]),
        "downlink": st.sampled_from(["1", "50"]),
    },
)


@given(
    st.sampled_from(["width=80", "format=auto", "width=auto", "scq=low,q=high", "f=auto,w=auto"]),
    HEADERS,
    HEADERS,
)
def test_clients_that_agree_on_vary_get_the_same_answer(
    text: str, one: dict[str, str], other: dict[str, str]
) -> None:
    options = parse_options(text).options
    shared = {name.lower() for name in vary(options)}
    mixed = {
        **{name: value for name, value in other.items() if name not in shared},
        **{name: value for name, value in one.items() if name in shared},
    }
    answers = [resolve(options, read_client(headers), 2) for headers in (one, mixed)]
    assert answers[0] == answers[1]


def chosen(text: str, source: str, *traits: str, side: int = 400, accepts: str = "") -> str:
    client = read_client({"accept": accepts}, jxl=True)
    return choose_format(
        resolve(parse_options(text).options, client, 2),
        source_format=source,
        alpha="alpha" in traits,
        animated="animated" in traits,
        out=Size(side, side // 2),
        encoding=ENCODING,
    )


@pytest.mark.parametrize(
    ("source", "traits", "expected"),
    [
        ("jpeg", (), "jpeg"),
        ("jpeg", ("alpha",), "png"),
        ("png", (), "png"),
        ("png", ("alpha",), "png"),
        ("gif", (), "gif"),
        ("gif", ("animated",), "gif"),
        ("webp", (), "jpeg"),
        ("webp", ("alpha",), "png"),
        ("webp", ("animated",), "webp"),
        ("avif", (), "jpeg"),
        ("heic", (), "jpeg"),
        ("tiff", (), "jpeg"),
        ("tiff", ("alpha",), "png"),
        ("svg", ("alpha",), "svg"),
    ],
)
@pytest.mark.parametrize("text", ["width=80", "format=auto", "format=json"])
def test_without_a_format_the_answer_is_like_the_source(
    text: str, source: str, traits: tuple[str, ...], expected: str
) -> None:
    assert chosen(text, source, *traits) == expected


BOTH = "image/avif,image/webp"
ALL = f"{BOTH},image/jxl"


@pytest.mark.parametrize(
    ("accepts", "side", "traits", "expected"),
    [
        (BOTH, 400, (), "avif"),
        (BOTH, 1200, (), "avif"),
        (BOTH, 1201, (), "webp"),
        (BOTH, 400, ("animated",), "webp"),
        ("image/webp", 400, (), "webp"),
        ("image/avif", 1201, (), "webp"),
        ("image/avif", 400, ("alpha",), "avif"),
        ("image/avif,image/webp;q=0", 1201, (), "jpeg"),
        ("image/avif,image/webp;q=0", 1201, ("alpha",), "png"),
        ("*/*", 400, (), "jpeg"),
        (ALL, 400, (), "jxl"),
        (ALL, 1000, ("alpha",), "jxl"),
        (ALL, 1001, (), "avif"),
        (ALL, 1201, (), "webp"),
        (ALL, 400, ("animated",), "webp"),
        ("image/jxl", 1001, (), "jpeg"),
    ],
)
def test_automatic_format_is_the_best_that_is_accepted_and_affordable(
    accepts: str, side: int, traits: tuple[str, ...], expected: str
) -> None:
    assert chosen("format=auto", "jpeg", *traits, side=side, accepts=accepts) == expected
    assert chosen("width=80", "jpeg", *traits, side=side, accepts=accepts) in {"jpeg", "png"}


@pytest.mark.parametrize(
    ("text", "source", "traits", "side", "expected"),
    [
        ("format=avif", "jpeg", (), 1600, "avif"),
        ("format=avif", "jpeg", (), 1601, "webp"),
        ("format=avif", "gif", ("animated",), 400, "avif"),
        ("format=jxl", "jpeg", (), 3000, "jxl"),
        ("format=jxl", "jpeg", (), 3001, "webp"),
        ("format=jxl", "gif", ("animated",), 400, "jxl"),
        ("format=jxl", "svg", ("alpha",), 400, "jxl"),
        ("format=jxl,gamut=p3", "jpeg", (), 1600, "avif"),
        ("format=jxl,gamut=p3", "jpeg", (), 1601, "webp"),
        ("compression=fast,format=jxl", "png", (), 400, "jpeg"),
        ("format=webp", "gif", ("animated",), 400, "webp"),
        ("format=webp", "svg", ("alpha",), 400, "webp"),
        ("format=jpeg", "png", ("alpha",), 400, "jpeg"),
        ("format=baseline-jpeg", "png", ("alpha",), 400, "jpeg"),
        ("format=png", "svg", (), 400, "png"),
        ("format=png", "jpeg", (), 400, "png"),
        ("format=gif", "jpeg", (), 400, "gif"),
        ("format=GIF", "webp", ("animated",), 400, "gif"),
        ("format=gif", "svg", ("alpha",), 400, "gif"),
        ("format=tiff", "png", ("alpha",), 400, "tiff"),
        ("format=tif,compression=fast", "jpeg", (), 4000, "tiff"),
        ("compression=fast", "png", (), 400, "jpeg"),
        ("compression=fast", "webp", ("alpha",), 400, "png"),
        ("compression=fast,format=avif", "png", (), 400, "jpeg"),
        ("compression=fast,format=webp", "png", ("alpha",), 400, "png"),
        ("compression=fast,format=png", "jpeg", (), 400, "png"),
        ("compression=fast", "gif", ("animated",), 400, "gif"),
        ("compression=fast,format=avif", "webp", ("animated",), 400, "webp"),
    ],
)
def test_a_named_format_is_taken_by_its_word_within_reason(
    text: str, source: str, traits: tuple[str, ...], side: int, expected: str
) -> None:
    assert chosen(text, source, *traits, side=side, accepts=BOTH) == expected


def test_wide_colours_are_never_negotiated_to_a_format_that_drops_them() -> None:
    assert chosen("format=auto,gamut=p3", "jpeg", accepts=ALL) == "avif"
    assert chosen("format=auto,gamut=p3", "jpeg", accepts="image/jxl") == "jpeg"

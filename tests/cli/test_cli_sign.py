from __future__ import annotations

import time

import pytest
from typer.testing import CliRunner

from foveate.cli.main import app
from foveate.cli.sign import seconds
from foveate.errors import (
    BadOption,
    BadRequest,
    BadSettings,
    BadSignature,
    BadUrl,
    FoveateError,
    LinkExpired,
    NotTranslated,
    OptionNotAllowed,
    OriginNotAllowed,
    SourceNotFound,
    UnknownOption,
    UnknownPreset,
)
from foveate.options.signing import Signer

KEY = "a key of sixteen characters"
PATH = "/cdn-cgi/image/width=300,fit=cover/a%20b.jpg"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_SIGNING__KEYS", KEY.replace(" ", "-"))


def printed(*arguments: str) -> list[str]:
    done = CliRunner().invoke(app, ["sign", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.splitlines()


def verified(url: str) -> int | None:
    path, _, query = url.partition("?")
    return Signer((KEY.replace(" ", "-"),)).grant(path, query, time.time()).expires


def test_what_is_signed_is_what_the_server_takes() -> None:
    (url,) = printed(PATH)
    assert url.startswith(f"{PATH}?sig=")
    assert verified(url) is None


def test_the_host_is_not_signed_and_the_query_of_the_source_stays() -> None:
    with_host, without = printed(f"https://pics.example.com{PATH}?v=2", f"{PATH}?v=2")
    assert with_host == f"https://pics.example.com{without}"
    assert without.startswith(f"{PATH}?v=2&sig=")


def test_the_prefix_of_a_proxy_is_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_SERVER__ROOT_PATH", "/pics")
    urls = printed(f"https://b.com/pics{PATH}", f"/pics{PATH}", PATH)
    assert {url.removeprefix("https://b.com").removeprefix("/pics") for url in urls} == {urls[2]}
    assert urls[0].startswith(f"https://b.com/pics{PATH}?sig=")
    assert verified(urls[2]) is None


def test_a_signature_of_the_sources_own_has_to_be_encoded_into_it() -> None:
    with pytest.raises(BadUrl, match="percent-encoded as a whole"):
        printed("/cdn-cgi/image/width=9/https://b.com/a.jpg?sv=1&sig=AbC%3D")
    (url,) = printed("/cdn-cgi/image/width=9/https%3A%2F%2Fb.com%2Fa.jpg%3Fsv=1%26sig%3DAbC")
    assert verified(url) is None
    assert printed(url) == [url]


def test_what_browsers_encode_on_the_way_is_encoded_before_it_is_signed() -> None:
    (url,) = printed("/cdn-cgi/image/width=300/ü b.jpg?v=ä")
    assert url.startswith("/cdn-cgi/image/width=300/%C3%BC%20b.jpg?v=%C3%A4&sig=")
    assert verified(url) is None


def test_a_link_ends_when_it_shall() -> None:
    (url,) = printed(PATH, "--expires", "2h")
    until = verified(url)
    assert until is not None
    assert 7190 <= until - time.time() <= 7200


@pytest.mark.parametrize(
    ("base", "before"),
    [
        ("https://b.com", "https://b.com/pics"),
        ("https://b.com/", "https://b.com/pics"),
        ("http://b.com:81/pics", "http://b.com:81/pics"),
        ("https://cdn.b.com/other/", "https://cdn.b.com/other"),
    ],
)
def test_a_base_makes_whole_urls_of_paths(
    base: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOVEATE_SERVER__ROOT_PATH", "/pics")
    bare, rooted = printed(PATH, f"/pics{PATH}", "--base", base)
    assert bare == rooted
    assert bare.startswith(f"{before}{PATH}?sig=")
    assert verified(bare.removeprefix(before)) is None


@pytest.mark.parametrize(("base", "warned"), [("https://b.com", True), ("http://h/", False)])
def test_a_base_is_said_to_be_left_out_of_a_whole_url_of_another_place(
    base: str,
    warned: bool,
) -> None:
    asked = ["sign", f"http://h{PATH}", "--base", base]
    done = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert done.stdout.startswith(f"http://h{PATH}?sig=")
    assert ("--base https://b.com is left out: http://h is there" in done.stderr) is warned


@pytest.mark.parametrize(
    ("end", "expected"),
    [("exp=1000", LinkExpired), ("exp=soon", BadSignature), ("exp=9999999999&exp=1", BadSignature)],
)
def test_a_link_that_is_refused_from_the_start_is_not_signed(
    end: str, expected: type[BadRequest]
) -> None:
    with pytest.raises(expected):
        printed(f"{PATH}?{end}")
    assert verified(*printed(f"{PATH}?{end}", "--expires", "1h"))
    assert verified(*printed(f"{PATH}?exp=9999999999")) == 9_999_999_999


@pytest.mark.parametrize(
    ("named", "source", "expected"),
    [
        ({"FOLDER": "photos"}, "http://evil.com/a.jpg", OriginNotAllowed),
        ({"FOLDER": "photos"}, "http%3A%2F%2Fevil.com%2Fa.jpg", OriginNotAllowed),
        ({"FOLDER": "photos"}, "../a.jpg", SourceNotFound),
        ({"ALLOW": "b.com/in"}, "http://b.com/out/a.jpg", OriginNotAllowed),
        ({"ALLOW": "b.com"}, "a.jpg", SourceNotFound),
        ({"FOLDER": "https://b.com/in"}, "https://b.com/out/a.jpg", OriginNotAllowed),
        ({}, "ftp://b.com/a.jpg", BadUrl),
        ({}, "https://user:word@b.com/a.jpg", BadUrl),
    ],
)
def test_sources_that_the_origins_named_here_refuse_are_not_signed(
    named: dict[str, str],
    source: str,
    expected: type[FoveateError],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in named.items():
        monkeypatch.setenv(f"FOVEATE_ORIGINS__{name}", value)
    with pytest.raises(expected):
        printed(f"/cdn-cgi/image/width=9/{source}")


@pytest.mark.parametrize(
    ("named", "source"),
    [
        ({"FOLDER": "nowhere/on/this/machine"}, "in/a.jpg"),
        ({"ALLOW": "*.b.com"}, "https://c.b.com/a.jpg?v=1"),
        ({"FOLDER": "https://b.com/in"}, "a.jpg"),
        ({}, "https://anywhere.com/a.jpg"),
        ({}, "a.jpg"),
    ],
)
def test_sources_that_they_take_or_that_another_machine_knows_are(
    named: dict[str, str], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in named.items():
        monkeypatch.setenv(f"FOVEATE_ORIGINS__{name}", value)
    (url,) = printed(f"/cdn-cgi/image/width=9/{source}")
    assert verified(url) is None


@pytest.mark.parametrize("base", ["b.com", "ftp://b.com", "https://b.com?x=1", ""])
def test_a_base_that_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(BadOption, match=r"http\(s\)://HOST"):
        printed(PATH, "--base", base)


@pytest.mark.parametrize(
    ("text", "expected"), [("90s", 90), ("15m", 900), ("12h", 43_200), ("7d", 604_800)]
)
def test_times_are_said_with_a_unit(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "0s", "00m", "1.5h", "1d2h", "٣d"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadOption, match="15m"):
        seconds(text)


def test_what_would_never_be_answered_is_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("https://pics.example.com/a.jpg", PATH.replace("300", "3#0"), "/cdn-cgi/image/"):
        with pytest.raises(BadUrl, match="/cdn-cgi/image/"):
            printed(url)
    with pytest.raises(BadOption, match="width"):
        printed(PATH.replace("300", "wide"))
    monkeypatch.delenv("FOVEATE_SIGNING__KEYS")
    with pytest.raises(BadSettings, match="FOVEATE_SIGNING__KEYS"):
        printed(PATH)


def test_a_limited_key_signs_for_what_is_on_its_list_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOVEATE_PRESETS__THUMB", "width=80")
    monkeypatch.setenv("FOVEATE_LIMITED_KEYS__SHOP", "other-key preset=thumb")
    good = "/cdn-cgi/image/preset=thumb/a.jpg"
    (url,) = printed("--key", "shop", good)
    assert url == Signer(("other-key",)).sign(good)
    with pytest.raises(OptionNotAllowed):
        printed("--key", "shop", PATH)
    with pytest.raises(BadSettings, match="limited_keys, got 'shops'"):
        printed("--key", "shops", good)
    monkeypatch.delenv("FOVEATE_SIGNING__KEYS")
    with pytest.raises(BadSettings, match="name a limited one: shop"):
        printed(good)


def test_urls_of_other_services_are_signed_where_they_need_our_signature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOVEATE_HOSTED__ACCOUNT", "acct")
    monkeypatch.setenv("FOVEATE_PEERS__ACCEPT", "thumbor")
    for path in ("/acct/a.jpg/thumb", "/thumbor/unsafe/300x200/a.jpg"):
        (url,) = printed(path)
        assert verified(url) is None
    with pytest.raises(BadUrl, match="begins with /cdn-cgi/image/ or /thumbor/ or "):
        printed("/imgix/a.jpg")


def test_the_variant_of_a_hosted_image_is_one_that_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOVEATE_HOSTED__ACCOUNT", "acct")
    monkeypatch.setenv("FOVEATE_PRESETS__THUMB", "width=80")
    for path in ("/acct/a.jpg/thumb", "/cdn-cgi/imagedelivery/acct/a.jpg/Thumb"):
        (url,) = printed(path)
        assert verified(url) is None
    with pytest.raises(UnknownPreset, match=r"'thmub' \(did you mean thumb"):
        printed("/acct/a.jpg/thmub")
    monkeypatch.setenv("FOVEATE_LIMITED_KEYS__SHOP", "other-key width")
    with pytest.raises(OptionNotAllowed):
        printed("--key", "shop", "/acct/a.jpg/thumb")


def test_what_a_url_of_another_service_cannot_say_is_not_signed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOVEATE_PEERS__ACCEPT", "imgproxy")
    with pytest.raises(NotTranslated, match="watermark"):
        printed("/imgproxy/_/watermark:1/plain/a.jpg")
    with pytest.raises(LinkExpired):
        printed("/imgproxy/_/exp:1000/plain/a.jpg")


def test_options_that_a_server_ignores_are_signed_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    misspelt = PATH.replace("width", "widht")
    done = CliRunner().invoke(app, ["sign", misspelt], catch_exceptions=False)
    assert done.exit_code == 0
    assert verified(done.stdout.strip()) is None
    assert "warning: unknown option: widht (did you mean width?)" in done.stderr
    monkeypatch.setenv("FOVEATE_STRICT", "1")
    with pytest.raises(UnknownOption, match="widht"):
        printed(misspelt)


def test_a_server_of_presets_alone_gets_no_other_options_signed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOVEATE_ONLY_PRESETS", "1")
    with pytest.raises(OptionNotAllowed):
        printed(PATH)

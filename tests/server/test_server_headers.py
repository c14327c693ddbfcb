from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from delivery_fakes import make_settings, took

from foveate.delivery.ask import Ask
from foveate.delivery.delivery import Delivered
from foveate.delivery.stored import About
from foveate.options.model import TransformOptions
from foveate.server.headers import (
    cache_control,
    cache_status,
    make_etag,
    matches,
    picture_headers,
    rendition_headers,
    warnings,
    work_headers,
)
from foveate.server.image_request import ImageRequest
from foveate.settings import Caching
from foveate.trace import Trace
from foveate.values import Lifetime

NOW = 1000.0
ASK = Ask(options=TransformOptions(), source="a")


def image_request(*, remote: bool = False, expires: float | None = None) -> ImageRequest:
    return ImageRequest(ask=ASK, remote=remote, expires=expires)


def about(max_age_s: float | None = None, *, must_revalidate: bool = False) -> About:
    return About(
        content_type="image/png",
        version="v",
        lifetime=Lifetime(max_age_s, must_revalidate=must_revalidate),
    )


@pytest.mark.parametrize(
    ("header", "held"),
    [
        ('"cf-1:a"', True),
        ('W/"cf-1:a"', True),
        ('"x", W/"cf-1:a" , "y"', True),
        ("*", True),
        ('"cf-1:b"', False),
        ('"cf-1:a', False),
        ("cf-1:a", False),
        ("", False),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(header: str, held: bool) -> None:
    assert matches(header, '"cf-1:a"') is held


def test_the_etag_names_rendition_and_origin_without_odd_characters() -> None:
    assert make_etag("0123456789abcdef" + "f" * 48, 'a "b"\r\n') == '"cf-0123456789abcdef:ab"'


@pytest.mark.parametrize(
    ("kept", "of", "said"),
    [
        (about(), image_request(), "public, max-age=14400"),
        (about(60), image_request(), "public, max-age=60"),
        (about(60), image_request(remote=True), "public, max-age=3600"),
        (about(7200), image_request(remote=True), "public, max-age=7200"),
        (about(), image_request(remote=True), "public, max-age=14400"),
        (
            about(60, must_revalidate=True),
            image_request(remote=True),
            "public, max-age=60, must-revalidate",
        ),
        (about(must_revalidate=True), image_request(), "public, max-age=0, must-revalidate"),
        (about(), image_request(expires=NOW + 90), "public, max-age=90"),
        (about(), image_request(expires=NOW - 1), "public, max-age=0"),
    ],
)
def test_browsers_keep_it_as_long_as_the_origin_and_the_link_allow(
    kept: About, of: ImageRequest, said: str
) -> None:
    assert cache_control(kept, of, make_settings(), NOW) == said


@pytest.mark.parametrize("expires", [None, NOW + 90])
def test_nobody_keeps_what_the_origin_calls_private(expires: float | None) -> None:
    kept = About(content_type="image/png", version="v", lifetime=Lifetime(60, private=True))
    said = cache_control(kept, image_request(remote=True, expires=expires), make_settings(), NOW)
    assert said == "private, no-store"


def test_clients_are_told_what_is_meant_for_them() -> None:
    def said(clients: Lifetime, *, remote: bool = False) -> str:
        lifetime = Lifetime(86_400, clients=clients)
        kept = About(content_type="image/png", version="v", lifetime=lifetime)
        return cache_control(kept, image_request(remote=remote), make_settings(), NOW)

    assert said(Lifetime(60)) == "public, max-age=60"
    assert said(Lifetime(60), remote=True) == "public, max-age=60"
    assert said(Lifetime(None)) == "public, max-age=14400"
    never = Lifetime(0, must_revalidate=True)
    assert said(never, remote=True) == "public, max-age=0, must-revalidate"
    assert said(replace(never, private=True)) == "private, no-store"


@pytest.mark.parametrize(
    ("kept", "of", "said"),
    [
        (about(60), image_request(), "public, max-age=60, stale-while-revalidate=300"),
        (about(60, must_revalidate=True), image_request(), "public, max-age=60, must-revalidate"),
        (about(60), image_request(expires=NOW + 90), "public, max-age=60"),
    ],
)
def test_old_pictures_may_be_shown_meanwhile_but_for_links_that_end(
    kept: About, of: ImageRequest, said: str
) -> None:
    settings = replace(make_settings(), caching=Caching(browser_stale_s=300))
    assert cache_control(kept, of, settings, NOW) == said


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ({}, "Foveate; hit"),
        ({"asked": 304}, "Foveate; fwd=stale; fwd-status=304"),
        ({"asked": 200}, "Foveate; fwd=stale; fwd-status=200"),
        ({"trace": Trace(), "kept": True}, "Foveate; fwd=miss; stored"),
        ({"trace": Trace()}, "Foveate; fwd=miss"),
    ],
)
def test_the_cache_says_what_it_did(of: dict[str, Any], said: str) -> None:
    assert cache_status(Delivered("key", about(), b"cat", 3, **of)) == said


def test_svg_is_served_so_that_nothing_in_it_runs() -> None:
    svg = picture_headers("image/svg+xml", {}, 3)
    assert svg["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert "content-security-policy" not in picture_headers("image/png", {}, 3)
    assert svg["x-content-type-options"] == "nosniff"


def test_work_is_told_by_its_parts() -> None:
    trace = Trace()
    for name, ms in {"queue": 1.2, "fetch": 3.4, "render": 50.6, "en code": 2.0}.items():
        took(trace, name, ms)
    said = work_headers(trace)
    assert said["cf-resized"] == "internal=ok/m q=1 n=3+51"
    assert said["server-timing"] == "queue;dur=1.2, fetch;dur=3.4, render;dur=50.6, en-code;dur=2.0"


def test_a_hit_says_so() -> None:
    assert work_headers(None)["cf-resized"].startswith("internal=ok/h ")


def test_every_unknown_option_has_its_own_warning_that_cannot_break_the_header() -> None:
    of = ImageRequest(
        ask=ASK,
        remote=False,
        unknown=("x", 'y"\r\nSet-Cookie: z'),
        vary=("Accept", "DPR"),
    )
    headers = rendition_headers({}, of)
    said = [value for name, value in headers if name == b"warning"]
    assert said[0] == b'cf-images 299 "unknown option: x"'
    assert b"\r" not in said[1]
    assert b"\n" not in said[1]
    assert said[1].count(b'"') == 2
    assert (b"vary", b"Accept, DPR") in headers


def test_a_flood_of_unknown_options_makes_a_few_warnings() -> None:
    assert len(list(warnings([f"x{number}" for number in range(999)]))) == 8

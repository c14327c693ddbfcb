from __future__ import annotations

from email.utils import formatdate

import pytest

from foveate.storage.headers import (
    KEPT,
    join_headers,
    kept_headers,
    lifetime,
    read_headers,
    renewed_headers,
)
from foveate.values import Lifetime

NOW = 1_700_000_000.0


def at(seconds: float) -> str:
    """Return an HTTP-date that is so many seconds away."""
    return formatdate(NOW + seconds, usegmt=True)


def to_clients(max_age_s: float | None, *, private: bool = False) -> Lifetime:
    insists = private or max_age_s == 0
    return Lifetime(max_age_s, must_revalidate=insists, private=private)


@pytest.mark.parametrize(
    ("cache_control", "age", "expected"),
    [
        ("", "", Lifetime(None)),
        ("public", "", Lifetime(None)),
        ("max-age=60", "", Lifetime(60)),
        ("Max-Age = 60", "", Lifetime(60)),
        ('max-age="60"', "", Lifetime(60)),
        ("max-age=60, s-maxage=10", "", Lifetime(10, clients=to_clients(60))),
        ("s-maxage=10,max-age=60", "", Lifetime(10, clients=to_clients(60))),
        ("s-maxage=10", "", Lifetime(10, clients=to_clients(None))),
        ("s-maxage=10, max-age=0", "", Lifetime(10, clients=to_clients(0))),
        ("max-age=60, max-age=10", "", Lifetime(10)),
        ("max-age=60", "25, 50", Lifetime(35)),
        ("max-age=60", "25", Lifetime(35)),
        ("max-age=60", "100", Lifetime(0)),
        ("max-age=60", "soon", Lifetime(60)),
        ("max-age=60", "-5", Lifetime(60)),
        ("max-age=0", "", Lifetime(0, must_revalidate=True)),
        ("max-age=soon", "", Lifetime(0, must_revalidate=True)),
        ("max-age=60s", "", Lifetime(0, must_revalidate=True)),
        ("max-age=-1", "", Lifetime(0, must_revalidate=True)),
        ("max-age", "", Lifetime(0, must_revalidate=True)),
        ('max-age=60, ext="no-store, max-age=5"', "", Lifetime(60)),
        ("max-age=60;public", "", Lifetime(60)),
        ("max-age=60, stale-while-revalidate=30", "", Lifetime(60, stale_s=30)),
        ("max-age=60, stale-if-error=90", "", Lifetime(60, stale_on_error_s=90)),
        ("max-age=60, stale-if-error=soon", "", Lifetime(60)),
        (
            "max-age=0, stale-while-revalidate=30",
            "",
            Lifetime(0, must_revalidate=True, stale_s=30),
        ),
        (
            "max-age=60, must-revalidate, stale-while-revalidate=9, stale-if-error=9",
            "",
            Lifetime(60, must_revalidate=True),
        ),
        ("max-age=60, must-revalidate", "", Lifetime(60, must_revalidate=True)),
        ("max-age=60, proxy-revalidate", "", Lifetime(60, must_revalidate=True)),
        ("no-cache", "", Lifetime(0, must_revalidate=True)),
        ("no-store, max-age=60", "", Lifetime(0, must_revalidate=True, private=True)),
        ("private, max-age=60", "", Lifetime(0, must_revalidate=True, private=True)),
        ('private="set-cookie"', "", Lifetime(0, must_revalidate=True, private=True)),
        ("max-age=" + "9" * 400, "", Lifetime(2.0**31)),
    ],
)
def test_cache_control_is_read_as_a_shared_cache_reads_it(
    cache_control: str, age: str, expected: Lifetime
) -> None:
    headers = {"cache-control": cache_control, "age": age}
    assert lifetime(headers, NOW) == expected


@pytest.mark.parametrize(
    ("raw", "etag"),
    [
        ('"abc"', "abc"),
        ('W/"abc"', "abc"),
        ("abc", ""),
        ('""', ""),
        ('"a b"', ""),
        ('"ü"', ""),
        (f'"{"a" * 257}"', ""),
    ],
)
def test_only_a_well_formed_etag_is_used(raw: str, etag: str) -> None:
    said = read_headers({"etag": raw}, NOW)
    assert said.lifetime.etag == etag
    assert said.validators == ((("If-None-Match", raw),) if etag else ())


def test_the_version_is_the_best_that_the_origin_offers() -> None:
    modified = "Sat, 21 Nov 2026 03:00:00 GMT"
    both = read_headers({"etag": '"a"', "last-modified": modified}, NOW)
    assert both.version(b"four") == "a"
    assert read_headers({"last-modified": modified}, NOW).version(b"four") == f"{modified} 4"
    nothing = read_headers({}, NOW)
    assert nothing.version(b"four") != nothing.version(b"five")


def test_repeated_headers_are_joined() -> None:
    headers = [(b"Cache-Control", b"no-cache"), (b"cache-control", b"max-age=1")]
    assert join_headers(headers) == {"cache-control": "no-cache, max-age=1"}


@pytest.mark.parametrize(
    ("said", "shared"),
    [("*", True), (" * ", True), ("https://b.com", False), ("null", False), ("", False)],
)
def test_only_what_any_page_may_read_is_shared(said: str, *, shared: bool) -> None:
    assert read_headers({"access-control-allow-origin": said}, NOW).lifetime.shared is shared


@pytest.mark.parametrize(
    ("headers", "max_age_s"),
    [
        ({"expires": at(60), "date": at(0)}, 60),
        ({"expires": at(60)}, 60),
        ({"expires": at(60), "date": at(-20)}, 60),
        ({"expires": at(60), "date": at(20)}, 40),
        ({"expires": at(60), "date": at(0), "age": "15"}, 45),
        ({"expires": "Tuesday, 14-Nov-23 22:14:20 GMT"}, 60),
        ({"expires": "Tue Nov 14 22:14:20 2023"}, 60),
        ({"expires": at(60), "cache-control": "public"}, 60),
        ({"expires": at(60), "cache-control": "max-age=5"}, 5),
        ({"expires": at(60), "cache-control": "max-age=soon"}, 0),
        ({"expires": at(10.0**10)}, 2.0**31),
    ],
)
def test_expires_is_read_where_no_age_is_named(headers: dict[str, str], max_age_s: float) -> None:
    assert lifetime(headers, NOW).max_age_s == max_age_s


@pytest.mark.parametrize("expires", ["0", "-1", "", "never", "0, 0", at(0), at(-60), "1" * 4000])
def test_what_has_expired_or_says_no_date_is_asked_for_every_time(expires: str) -> None:
    said = lifetime({"expires": expires, "date": at(0)}, NOW)
    assert said == Lifetime(0, must_revalidate=True)
    assert said.seconds(3600) == 0


def test_an_old_date_counts_as_age() -> None:
    assert lifetime({"cache-control": "max-age=60", "date": at(-45)}, NOW).max_age_s == 15
    assert lifetime({"cache-control": "max-age=60", "date": at(45)}, NOW).max_age_s == 60


@pytest.mark.parametrize("vary", ["*", "Accept, *", " * "])
def test_what_varies_on_anything_is_asked_for_every_time(vary: str) -> None:
    said = lifetime({"cache-control": "max-age=60, stale-if-error=9", "vary": vary}, NOW)
    assert said == Lifetime(0, must_revalidate=True)
    assert lifetime({"cache-control": "max-age=60", "vary": "Accept"}, NOW) == Lifetime(60)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"cdn-cache-control": "max-age=600", "cache-control": "max-age=60"},
            Lifetime(600, clients=to_clients(60)),
        ),
        (
            {"cdn-cache-control": "max-age=600", "cache-control": "no-store"},
            Lifetime(600, clients=to_clients(0, private=True)),
        ),
        (
            {"cdn-cache-control": "no-store", "cache-control": "max-age=60"},
            Lifetime(0, must_revalidate=True, private=True, clients=to_clients(60)),
        ),
        (
            {"cdn-cache-control": "max-age=600", "expires": "0"},
            Lifetime(600, clients=to_clients(0)),
        ),
        (
            {"cdn-cache-control": "max-age=600", "surrogate-control": "max-age=5"},
            Lifetime(600, clients=to_clients(None)),
        ),
        (
            {"surrogate-control": 'max-age=5, content="ESI/1.0"', "cache-control": "max-age=60"},
            Lifetime(5, clients=to_clients(60)),
        ),
        ({"cdn-cache-control": "max-age=6 0", "cache-control": "max-age=60"}, Lifetime(60)),
        ({"cdn-cache-control": "", "cache-control": "max-age=60"}, Lifetime(60)),
        ({"cdn-cache-control": "max-age=60", "cache-control": "max-age=60"}, Lifetime(60)),
    ],
)
def test_what_is_meant_for_shared_caches_comes_first(
    headers: dict[str, str], expected: Lifetime
) -> None:
    assert lifetime(headers, NOW) == expected


def test_a_304_changes_what_it_repeats() -> None:
    kept = kept_headers(
        {
            "etag": '"a"',
            "cache-control": "max-age=60",
            "expires": "0",
            "age": "50",
            "date": at(-900),
            "content-type": "image/png",
            "vary": "x" * 513,
        }
    )
    assert set(kept) == {"etag", "cache-control", "expires"}
    assert renewed_headers(kept, {"cache-control": "max-age=5", "etag": 'W/"a"', "age": "3"}) == {
        "etag": 'W/"a"',
        "cache-control": "max-age=5",
        "expires": "0",
        "age": "3",
    }
    assert renewed_headers(kept, {"content-length": "0"}) == {
        "etag": '"a"',
        "cache-control": "max-age=60",
        "expires": "0",
    }


def test_a_304_is_read_however_long_its_headers_are() -> None:
    said = {"cache-control": f"no-store, ext={'x' * 600}"}
    merged = renewed_headers({"cache-control": "max-age=60"}, said)
    assert merged == said
    assert kept_headers(merged) == {}


def test_little_is_remembered_of_whatever_an_origin_writes() -> None:
    long = dict.fromkeys((*KEPT, "date", "age", "content-type", "set-cookie"), "x" * 60000)
    assert kept_headers(long) == {}
    fitting = dict.fromkeys(long, "x" * 260)
    assert set(kept_headers(fitting)) < set(KEPT)
    tag = f'W/"{"x" * 256}"'
    assert kept_headers({"etag": tag}) == {"etag": tag}


@pytest.mark.parametrize("modified", ["x" * 65, at(0) + ", " + at(0) * 2000, "a\nb", "ü"])
def test_a_date_that_is_none_is_sent_to_nobody(modified: str) -> None:
    said = read_headers({"last-modified": modified}, NOW)
    assert said.validators == ()
    assert said.version(b"four") != said.version(b"five")


@pytest.mark.parametrize("kept", [{"etag": '"a"'}, {"last-modified": at(-5)}])
def test_a_304_for_another_tag_means_something_else(kept: dict[str, str]) -> None:
    assert renewed_headers(kept, {"etag": '"b"'}) is None

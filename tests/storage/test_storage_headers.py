from __future__ import annotations

import pytest

from foveate.storage.headers import join_headers, lifetime, read_headers
from foveate.values import Lifetime


@pytest.mark.parametrize(
    ("cache_control", "age", "expected"),
    [
        ("", "", Lifetime(None)),
        ("public", "", Lifetime(None)),
        ("max-age=60", "", Lifetime(60)),
        ("Max-Age = 60", "", Lifetime(60)),
        ('max-age="60"', "", Lifetime(60)),
        ("max-age=60, s-maxage=10", "", Lifetime(10)),
        ("s-maxage=10,max-age=60", "", Lifetime(10)),
        ("max-age=60", "25", Lifetime(35)),
        ("max-age=60", "100", Lifetime(0)),
        ("max-age=60", "soon", Lifetime(60)),
        ("max-age=60", "-5", Lifetime(60)),
        ("max-age=soon", "", Lifetime(None)),
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
    assert lifetime(cache_control, age) == expected


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
    said = read_headers({"etag": raw})
    assert said.lifetime.etag == etag
    assert said.validators == ((("If-None-Match", raw),) if etag else ())


def test_the_version_is_the_best_that_the_origin_offers() -> None:
    modified = "Sat, 21 Nov 2026 03:00:00 GMT"
    assert read_headers({"etag": '"a"', "last-modified": modified}).version(b"four") == "a"
    assert read_headers({"last-modified": modified}).version(b"four") == f"{modified} 4"
    assert read_headers({}).version(b"four") != read_headers({}).version(b"five")


def test_repeated_headers_are_joined() -> None:
    headers = [(b"Cache-Control", b"no-cache"), (b"cache-control", b"max-age=1")]
    assert join_headers(headers) == {"cache-control": "no-cache, max-age=1"}


@pytest.mark.parametrize(
    ("said", "shared"),
    [("*", True), (" * ", True), ("https://b.com", False), ("null", False), ("", False)],
)
def test_only_what_any_page_may_read_is_shared(said: str, *, shared: bool) -> None:
    assert read_headers({"access-control-allow-origin": said}).lifetime.shared is shared

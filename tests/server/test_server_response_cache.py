from __future__ import annotations

from foveate.ledger.amounts import Name
from foveate.server.response_cache import CachedResponse, Head, ResponseCache, by_single_name


def response(key: str) -> CachedResponse:
    whole, unchanged = Head(200, []), Head(304, [])
    return CachedResponse(
        source="a",
        version="v",
        key=key,
        etag="",
        whole=whole,
        unchanged=unchanged,
        length=1,
        name=Name("unsigned", "image"),
    )


def test_an_answer_is_found_by_url_and_by_what_it_varies_on() -> None:
    cache = ResponseCache()
    cache.keep((b"/u", b""), {b"accept": b"avif", b"host": b"x"}, ("Accept",), response("avif"))
    cache.keep((b"/u", b""), {}, ("Accept",), response("plain"))
    found = cache.find((b"/u", b""), {b"accept": b"avif", b"host": b"other"})
    assert found == response("avif")
    assert cache.find((b"/u", b""), {}) == response("plain")
    assert cache.find((b"/u", b""), {b"accept": b"webp"}) is None
    assert cache.find((b"/u", b"q"), {}) is None


def test_the_table_is_bounded_and_the_oldest_make_room() -> None:
    cache = ResponseCache(max_entries=2)
    for path in (b"/1", b"/2", b"/3"):
        cache.keep((path, b""), {}, (), response(path.decode()))
    assert cache.find((b"/1", b""), {}) is None
    assert cache.find((b"/3", b""), {}) == response("/3")


def test_long_urls_and_headers_are_not_remembered() -> None:
    cache = ResponseCache()
    cache.keep((b"/" * 3000, b""), {}, (), response("long"))
    cache.keep((b"/u", b""), {b"accept": b"x" * 3000}, ("Accept",), response("long"))
    assert cache.find((b"/" * 3000, b""), {}) is None
    assert cache.find((b"/u", b""), {b"accept": b"x" * 3000}) is None


def test_a_head_has_its_headers_as_http_writes_them() -> None:
    assert Head(200, [(b"etag", b'"x"'), (b"vary", b"Accept")]).lines == (
        b'etag: "x"\r\nvary: Accept\r\n\r\n'
    )


def test_repeated_headers_have_no_single_value() -> None:
    assert by_single_name([(b"a", b"1"), (b"b", b"2")]) == {b"a": b"1", b"b": b"2"}
    assert by_single_name([(b"a", b"1"), (b"a", b"1")]) is None

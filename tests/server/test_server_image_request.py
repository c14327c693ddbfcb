from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from delivery_fakes import make_settings

from foveate.errors import BadUrl, ResizingLoop, SourceNotFound, UnknownOption
from foveate.options.model import Format
from foveate.options.signing import Signer
from foveate.server.image_request import (
    ImageRequest,
    ImageUrl,
    Request,
    read_image_request,
    read_image_url,
    redirect_target,
    refuse_loops,
)

if TYPE_CHECKING:
    from foveate.settings import Settings

MOUNT = "/cdn-cgi/image/"


UNSIGNED = Signer(())
BASE = make_settings(folder="http://o.test/base/")


def url_of(
    path: str, query: str = "", *, s: Settings | None = None, signer: Signer = UNSIGNED
) -> ImageUrl:
    request = Request(MOUNT + path, query, {})
    folder = (s or make_settings()).origins.folder
    return read_image_url(request, signer=signer, folder=folder, now=0.0)


def read(
    path: str, query: str = "", headers: dict[str, str] | None = None, *, s: Settings | None = None
) -> ImageRequest:
    return read_image_request(url_of(path, query, s=s), headers or {}, s or make_settings())


@pytest.mark.parametrize(
    ("path", "query", "source", "location"),
    [
        ("w=8/a%20b/c.jpg", "", "a b/c.jpg", "/a%20b/c.jpg"),
        ("w=8/a.jpg", "v=2", "a.jpg", "/a.jpg?v=2"),
        (
            "w=8/https://b.com/x%20y.jpg",
            "b=1&a=2",
            "https://b.com/x%20y.jpg?b=1&a=2",
            "https://b.com/x%20y.jpg?b=1&a=2",
        ),
    ],
)
def test_paths_are_decoded_and_absolute_urls_left_alone(
    path: str, query: str, source: str, location: str
) -> None:
    url = url_of(path, query)
    assert (url.source, url.location) == (source, location)
    assert read(path, query).ask.source == source


def test_what_comes_from_elsewhere_is_remote() -> None:
    remote = make_settings(folder="s3://bucket")
    asked = [read("w=8/a"), read("w=8/https://b.com/a"), read("w=8/a", s=remote)]
    asked.append(read("w=8/a", s=BASE))
    assert [each.remote for each in asked] == [False, True, True, True]


@pytest.mark.parametrize(
    ("path", "query", "source", "location"),
    [
        ("img", "id=5", "img?id=5", "/img?id=5"),
        ("/img", "id=5", "img?id=5", "/img?id=5"),
        ("avatar/", "u=1&v=2", "avatar/?u=1&v=2", "/avatar/?u=1&v=2"),
        ("a%2Fb%3F%23%25+c%20%C3%BC.jpg", "", "a%2Fb%3F%23%25+c%20%C3%BC.jpg", None),
        ("a%2520b.jpg", "x=%2520", "a%2520b.jpg?x=%2520", None),
        ("%FF.jpg", "", "%FF.jpg", None),
        ("a//b.jpg", "", "a//b.jpg", None),
        ("100%.jpg", "p=%", "100%25.jpg?p=%25", "/100%.jpg?p=%"),
        ("a|b.jpg", "x=a|b&y[]='1'", "a%7Cb.jpg?x=a|b&y[]='1'", None),
    ],
)
def test_under_an_http_origin_path_and_query_arrive_as_they_were_sent(
    path: str, query: str, source: str, location: str | None
) -> None:
    url = url_of(f"w=8/{path}", query, s=BASE)
    assert url.source == f"http://o.test/base/{source}"
    assert url.location == (location or f"/{path}" + (f"?{query}" if query else ""))


@pytest.mark.parametrize(
    "path", ["../x", "a/%2e%2E/x", "a%2F..%2Fx", "%5c..%5Cx", "a\\x", "%00", "//o.test/x", "."]
)
def test_no_path_climbs_out_of_an_http_origin(path: str) -> None:
    with pytest.raises(SourceNotFound):
        url_of(f"w=8/{path}", s=BASE)


def test_with_keys_the_signature_is_no_part_of_the_source_unless_it_is_encoded_into_it() -> None:
    signer = Signer(("key",))
    for path, query, source in (
        ("w=8/https://b.com/x", "a=1&exp=99&b=2", "https://b.com/x?a=1&b=2"),
        ("w=8/https%3A%2F%2Fb.com%2Fx%3Fsv=1%26sig%3DAbC", "", "https://b.com/x?sv=1&sig=AbC"),
    ):
        _, _, signed = signer.sign(f"{MOUNT}{path}?{query}").partition("?")
        assert url_of(path, signed, signer=signer).source == source


@pytest.mark.parametrize("path", ["w=8/https://b.com/x", "w=8/x"])
def test_without_keys_all_of_a_query_is_the_sources(path: str) -> None:
    for query in ("sv=1&sig=AbC", "exp=99", "sig=a&sig=b&exp=&exp="):
        assert url_of(path, query, s=BASE).source.endswith(f"/x?{query}")


def test_a_path_that_is_not_utf8_is_no_url_of_ours() -> None:
    with pytest.raises(BadUrl):
        read("w=8/%ff.jpg")


def test_the_client_decides_the_format_only_where_it_is_asked() -> None:
    accept = {"accept": "image/avif,*/*"}
    assert read("w=8,format=auto/a", headers=accept).ask.options.accepts == {
        Format.AVIF,
        Format.WEBP,
    }
    assert read("w=8,format=auto/a", headers=accept).vary == ("Accept",)
    assert read("w=8/a", headers=accept) == read("w=8/a")


def test_unknown_options_are_told_or_refused_when_strict() -> None:
    assert read("w=8,sparkle=1/a").unknown == ("sparkle",)
    with pytest.raises(UnknownOption, match=r"sparkle, widht \(did you mean width\?\)$"):
        read("w=8,sparkle=1,widht=9/a", s=make_settings(strict=True))


def test_a_request_that_came_through_a_resizer_is_refused() -> None:
    refuse_loops({"via": "1.1 proxy"})
    for via in ("1.1 foveate (image-resizing)", "1.1 CDN (Image-Resizing/7)"):
        with pytest.raises(ResizingLoop):
            refuse_loops({"via": via})


@pytest.mark.parametrize(
    ("path", "host", "target"),
    [
        ("w=8,onerror=redirect/a.jpg", "pics.test", "/a.jpg"),
        ("w=8/a.jpg", "pics.test", None),
        ("onerror=redirect,w=banana/a.jpg", "pics.test", "/a.jpg"),
        ("onerror=redirect,w=banana/https://evil.com/x", "pics.test", None),
        ("onerror=redirect,redact=facez/a.jpg", "pics.test", None),
        ("w=8,onerror=redirect//evil.com/x", "pics.test", "/evil.com/x"),
        ("w=8,onerror=redirect/\\evil.com/x", "pics.test", "/evil.com/x"),
        ("w=8,onerror=redirect/https://pics.test/x", "pics.test:8100", "https://pics.test/x"),
        ("w=8,onerror=redirect/https://cdn.pics.test/x", "pics.test", "https://cdn.pics.test/x"),
        ("w=8,onerror=redirect/https://evilpics.test/x", "pics.test", None),
        ("w=8,onerror=redirect/https://evil.com/x", "pics.test", None),
        ("w=8,onerror=redirect/https://pics.test@evil.com/x", "pics.test", None),
        ("w=8,onerror=redirect/https://evil.com\\.pics.test/x", "pics.test", None),
        ("w=8,onerror=redirect/https://evil.com/x", "", None),
        ("w=8,onerror=redirect/https://[bad/x", "pics.test", None),
    ],
)
def test_errors_redirect_to_this_host_and_its_subdomains_only(
    path: str, host: str, target: str | None
) -> None:
    assert redirect_target(url_of(path), host) == target

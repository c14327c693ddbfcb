from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from delivery_fakes import make_settings

from foveate.errors import BadUrl, ResizingLoop, UnknownOption
from foveate.options.model import Format
from foveate.options.signing import Signer
from foveate.server.image_request import (
    ImageRequest,
    Request,
    read_image_request,
    redirect_target,
    refuse_loops,
)

if TYPE_CHECKING:
    from foveate.settings import Settings

MOUNT = "/cdn-cgi/image/"


def read(
    path: str, query: str = "", headers: dict[str, str] | None = None, *, s: Settings | None = None
) -> ImageRequest:
    request = Request(MOUNT + path, query, headers or {})
    return read_image_request(request, signer=Signer(()), settings=s or make_settings(), now=0.0)


@pytest.mark.parametrize(
    ("path", "query", "source", "location", "remote"),
    [
        ("w=8/a%20b/c.jpg", "", "a b/c.jpg", "/a%20b/c.jpg", False),
        ("w=8/a.jpg", "v=2", "a.jpg", "/a.jpg?v=2", False),
        (
            "w=8/https://b.com/x%20y.jpg",
            "b=1&a=2",
            "https://b.com/x%20y.jpg?b=1&a=2",
            "https://b.com/x%20y.jpg?b=1&a=2",
            True,
        ),
    ],
)
def test_paths_are_decoded_and_absolute_urls_left_alone(
    path: str, query: str, source: str, location: str, remote: bool
) -> None:
    image_request = read(path, query)
    assert (image_request.ask.source, image_request.location, image_request.remote) == (
        source,
        location,
        remote,
    )


def test_the_signature_is_no_part_of_the_source() -> None:
    image_request = read("w=8/https://b.com/x", "a=1&exp=99&sig=00&b=2")
    assert image_request.ask.source == "https://b.com/x?a=1&b=2"


def test_paths_in_a_bucket_are_remote() -> None:
    assert read("w=8/a.jpg", s=make_settings(folder="s3://bucket")).remote


def test_a_path_that_is_not_utf8_is_no_url_of_ours() -> None:
    with pytest.raises(BadUrl):
        read("w=8/%ff.jpg")


def test_the_client_decides_the_format_only_where_it_is_asked() -> None:
    accept = {"accept": "image/avif,*/*"}
    assert read("w=8,format=auto/a", headers=accept).ask.options.accepts == {Format.AVIF}
    assert read("w=8,format=auto/a", headers=accept).vary == ("Accept",)
    assert read("w=8/a", headers=accept) == read("w=8/a")


def test_unknown_options_are_told_or_refused_when_strict() -> None:
    assert read("w=8,sparkle=1/a").unknown == ("sparkle",)
    with pytest.raises(UnknownOption, match="sparkle"):
        read("w=8,sparkle=1/a", s=make_settings(strict=True))


def test_a_request_that_came_through_a_resizer_is_refused() -> None:
    refuse_loops({"via": "1.1 proxy"})
    with pytest.raises(ResizingLoop):
        refuse_loops({"via": "1.1 foveate (image-resizing)"})


@pytest.mark.parametrize(
    ("path", "host", "target"),
    [
        ("w=8,onerror=redirect/a.jpg", "pics.test", "/a.jpg"),
        ("w=8/a.jpg", "pics.test", None),
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
    assert redirect_target(read(path), host) == target

"""`POST /v1/sign`: what is signed is what this server answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from delivery_fakes import make_settings
from server_fakes import make_core, serving

if TYPE_CHECKING:
    from server_fakes import Client, Reply

A = "/cdn-cgi/image/width=8/a.jpg"
HOLDER = {"content-type": "application/json", "authorization": "Bearer key"}


def signed(**body: Any) -> tuple[Reply, Reply | None]:
    """Return what is said, and what the signed URL is answered with."""
    heard = list[Any]()

    async def talk(client: Client) -> None:
        said = await client.ask("POST", "/v1/sign", HOLDER, body=[json.dumps(body).encode()])
        shown = await client.get(said.json()["path"]) if said.status == 200 else None
        heard.extend((said, shown))

    serving(make_core(make_settings(keys=("key",))), talk)
    return heard[0], heard[1]


@pytest.mark.parametrize("more", [{}, {"expires_s": 60}])
def test_what_is_signed_is_answered(more: dict[str, int]) -> None:
    said, shown = signed(path=A, **more)
    assert said.status == 200
    assert shown is not None
    assert shown.status == 200


@pytest.mark.parametrize(
    "source",
    [
        "reference:" + "0" * 64,
        "%C3%A4%20b.jpg",
        "!$&'()*+,-.:;=@[]_|~.jpg",
        "a.jpg?a=!$&()*+,;|[]/?~",
    ],
)
def test_a_picture_that_may_come_is_signed_before_it_is_there(source: str) -> None:
    assert signed(path=f"/cdn-cgi/image/width=8/{source}")[0].status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/render",
        "/cdn-cgi/image/width=8",
        "/cdn-cgi/image/width=8/",
        "/cdn-cgi/image/width=x/a.jpg",
        f"{A}#top",
        f"{A}\r\nX-Header: 1",
        f"{A}\0",
        f"{A}\ud800",
        *(f"/cdn-cgi/image/width=8/a{sent}b.jpg" for sent in '{}"<>^`\\\x7f'),
        *(f"{A}?a{sent}b" for sent in "{}\"<>^`\\'"),
        "/cdn-cgi/image/width=8/ä.jpg",
        "/cdn-cgi/image/width=8/a b.jpg",
        "/cdn-cgi/image/width=8/%FF.jpg",
        "/cdn-cgi/image/width=8/a%00.jpg",
        "/cdn-cgi/image/width=8/../a.jpg",
        "/cdn-cgi/image/width=8/%2e%2e/a.jpg",
        "/cdn-cgi/image/width=8/file:///etc/passwd",
    ],
)
def test_what_is_never_answered_is_not_signed(path: str) -> None:
    said, _ = signed(path=path)
    assert (said.status, said.json()["error"]) == (400, "BadOption")


def test_an_origin_that_is_not_allowed_is_said_so_before_it_is_signed() -> None:
    said, _ = signed(path="/cdn-cgi/image/width=8/https://b.com/a.jpg")
    assert (said.status, said.json()["error"]) == (403, "OriginNotAllowed")


@pytest.mark.parametrize("seconds", [True, "60", 1.5, 0, -1, 366 * 86_400 + 1])
def test_seconds_are_whole_and_no_more_than_a_year(seconds: object) -> None:
    assert signed(path=A, expires_s=seconds)[0].status == 400

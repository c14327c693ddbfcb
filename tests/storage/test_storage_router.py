from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from storage_origin import Origin

from foveate import errors
from foveate.settings import Limits, Origins
from foveate.storage.router import Router, open_origin

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def opened(**settings: object) -> Router:
    return open_origin(Origins(**settings), Limits(max_bytes=100))  # type: ignore[arg-type]


async def test_paths_go_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"picture")
    source = opened(folder=str(tmp_path))
    original = await source.read("a.jpg")
    assert original.data == b"picture"
    assert await source.version("a.jpg") == source.version_now("a.jpg") == original.version


async def test_without_a_folder_the_answer_says_what_to_set() -> None:
    for ask in (opened().read, opened().version):
        with pytest.raises(errors.SourceNotFound) as refusal:
            await ask("a.jpg")
        assert "FOVEATE_ORIGINS__FOLDER" in refusal.value.public


async def test_urls_go_to_their_origin_if_it_is_allowed(tmp_path: Path) -> None:
    async with Origin() as origin:
        origin.reply("/a.jpg", b"picture", ETag='"v1"')
        allow = (f"127.0.0.1:{origin.port}",)
        source = opened(folder=str(tmp_path), allow=allow, allow_private=True)
        url = origin.url("/a.jpg").replace("http:", "HTTP:")
        assert (await source.read(url)).data == b"picture"
        assert await source.version(url) == source.version_now(url) == "v1"
        await source.aclose()


async def test_no_url_is_allowed_by_default() -> None:
    async with Origin() as origin:
        with pytest.raises(errors.OriginNotAllowed):
            await opened(allow_private=True).read(origin.url("/a.jpg"))
        assert origin.connections == 0


@pytest.mark.parametrize("key", ["ftp://b.com/x.jpg", "file:///etc/passwd", "s3://bucket/x.jpg"])
async def test_other_schemes_are_bad_urls(key: str) -> None:
    with pytest.raises(errors.BadUrl, match="http"):
        await opened(allow=("*",)).read(key)


@pytest.mark.parametrize("slash", ["", "/"])
async def test_paths_go_under_an_http_base_which_is_allowed_by_being_named(slash: str) -> None:
    async with Origin() as origin:
        origin.reply("/photos/b%20%C3%BC%3Fx%23%25.jpg", b"picture")
        origin.reply("/photos/also.jpg", b"below the base")
        source = opened(folder=origin.url(f"/photos{slash}"))
        for key in ("b ü%3Fx#%.jpg", "b%20%C3%BC%3Fx%23%25.jpg"):
            assert (await source.read(key)).data == b"picture"
        assert (await source.read(origin.url("/photos/also.jpg"))).data == b"below the base"
        with pytest.raises(errors.OriginNotAllowed):
            await source.read(origin.url("/elsewhere.jpg"))
        await source.aclose()


async def test_a_query_under_an_http_base_makes_another_picture() -> None:
    async with Origin() as origin:
        for number in "56":
            origin.reply(f"/app/img?id={number}", number.encode(), ETag=f'"v{number}"')
        origin.reply("/app/a%2Fb/", b"slashes")
        source = opened(folder=origin.url("/app"))
        for number in "56":
            assert (await source.read(f"img?id={number}")).data == number.encode()
        assert [source.version_now(f"img?id={number}") for number in "56"] == ["v5", "v6"]
        assert (await source.read("/a%2Fb/")).data == b"slashes"
        await source.aclose()


async def test_what_is_wrong_with_a_key_does_not_say_what_the_base_is() -> None:
    async with Origin() as origin:
        for key in ("a.jpg?" + "x" * 9000, "ü" * 2000):
            with pytest.raises(errors.BadUrl) as caught:
                await opened(folder=origin.url("/photos")).read(key)
            assert "127.0.0.1" not in caught.value.public
        assert origin.connections == 0


async def test_an_http_base_opens_no_way_to_other_private_places() -> None:
    async with Origin() as origin, Origin() as internal:
        origin.reply("/photos/a.jpg", status=302, Location=internal.url("/admin"))
        source = opened(folder=origin.url("/photos"), allow=("*",))
        for key in ("a.jpg", internal.url("/admin")):
            with pytest.raises(errors.OriginNotAllowed):
                await source.read(key)
        await source.aclose()
        assert internal.connections == 0


async def test_an_http_base_allows_no_other_origin() -> None:
    async with Origin() as origin, Origin() as other:
        source = opened(folder=origin.url("/photos"), allow_private=True)
        with pytest.raises(errors.OriginNotAllowed):
            await source.read(other.url("/a.jpg"))
        assert other.connections == 0


@pytest.mark.parametrize(
    "key",
    [
        "%252e%252e/a.jpg",
        "a/%25252E./b.jpg",
        "%255c..%255cb.jpg",
        "../a.jpg",
        "a/../../b.jpg",
        "",
        "a\\..\\b.jpg",
        "\ud800.jpg",
        "d/" * 2049,
        "/",
        "?id=5",
    ],
)
async def test_no_key_climbs_out_of_an_http_base(key: str) -> None:
    async with Origin() as origin:
        with pytest.raises(errors.SourceNotFound):
            await opened(folder=origin.url("/photos")).read(key)
        assert origin.connections == 0


@pytest.mark.parametrize(
    "folder",
    [
        "/no/such/folder",
        "s3://",
        "gs://bucket",
        "http://",
        "https://user:secret@b.com/",
        "https://b.com/?query",
        "https://b.com/#part",
    ],
)
def test_a_folder_that_cannot_be_served_is_reported_at_start(folder: str) -> None:
    with pytest.raises(errors.BadSettings, match=r"origins\.folder"):
        opened(folder=folder)


@pytest.mark.parametrize(
    "folder",
    [
        "https://ann:hush@b.com/",
        "https://ann:hush/x@b.com/",
        "https://b.com/?sig=hush",
        "s3://k:hush@b",
        "~nohush/x",
    ],
)
def test_a_folder_that_cannot_be_served_is_reported_without_its_secrets(folder: str) -> None:
    with pytest.raises(errors.BadSettings, match=r"origins\.folder: expected") as caught:
        opened(folder=folder)
    assert ("hush" in caught.value.public) is folder.startswith("~")


def test_serving_a_folder_loads_no_network_client(tmp_path: Path) -> None:
    code = (
        "import sys; from foveate.settings import Limits, Origins; "
        "from foveate.storage.router import open_origin; "
        f"open_origin(Origins(folder={str(tmp_path)!r}), Limits()); print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {"httpcore", "obstore", "anyio"}.isdisjoint(done.stdout.split())

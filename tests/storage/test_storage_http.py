from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import socket
from typing import TYPE_CHECKING

import pytest
from storage_origin import Origin, Request, no_descriptors, opened

from foveate import errors
from foveate.settings import Origins
from foveate.storage.http import HttpOrigin
from foveate.storage.policy import OriginPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.anyio


async def test_an_original_comes_with_what_its_origin_says() -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/a.jpg?x=1", b"picture", ETag='"abc"', Cache_Control="max-age=600", Age="100")
        original = await source.read(origin.url("/a.jpg?x=1"))
    assert original.data == b"picture"
    assert (original.version, original.lifetime.etag) == ("abc", "abc")
    assert (original.lifetime.max_age_s, original.lifetime.must_revalidate) == (500, False)


async def test_the_request_is_anonymous_and_can_be_seen_in_a_loop() -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/first", status=302, Location="/second", Set_Cookie="session=1")
        origin.reply("/second", b"picture")
        await source.read(origin.url("/first"))
    for request in origin.requests:
        assert request.method == "GET"
        assert request.headers == {
            "host": f"127.0.0.1:{origin.port}",
            "accept": "*/*",
            "accept-encoding": "identity",
            "user-agent": "foveate",
            "via": "1.1 foveate (image-resizing)",
        }


async def test_connections_are_kept_and_closed_in_the_end() -> None:
    async with Origin() as origin:
        origin.reply("/a.jpg", b"picture")
        async with opened() as source:
            for _ in range(3):
                await source.read(origin.url("/a.jpg"))
            assert origin.connections == 1
            assert not origin.disconnected.is_set()
        await asyncio.wait_for(origin.disconnected.wait(), 2)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (204, errors.SourceFailed),
        (206, errors.SourceFailed),
        (300, errors.SourceFailed),
        (302, errors.SourceFailed),
        (304, errors.SourceFailed),
        (400, errors.SourceRefused),
        (401, errors.SourceRefused),
        (403, errors.SourceRefused),
        (404, errors.SourceNotFound),
        (410, errors.SourceNotFound),
        (429, errors.SourceRefused),
        (500, errors.SourceFailed),
        (503, errors.SourceFailed),
    ],
)
async def test_a_status_is_an_error(status: int, error: type[Exception]) -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/a.jpg", status=status)
        with pytest.raises(error) as refusal:
            await source.read(origin.url("/a.jpg"))
    assert type(refusal.value) is error


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nfives",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfives\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    ],
    ids=[
        "nothing",
        "nonsense",
        "short body",
        "negative length",
        "two lengths",
        "broken off chunks",
        "nonsense chunks",
        "endless header",
    ],
)
async def test_an_answer_that_breaks_off_or_lies_is_unreachable(answer: bytes) -> None:
    async with Origin() as origin, opened() as source:
        origin.raw("/a.jpg", answer, close=True)
        with pytest.raises(errors.SourceUnreachable):
            await source.read(origin.url("/a.jpg"))


async def test_a_body_without_a_length_ends_with_the_connection() -> None:
    async with Origin() as origin, opened() as source:
        origin.raw("/a.jpg", b"HTTP/1.1 200 OK\r\n\r\npicture", close=True)
        assert (await source.read(origin.url("/a.jpg"))).data == b"picture"


async def test_a_closed_port_is_unreachable() -> None:
    async with Origin() as origin:
        url = origin.url()
    async with opened() as source:
        with pytest.raises(errors.SourceUnreachable):
            await source.read(url)


async def test_no_descriptor_left_says_nothing_of_the_origin() -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/a.jpg", b"picture")
        origin.raw("/warm.jpg", b"HTTP/1.1 200 OK\r\n\r\npicture", close=True)
        await source.read(origin.url("/warm.jpg"))
        with no_descriptors(), pytest.raises(errors.Unavailable):
            await source.read(origin.url("/a.jpg"))
        assert (await source.read(origin.url("/a.jpg"))).data == b"picture"


async def test_a_declared_length_is_refused_before_the_body() -> None:
    async with Origin() as origin, opened(max_bytes=1000) as source:
        # Headers only: whoever waits for the body waits for the timeout.
        origin.raw("/a.jpg", b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
        with pytest.raises(errors.SourceTooLarge, match="1001"):
            await asyncio.wait_for(source.read(origin.url("/a.jpg")), 2)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_compressed_original_is_unpacked(*, chunked: bool) -> None:
    packed = gzip.compress(b"picture")
    async with Origin() as origin, opened() as source:
        framed = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed) if chunked else packed
        length = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(packed)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + length + b"\r\n\r\n"
        origin.raw("/a.jpg", head + framed)
        original = await source.read(origin.url("/a.jpg"))
    assert original.data == b"picture"


async def test_the_limit_holds_for_what_a_compressed_original_becomes() -> None:
    async with Origin() as origin, opened(max_bytes=1000) as source:
        origin.reply("/a.jpg", gzip.compress(bytes(1001)), Content_Encoding="gzip")
        with pytest.raises(errors.SourceTooLarge):
            await source.read(origin.url("/a.jpg"))


async def test_a_coding_that_nobody_asked_for_and_nobody_knows_is_a_failure() -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/a.jpg", b"picture", Content_Encoding="sdch")
        with pytest.raises(errors.SourceFailed, match="sdch"):
            await source.read(origin.url("/a.jpg"))


async def test_the_limit_is_exact() -> None:
    async with Origin() as origin, opened(max_bytes=1000) as source:
        origin.reply("/a.jpg", bytes(1000))
        assert len((await source.read(origin.url("/a.jpg"))).data) == 1000


@pytest.mark.parametrize(("pieces", "crumb"), [(1_000, b"x"), (40_000, b"x"), (5_000, b"x" * 300)])
async def test_a_body_of_nothing_but_crumbs_is_refused(pieces: int, crumb: bytes) -> None:
    async def crumbs(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"%x\r\n%b\r\n" % (len(crumb), crumb) * pieces + b"0\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            await writer.drain()

    async with Origin() as origin, opened(max_bytes=2_000_000) as source:
        origin.routes["/a.jpg"] = crumbs
        if pieces > 2_000 and len(crumb) < 256:
            with pytest.raises(errors.SourceFailed, match="crumbs"):
                await source.read(origin.url("/a.jpg"))
        else:
            assert (await source.read(origin.url("/a.jpg"))).data == crumb * pieces


async def test_an_endless_body_is_cut_at_the_limit() -> None:
    sent = 0

    async def endless(_: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + bytes(1024) + b"\r\n")
            sent += 1024
            await writer.drain()

    async with Origin() as origin, opened(max_bytes=100_000) as source:
        origin.routes["/a.jpg"] = endless
        with pytest.raises(errors.SourceTooLarge):
            await source.read(origin.url("/a.jpg"))
        await asyncio.wait_for(origin.disconnected.wait(), 2)
    assert sent < 20_000_000, "what is beyond the socket buffers should never have been sent"


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
async def test_a_silent_origin_is_a_timeout(head: bytes) -> None:
    async with Origin() as origin, opened(read_timeout_s=0.05) as source:
        origin.raw("/a.jpg", head)
        with pytest.raises(errors.SourceTimeout, match=r"in time, got \w*Timeout\w*\.$"):
            await source.read(origin.url("/a.jpg"))


async def test_an_origin_that_drips_is_a_timeout_too() -> None:
    async def drip(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with Origin() as origin, opened(connect_timeout_s=0.1, read_timeout_s=0.1) as source:
        origin.routes["/a.jpg"] = drip
        with pytest.raises(errors.SourceTimeout):
            await asyncio.wait_for(source.read(origin.url("/a.jpg")), 2)


@pytest.mark.parametrize(
    ("status", "headers", "again_s"),
    [(429, {"Retry_After": "7"}, 7.0), (503, {}, 2.0), (500, {"Retry_After": "7"}, None)],
)
async def test_who_is_busy_says_when_he_may_be_asked_again(
    status: int, headers: dict[str, str], again_s: float | None
) -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/a.jpg", b"", status, **headers)
        with pytest.raises(errors.SourceError) as refusal:
            await source.read(origin.url("/a.jpg"))
    assert refusal.value.again_s == again_s


async def test_a_reader_that_goes_away_hangs_up() -> None:
    async with Origin() as origin, opened() as source:
        origin.raw("/a.jpg", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        reading = asyncio.ensure_future(source.read(origin.url("/a.jpg")))
        while not origin.requests:
            await asyncio.sleep(0.005)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.wait_for(origin.disconnected.wait(), 2)


async def test_an_unknown_name_is_unresolved() -> None:
    async def nobody(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    source = HttpOrigin(OriginPolicy(("*",)), Origins(), 1000, resolve=nobody)
    with pytest.raises(errors.SourceUnresolved):
        await source.read("http://nobody.test/a.jpg")


@pytest.mark.parametrize("host", ["127.0.0.1", "name.test"])
async def test_loopback_is_refused_unless_allowed(host: str) -> None:
    async with Origin() as origin, opened(allow_private=False) as source:
        with pytest.raises(errors.OriginNotAllowed):
            await source.read(origin.url(host=host))
        assert origin.connections == 0


async def test_tls_greets_the_host_by_its_name_and_not_by_the_pinned_address() -> None:
    greeting = asyncio.get_running_loop().create_future()

    async def greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting.set_result(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(greeted, "127.0.0.1", 0)
    async with server, opened() as source:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(errors.SourceUnreachable):
            await source.read(f"https://origin.test:{port}/a.jpg")
        assert b"origin.test" in await greeting


async def test_redirects_are_followed_to_the_end() -> None:
    async with Origin() as origin, opened(max_redirects=5) as source:
        for hop, status in enumerate((301, 302, 303, 307, 308)):
            origin.reply(f"/hop/{hop}", b"moved", status=status, Location=f"./{hop + 1}")
        origin.reply("/hop/5", b"picture")
        assert (await source.read(origin.url("/hop/0"))).data == b"picture"


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        (b"/a b.jpg", "/a%20b.jpg"),
        (b"b c/d e.jpg?f=g h", "/from/b%20c/d%20e.jpg?f=g%20h"),
        ("/gr\u00fcn/\U0001f600.jpg".encode(), "/gr%C3%BCn/%F0%9F%98%80.jpg"),
        (b"/caf\xe9.jpg", "/caf%E9.jpg"),
        (b"/a%20b%C3%BC c.jpg", "/a%20b%C3%BC%20c.jpg"),
    ],
)
async def test_a_redirect_that_forgot_to_escape_is_escaped(location: bytes, asked: str) -> None:
    async with Origin() as origin, opened() as source:
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        origin.raw("/from/here", head)
        origin.reply(asked, b"picture")
        assert (await source.read(origin.url("/from/here"))).data == b"picture"


async def test_a_redirect_to_a_host_in_another_script_is_followed() -> None:
    async with Origin() as origin, opened() as source:
        location = f"http://b\u00fccher.test:{origin.port}/a.jpg".encode()
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        origin.raw("/here", head)
        origin.reply("/a.jpg", b"picture")
        assert (await source.read(origin.url("/here"))).data == b"picture"
        assert origin.requests[-1].headers["host"].startswith("xn--bcher-kva.test")


async def test_a_redirect_is_checked_as_it_is_asked_for() -> None:
    async with Origin() as origin:
        origin.reply("/open/", status=302, Location="/closed doors/a.jpg")
        async with opened(f"127.0.0.1:{origin.port}/open") as source:
            with pytest.raises(errors.OriginNotAllowed, match="closed%20doors"):
                await source.read(origin.url("/open/"))
        assert len(origin.requests) == 1


async def test_redirects_without_end_are_too_many() -> None:
    async with Origin() as origin, opened(max_redirects=3) as source:
        origin.reply("/", status=302, Location="/")
        with pytest.raises(errors.TooManyRedirects):
            await source.read(origin.url())
        assert len(origin.requests) == 4


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://[::1/",
        "/a\\b.jpg",
        "http://-\u00fc-/",
        "http://a b.test/",
        "/%2e%2e/secret",
    ],
)
async def test_a_redirect_to_a_bad_url_is_a_bad_url(location: str) -> None:
    async with Origin() as origin, opened() as source:
        origin.reply("/", status=302, Location=location)
        with pytest.raises(errors.BadUrl) as refusal:
            await source.read(origin.url())
    assert "secret" not in refusal.value.public


async def test_a_redirect_off_the_list_is_refused() -> None:
    async with Origin() as origin, Origin() as other:
        origin.reply("/", status=302, Location=other.url())
        async with opened(f"127.0.0.1:{origin.port}") as source:
            with pytest.raises(errors.OriginNotAllowed):
                await source.read(origin.url())
        assert other.connections == 0


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    async with Origin() as origin, Origin() as internal:
        origin.reply("/", status=302, Location=internal.url(host="harmless.test"))
        trusted = frozenset({("127.0.0.1", origin.port)})
        async with opened(allow_private=False, trusted=trusted) as source:
            with pytest.raises(errors.OriginNotAllowed, match=r"harmless\.test"):
                await source.read(origin.url())
        assert (len(origin.requests), internal.connections) == (1, 0)


@pytest.mark.filterwarnings("ignore:unclosed")
def test_a_source_serves_one_event_loop_after_the_other() -> None:
    source = HttpOrigin(OriginPolicy(("*",)), Origins(allow_private=True), 1000)
    listening = socket.create_server(("127.0.0.1", 0))

    async def once(source: HttpOrigin) -> bytes:
        async with Origin() as origin:
            origin.reply("/a.jpg", b"picture")
            server = await asyncio.start_server(origin.connected, sock=listening.dup())
            port = listening.getsockname()[1]
            try:
                return (await source.read(f"http://127.0.0.1:{port}/a.jpg")).data
            finally:
                server.close()

    with listening:
        assert [asyncio.run(once(source)) for _ in range(2)] == [b"picture"] * 2
    # What the first loop left open is collected here, where the warning about it is expected.
    del source
    gc.collect()

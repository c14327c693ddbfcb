"""Who asks for himself on this machine, as far as a socket and headers can tell."""

from __future__ import annotations

import pytest

from foveate.server.gate import is_local


def scope(peer: str | None, **headers: str) -> dict[str, object]:
    pairs = {"host": "localhost:8100", **headers}.items()
    return {
        "client": (peer, 40_000) if peer else None,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in pairs],
    }


@pytest.mark.parametrize(
    ("peer", "headers", "local"),
    [
        ("127.0.0.1", {}, True),
        ("127.8.0.1", {"host": "127.0.0.1:8100"}, True),
        ("::1", {"host": "[::1]:8100"}, True),
        ("::ffff:127.0.0.1", {}, True),
        ("127.0.0.1", {"origin": "http://localhost:8100"}, True),
        ("10.0.0.7", {}, False),
        ("192.168.1.2", {"x_forwarded_for": "127.0.0.1"}, False),
        ("::ffff:10.0.0.7", {}, False),
        ("2001:db8::1", {}, False),
        (None, {}, False),
        ("a-socket-file", {}, False),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1"}, False),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, False),
        ("127.0.0.1", {"x_real_ip": "127.0.0.1"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
        ("127.0.0.1", {"x_forwarded_proto": "https"}, False),
        ("127.0.0.1", {"x_forwarded_server": "proxy"}, False),
        ("127.0.0.1", {"cf_connecting_ip": "127.0.0.1"}, False),
        ("127.0.0.1", {"true_client_ip": "127.0.0.1"}, False),
        ("127.0.0.1", {"host": "photos.example.com"}, False),
        ("127.0.0.1", {"host": "rebound.example:8100", "origin": "http://rebound.example"}, False),
        ("127.0.0.1", {"origin": "https://example.com"}, False),
        ("127.0.0.1", {"origin": "http://localhost:3000"}, False),
        ("127.0.0.1", {"origin": "null"}, False),
        ("127.0.0.1", {"sec_fetch_site": "none"}, True),
        ("127.0.0.1", {"sec_fetch_site": "same-origin"}, True),
        ("127.0.0.1", {"sec_fetch_site": "cross-site"}, False),
        ("127.0.0.1", {"sec_fetch_site": "same-site"}, False),
        ("127.0.0.1", {"host": ""}, False),
        ("127.0.0.1", {"host": "[::1"}, False),
        ("127.0.0.1", {"host": "LocalHost"}, True),
        ("127.0.0.1", {"host": "localhost#.evil.com"}, False),
        ("127.0.0.1", {"host": "localhost/.evil.com"}, False),
        ("127.0.0.1", {"host": "localhost?x"}, False),
        ("127.0.0.1", {"host": "evil.com@127.0.0.1"}, False),
        ("127.0.0.1", {"host": "localhost:x"}, False),
        ("127.0.0.1", {"host": "localhost\n"}, False),
    ],
)
def test_only_the_socket_says_that_somebody_is_here(
    peer: str | None, headers: dict[str, str], *, local: bool
) -> None:
    assert is_local(scope(peer, **headers)) is local


@pytest.mark.parametrize("other", ["localhost:8100", "rebound.example:8100"])
def test_of_two_hosts_none_is_believed(other: str) -> None:
    asked = scope("127.0.0.1")
    twice = [(b"host", other.encode()), (b"host", b"localhost:8100")]
    assert is_local(asked)
    assert not is_local({**asked, "headers": twice})

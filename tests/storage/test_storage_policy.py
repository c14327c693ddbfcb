from __future__ import annotations

import pytest

from foveate.errors import BadSettings, BadUrl, OriginNotAllowed
from foveate.storage.policy import OriginPolicy, canonical, parse_location, parse_url

ADMITTED = [
    ("b.com", "http://b.com"),
    ("b.com", "https://b.com/x.jpg"),
    ("b.com", "https://b.com:443/x.jpg"),
    ("b.com", "https://B.COM/x.jpg"),
    ("b.com", "https://b.com./x.jpg"),
    ("B.com.", "https://b.com/x.jpg"),
    ("*.b.com", "https://b.com/x.jpg"),
    ("*.b.com", "https://a.b.com/x.jpg"),
    ("*.b.com", "https://c.a.b.com/x.jpg"),
    ("*", "https://anything.example/x.jpg"),
    ("*", "http://127.0.0.1:9000/x.jpg"),
    ("https://*", "https://anything.example/x.jpg"),
    ("*:9000", "http://anything.example:9000/x.jpg"),
    ("https://b.com", "https://b.com/x.jpg"),
    ("HTTPS://b.com", "https://b.com/x.jpg"),
    ("http://localhost:9000", "http://localhost:9000/x.jpg"),
    ("localhost:9000", "http://localhost:9000/x.jpg"),
    ("b.com:443", "https://b.com/x.jpg"),
    ("b.com/pictures", "https://b.com/pictures"),
    ("b.com/pictures", "https://b.com/pictures/x.jpg?size=1"),
    ("b.com/pictures/", "https://b.com/pictures/x.jpg"),
    ("b.com/a/b", "https://b.com/a/b/c.jpg"),
    ("b.com/with%20space", "https://b.com/with%20space/x.jpg"),
    ("*.b.com/p", "https://a.b.com/p/x.jpg"),
    ("[::1]:9000", "http://[0:0:0:0:0:0:0:1]:9000/x.jpg"),
    ("10.0.0.5", "http://10.0.0.5/x.jpg"),
    ("bücher.example", "https://xn--bcher-kva.example/x.jpg"),
    ("*.BÜCHER.example", "https://a.xn--bcher-kva.example/x.jpg"),
    ("faß.example", "https://xn--fa-hia.example/x.jpg"),
]
REFUSED = [
    ("b.com", "https://a.b.com/x.jpg"),
    ("b.com", "https://b.com.evil.example/x.jpg"),
    ("b.com", "https://evilb.com/x.jpg"),
    ("b.com", "https://b.com:8443/x.jpg"),
    ("b.com", "https://b.com:80/x.jpg"),
    ("*.b.com", "https://evilb.com/x.jpg"),
    ("*.b.com", "https://b.com.evil.example/x.jpg"),
    ("https://b.com", "http://b.com/x.jpg"),
    ("https://*", "http://b.com/x.jpg"),
    ("http://localhost:9000", "http://localhost:9001/x.jpg"),
    ("http://localhost:9000", "http://localhost/x.jpg"),
    ("b.com/pictures", "https://b.com/"),
    ("b.com/pictures", "https://b.com/pictures2/x.jpg"),
    ("b.com/pictures", "https://b.com/Pictures/x.jpg"),
    ("b.com/pictures", "https://b.com//pictures/x.jpg"),
    ("b.com/pictures", "https://b.com/?/pictures/x.jpg"),
    ("b.com/a", "https://b.com/a%2Fb/x.jpg"),
    ("faß.example", "https://fass.example/x.jpg"),
]


@pytest.mark.parametrize(("pattern", "url"), ADMITTED)
def test_a_pattern_admits(pattern: str, url: str) -> None:
    assert OriginPolicy(("other.example", pattern)).check(url) == parse_url(url)


@pytest.mark.parametrize(("pattern", "url"), REFUSED)
def test_a_pattern_refuses(pattern: str, url: str) -> None:
    with pytest.raises(OriginNotAllowed) as refusal:
        OriginPolicy((pattern,)).check(url)
    assert refusal.value.public == "This origin is not allowed."


def test_nothing_is_allowed_without_patterns() -> None:
    with pytest.raises(OriginNotAllowed, match="FOVEATE_ORIGINS__ALLOW"):
        OriginPolicy(()).check("https://b.com/x.jpg")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a.*.com",
        "*b.com",
        "b.*",
        "*.",
        "*.*.com",
        "ftp://b.com",
        "user@b.com",
        "b.com:0",
        "b.com:99999",
        "b.com:port",
        "b..com",
        "0x7f.1",
        "[::1",
        "bü cher.example",
    ],
)
def test_a_pattern_of_another_shape_is_reported_at_start(pattern: str) -> None:
    with pytest.raises(BadSettings, match=r"origins\.allow"):
        OriginPolicy((pattern,))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "b.com/x.jpg",
        "/x.jpg",
        "//b.com/x.jpg",
        "ftp://b.com/x.jpg",
        "file:///etc/passwd",
        "gopher://b.com/x",
        "javascript:alert(1)",
        "https:b.com/x.jpg",
        "https:/b.com/x.jpg",
        "https:///x.jpg",
        "https://:443/x.jpg",
        "https://b.com:0/x.jpg",
        "https://b.com:65536/x.jpg",
        "https://b.com:abc/x.jpg",
        "https://b.com/a b.jpg",
        "https://b.com/ü.jpg",
        "https://bücher.example/x.jpg",
        "https://b.com/x.jpg\n",
        "https://b.com/\tx.jpg",
        "https://b.com/\0x.jpg",
        "https://b.com\\@evil.example/x.jpg",
        "https://user@b.com/x.jpg",
        "https://user:secret@b.com/x.jpg",
        "https://evil.example@b.com/x.jpg",
        "https://%62.com/x.jpg",
        "https://b.com%2eevil.example/x.jpg",
        "https://b%00.com/x.jpg",
        "https://b..com/x.jpg",
        "https://.b.com/x.jpg",
        "https://-b.com/x.jpg",
        "https://b.com../x.jpg",
        "https://2130706433/x.jpg",
        "https://0x7f000001/x.jpg",
        "https://0x7f.0.0.1/x.jpg",
        "https://0177.0.0.1/x.jpg",
        "https://127.1/x.jpg",
        "https://1.2.3.4.5/x.jpg",
        "https://[::1/x.jpg",
        "https://[fe80::1%25eth0]/x.jpg",
        "https://[::g]/x.jpg",
        "https://b.com/a/../x.jpg",
        "https://b.com/a/./x.jpg",
        "https://b.com/a/%2e%2e/x.jpg",
        "https://b.com/a/%2E./x.jpg",
        "https://b.com/a%2f..%2fx.jpg",
        "https://b.com/a%5c..%5cx.jpg",
        "https://b.com/a/%252e%252e/x.jpg",
        f"https://{'a' * 64}.com/x.jpg",
        f"https://{'a.' * 127}com/x.jpg",
        f"https://b.com/{'a' * 8192}",
    ],
)
def test_a_url_that_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(BadUrl):
        OriginPolicy(("*",)).check(url)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("HTTPS://B.com", "https://b.com/"),
        ("https://b.com:443", "https://b.com/"),
        ("http://b.com:443/", "http://b.com:443/"),
        ("https://b.com.:/x", "https://b.com/x"),
        ("https://b.com/x?y=1&z=%20#part", "https://b.com/x?y=1&z=%20"),
        ("https://b.com?y", "https://b.com/?y"),
        ("https://b.com/a..b/...", "https://b.com/a..b/..."),
        ("https://b.com/a;v=1", "https://b.com/a;v=1"),
        ("http://[0:0::1]:80/x", "http://[::1]/x"),
        ("http://127.0.0.1./x", "http://127.0.0.1/x"),
    ],
)
def test_a_url_is_sent_in_its_canonical_spelling(url: str, sent: str) -> None:
    assert str(parse_url(url)) == sent


def test_a_pattern_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadSettings, match=r"got 'https://\.\.\.@b.com'") as caught:
        OriginPolicy(("https://ann:hush@b.com",))
    assert "hush" not in caught.value.public


@pytest.mark.parametrize(
    "spelling",
    [
        "http://b.com/x?y",
        "HTTP://b.com/x?y",
        "http://B.cOm/x?y",
        "http://b.com./x?y",
        "http://b.com:80/x?y",
        "http://b.com:080/x?y",
        "http://b.com:/x?y",
        "http://b.com/x?y#part",
    ],
)
def test_all_spellings_of_a_url_are_one(spelling: str) -> None:
    assert canonical(spelling) == "http://b.com/x?y"


@pytest.mark.parametrize("host", ["[::ffff:10.0.0.5]", "[::FFFF:a00:5]", "10.0.0.5."])
def test_all_spellings_of_an_address_are_one(host: str) -> None:
    assert parse_url(f"http://{host}/").host == "10.0.0.5"


@pytest.mark.parametrize(
    "key", ["a.jpg", "HTTP/a.jpg", "s3://B//a", "//a.jpg", "../a.jpg", "http://u@B/", "http://B b/"]
)
def test_what_may_not_be_fetched_keeps_its_spelling(key: str) -> None:
    assert canonical(key) == key


@pytest.mark.parametrize("key", ["/cats/a.jpg", "cats//a.jpg", "/cats////a.jpg"])
def test_slashes_that_are_forgiven_make_no_other_original(key: str) -> None:
    assert canonical(key) == "cats/a.jpg"


def test_a_location_whose_host_is_no_text_leads_nowhere() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        parse_location(parse_url("http://b.com/"), "//caf\xe9.test/")

"""Image URLs of one source, as they can stand in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from foveate.errors import BadOption, BadSettings, BadUrl, OptionNotAllowed
from foveate.options.addresses import Addresses, found_at, prefix, sent
from foveate.options.grammar import parse_options
from foveate.options.signing import Signer, read_limited

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = parse_options("width=80").options


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("/a.jpg", "/cdn-cgi/image/width=80/a.jpg"),
        ("a%20b.jpg?id=5", "/cdn-cgi/image/width=80/a%20b.jpg?id=5"),
        ('a "b"<c>#d.jpg', "/cdn-cgi/image/width=80/a%20%22b%22%3Cc%3E%23d.jpg"),
        ("https://b.com/x.jpg", "/cdn-cgi/image/width=80/https://b.com/x.jpg"),
        # A comma at its end would not be of the URL in a `srcset`.
        ("a,b,,", "/cdn-cgi/image/width=80/a,b%2C%2C"),
    ],
)
def test_a_source_stands_in_the_url_as_clients_send_it(source: str, url: str) -> None:
    assert Addresses(source=sent(source))(OPTIONS) == url


def test_signed_urls_are_good_and_have_the_prefix_before_what_was_signed() -> None:
    signer = Signer(("key",))
    addresses = Addresses(source=sent("a.jpg"), before="https://b.com/p", signer=signer, expires=99)
    url = addresses(OPTIONS)
    assert url.startswith("https://b.com/p/cdn-cgi/image/width=80/a.jpg?exp=99&sig=")
    path, _, query = url.removeprefix("https://b.com/p").partition("?")
    assert signer.grant(path, query, now=98).expires == 99


def test_a_signature_of_the_sources_own_is_not_taken_for_ours() -> None:
    signer = Signer(("key",))
    with pytest.raises(BadUrl, match="exp and sig"):
        Addresses(source=sent("a.jpg?sig=1"), signer=signer)
    url = Addresses(source=sent("https://b.com/a.jpg?sig=1"), signer=signer)(OPTIONS)
    assert "/https%3A%2F%2Fb.com%2Fa.jpg%3Fsig%3D1?sig=" in url


def test_files_are_found_below_the_folder_of_originals(tmp_path: Path) -> None:
    assert found_at(tmp_path / "x" / "50%.jpg", str(tmp_path)) == "x/50%25.jpg"
    assert found_at("./x/a b.jpg", "") == "x/a%20b.jpg"
    assert found_at("https://b.com/a.jpg", "") == "https://b.com/a.jpg"


@pytest.mark.parametrize("source", [b"bytes", "/elsewhere/a.jpg", "../a.jpg", "s3://b/a.jpg"])
def test_what_no_server_finds_by_that_name_needs_an_address(source: object) -> None:
    with pytest.raises(BadOption, match="Expected url"):
        found_at(source, "")


@pytest.mark.parametrize("base", ["b.com", "ftp://b.com", 'https://b.com/?"', "javascript:x"])
def test_a_base_is_an_address(base: str) -> None:
    with pytest.raises(BadOption, match="Expected http"):
        prefix(base, "")


def test_a_limited_key_signs_nothing_that_a_server_would_refuse() -> None:
    signer = Signer(limited=read_limited({"shop": "secret width fit"}, ()))
    addresses = Addresses(source="a.jpg", signer=signer, key="shop")
    assert "&sig=" in f"&{addresses(OPTIONS).partition('?')[2]}"
    with pytest.raises(OptionNotAllowed, match=r"for the key shop, got 'height'\.$"):
        addresses(parse_options("width=80,height=60").options)


def test_urls_expire_and_name_a_key_only_where_they_are_signed() -> None:
    with pytest.raises(BadOption, match="FOVEATE_SIGNING__KEYS"):
        Addresses(source="a.jpg", expires=99)
    with pytest.raises(BadSettings, match="limited_keys"):
        Addresses(source="a.jpg", key="shop")

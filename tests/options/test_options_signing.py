from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.errors import BadSettings, BadSignature, LinkExpired
from foveate.options.signing import Signer, split_query

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "/cdn-cgi/image/width=80/photos/a%20b.jpg"
NOW = 1_700_000_000.0
TEXT = st.text(alphabet="abcxyz019-._~%=&", max_size=30)


def verify(signer: Signer, url: str, now: float = NOW) -> int | None:
    path, _, query = url.partition("?")
    return signer.grant(path, query, now).expires


def test_a_signature_is_plain_hmac_that_anybody_can_make() -> None:
    signed = f"{PATH}?v=1&exp=1700000060"
    digest = hmac.new(b"key", signed.encode(), hashlib.sha256).hexdigest()
    assert verify(Signer(("key",)), f"{signed}&sig={digest}") == 1_700_000_060
    assert Signer(("key",)).sign(f"{PATH}?v=1", expires=1_700_000_060) == f"{signed}&sig={digest}"
    bare = hmac.new(b"key", PATH.encode(), hashlib.sha256).hexdigest()
    assert Signer(("key",)).sign(PATH) == f"{PATH}?sig={bare}"


@given(TEXT, st.none() | st.integers(1_700_000_001, 9_999_999_999))
def test_what_was_signed_is_verified(query: str, expires: int | None) -> None:
    signer = Signer(("key",))
    url = signer.sign(f"{PATH}?{query}" if query else PATH, expires)
    assert verify(signer, url) == expires
    assert split_query(url.partition("?")[2])[0] == query


@pytest.mark.parametrize(
    "change",
    [
        lambda query, sig: f"{query}&{sig.upper()}",
        lambda query, sig: f"{query}&sig={sig[4:].upper()}",
        lambda query, sig: f"{query}&{sig}&".lstrip("&"),
        lambda query, sig: f"{query}&&{sig}",
        lambda query, sig: f"&{query}&{sig}",
        lambda query, sig: f"{sig}&{query}",
        lambda query, sig: query.replace("&", f"&{sig}&"),
        lambda query, sig: f"{query}&{sig.replace('=', '%3D')}",
        lambda query, sig: f"{query}&%73{sig[1:]}",
    ],
)
@pytest.mark.parametrize("query", ["a=1&b=2", ""])
def test_one_link_has_one_spelling(query: str, change: Callable[[str, str], str]) -> None:
    signer = Signer(("key",))
    url = signer.sign(f"{PATH}?{query}" if query else PATH)
    assert verify(signer, url) is None
    other = f"{PATH}?{change(query, url[url.index('sig=') :])}"
    if other == url:
        pytest.skip("without another parameter there is nothing to change places with")
    with pytest.raises(BadSignature):
        verify(signer, other)


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("width=80", "width=81"),
        lambda url: url.replace("v=1", "v=2"),
        lambda url: url.replace("exp=1700000060", "exp=1800000060"),
        lambda url: url.replace("v=1&exp", "exp"),
        lambda url: url.replace("%20", " "),
        lambda url: url[:-1],
        lambda url: url[:-64],
        lambda url: url + "0",
        lambda url: url.replace("&sig=", "&nosig="),
        lambda url: url + "&extra=1",
        lambda url: url.replace("sig=", "sig=é"),
        lambda url: url + "&exp=1800000060",
        lambda url: url + "&sig=00",
    ],
)
def test_no_change_goes_unnoticed(change: Callable[[str], str]) -> None:
    url = Signer(("key",)).sign(f"{PATH}?v=1", expires=1_700_000_060)
    assert change(url) != url
    with pytest.raises(BadSignature):
        verify(Signer(("key",)), change(url))


def test_keys_rotate_any_verifies_and_the_first_signs() -> None:
    old, new = Signer(("old",)), Signer(("new", "old"))
    assert verify(new, old.sign(PATH)) is None
    assert new.sign(PATH) == Signer(("new",)).sign(PATH)
    with pytest.raises(BadSignature):
        verify(Signer(("new",)), old.sign(PATH))


def test_a_link_expires_at_its_second() -> None:
    signer = Signer(("key",))
    url = signer.sign(PATH, expires=1_700_000_000)
    assert verify(signer, url, now=1_699_999_999.9) == 1_700_000_000
    with pytest.raises(LinkExpired):
        verify(signer, url, now=1_700_000_000.0)


@pytest.mark.parametrize("expiry", ["", "soon", "-1", "1e12", "1" * 13])
def test_a_signed_expiry_that_is_no_time_is_refused(expiry: str) -> None:
    signer = Signer(("key",))
    with pytest.raises(BadSignature, match="Expected exp in unix seconds"):
        verify(signer, signer.sign(f"{PATH}?exp={expiry}"))


def test_signing_again_keeps_or_replaces_the_expiry_and_never_doubles() -> None:
    signer = Signer(("key",))
    once = signer.sign(f"{PATH}?v=1", expires=1_700_000_060)
    assert signer.sign(once) == once
    assert signer.sign(once, expires=1_700_000_999) == signer.sign(
        f"{PATH}?v=1", expires=1_700_000_999
    )


def test_without_keys_every_link_is_good_and_none_can_be_signed() -> None:
    assert verify(Signer(), f"{PATH}?exp=1&sig=nonsense") is None
    with pytest.raises(BadSettings, match="FOVEATE_SIGNING__KEYS"):
        Signer().sign(PATH)


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(BadSettings, match="got an empty one"):
        Signer(("key", ""))


def test_keys_do_not_show_in_logs() -> None:
    assert "secret" not in repr(Signer(("secret",)))


@pytest.mark.parametrize(
    ("query", "rest", "ours"),
    [
        ("", "", {}),
        ("v=1", "v=1", {}),
        ("v=1&&b=%2f&", "v=1&&b=%2f&", {}),
        ("exp=9", "", {"exp": "9"}),
        ("v=1&exp=9&b=%2F&sig=ab", "v=1&b=%2F", {"exp": "9", "sig": "ab"}),
        ("expired=1&signed=2", "expired=1&signed=2", {}),
    ],
)
def test_our_parameters_are_told_from_those_of_the_source(
    query: str, rest: str, ours: dict[str, str]
) -> None:
    assert split_query(query) == (rest, ours)


@pytest.mark.parametrize("query", ["exp=1&exp=1", "sig=a&v=1&sig=a", "sig=a&sig"])
def test_our_parameters_come_once(query: str) -> None:
    with pytest.raises(BadSignature, match="once, got it twice"):
        split_query(query)


@given(st.text(), st.text())
def test_no_url_is_too_strange_to_refuse(path: str, query: str) -> None:
    with pytest.raises((BadSignature, LinkExpired)):
        Signer(("key",)).grant(path, query, NOW)

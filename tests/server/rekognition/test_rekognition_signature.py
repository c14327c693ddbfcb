"""Signature Version 4: what botocore signs is believed, and nothing that differs from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from foveate.server.rekognition.problems import Refused
from foveate.server.rekognition.signature import Signed, read_claim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from foveate.server.rekognition.signature import Headers

ACCESS_KEY, SECRET = "AKIDEXAMPLE0000000000", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TARGET = "RekognitionService.DetectFaces"
BODY = b'{"Image": {}}'


def signed(
    body: bytes = BODY,
    *,
    path: str = "/",
    secret: str = SECRET,
    region: str = "us-west-2",
    service: str = "rekognition",
    more: Mapping[str, str] | None = None,
    method: str = "POST",
) -> Headers:
    """The headers of a request that botocore signed now."""
    headers = {
        "Host": "pics.test:8100",
        "X-Amz-Target": TARGET,
        "Content-Type": "application/x-amz-json-1.1",
        **(more or {}),
    }
    url = f"http://pics.test:8100{path}"
    request = AWSRequest(method=method, url=url, data=body, headers=headers)
    SigV4Auth(Credentials(ACCESS_KEY, secret), service, region).add_auth(request)
    return as_sent(dict(request.headers.items()))


def as_sent(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def instead(headers: Headers, name: str, value: bytes | None) -> Headers:
    rest = [pair for pair in headers if pair[0] != name.encode()]
    return rest if value is None else [*rest, (name.encode(), value)]


def value_of(headers: Headers, name: str) -> bytes:
    return dict(headers)[name.encode()]


def check(
    headers: Headers,
    body: bytes = BODY,
    *,
    paths: tuple[str, ...] = ("/",),
    secret: str = SECRET,
    region: str = "",
    now: datetime | None = None,
) -> None:
    claim = read_claim(headers, now=now or datetime.now(UTC), region=region)
    assert claim.access_key == ACCESS_KEY
    Signed(claim=claim, paths=paths, headers=headers).verify(body, secret)


def refused(headers: Headers, body: bytes = BODY, **how: object) -> str:
    with pytest.raises(Refused) as caught:
        check(headers, body, **how)  # type: ignore[arg-type]
    return str(caught.value.kind)


@pytest.mark.parametrize("path", ["/", "/rekognition", "/a/rekognition", "/a~b/c%20d"])
def test_what_botocore_signs_is_believed(path: str) -> None:
    check(signed(path=path), paths=(path,))
    check(signed(path=path), paths=("/elsewhere", path))
    assert refused(signed(path=path), paths=("/elsewhere",)) == "InvalidSignatureException"


WORDS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=20)


@given(body=st.binary(max_size=200), values=st.lists(WORDS, max_size=3), region=st.from_regex(
    r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True
))  # fmt: skip
def test_any_body_and_any_headers_that_botocore_signs_are_believed(
    body: bytes, values: list[str], region: str
) -> None:
    more = {f"X-Amz-Meta-{number}": value for number, value in enumerate(values)}
    headers = signed(body, region=region, more=more)
    check(headers, body)
    assert refused(headers, body + b" ") == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", b"evil.test"),
        ("x-amz-target", b"RekognitionService.DeleteCollection"),
        ("content-type", b"text/plain"),
        ("x-amz-content-sha256", b"0" * 64),
        ("x-amz-meta-new", b"not signed"),
        ("host", None),
        ("x-amz-target", None),
    ],
)
def test_a_header_that_was_changed_added_or_taken_away_is_refused(
    name: str, value: bytes | None
) -> None:
    assert refused(instead(signed(), name, value)) == "InvalidSignatureException"


@pytest.mark.parametrize("name", ["host", "x-amz-target", "x-amz-date"])
def test_what_matters_must_be_signed(name: str) -> None:
    headers = signed()
    said = value_of(headers, "authorization").decode()
    names = said.partition("SignedHeaders=")[2].partition(",")[0]
    fewer = ";".join(each for each in names.split(";") if each != name)
    headers = instead(headers, "authorization", said.replace(names, fewer).encode())
    assert refused(headers) == "InvalidSignatureException"


def test_a_second_host_or_target_is_refused() -> None:
    for name in ("host", "x-amz-target"):
        twice = [*signed(), (name.encode(), b"another")]
        assert refused(twice) == "InvalidSignatureException"


@pytest.mark.parametrize("late_s", [-301, -299, 0, 298, 301])
def test_a_signature_is_good_for_five_minutes_before_and_after(late_s: int) -> None:
    headers, now = signed(), datetime.now(UTC) + timedelta(seconds=late_s)
    if abs(late_s) < 300:
        check(headers, now=now)
    else:
        assert refused(headers, now=now) == "InvalidSignatureException"


def test_the_scope_must_be_ours_and_the_day_that_of_the_request() -> None:
    assert refused(signed(service="s3")) == "InvalidSignatureException"
    assert refused(signed(), region="us-east-1") == "InvalidSignatureException"
    check(signed(), region="us-west-2")
    headers = signed()
    said = value_of(headers, "authorization")
    day = said.split(b"/")[1]
    other = instead(headers, "authorization", said.replace(day, b"20200101"))
    assert refused(other) == "InvalidSignatureException"


def test_another_secret_is_refused() -> None:
    assert refused(signed(secret="x" * 40)) == "InvalidSignatureException"
    assert refused(signed(), secret="") == "InvalidSignatureException"


def test_a_key_of_any_length_is_read_so_that_it_is_told_as_unknown() -> None:
    headers = signed()
    said = value_of(headers, "authorization")
    short = instead(headers, "authorization", said.replace(ACCESS_KEY.encode(), b"AKIAX"))
    assert read_claim(short, now=datetime.now(UTC)).access_key == "AKIAX"


def test_another_method_is_refused() -> None:
    assert refused(signed(method="PUT")) == "InvalidSignatureException"


def test_a_session_token_is_none_of_ours() -> None:
    headers = signed(more={"X-Amz-Security-Token": "token"})
    assert refused(headers) == "UnrecognizedClientException"


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (None, "MissingAuthenticationTokenException"),
        (b"Bearer abc", "IncompleteSignatureException"),
        (b"AWS4-HMAC-SHA256", "IncompleteSignatureException"),
        (b"AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=00", "Incomplete"),
        (b"AWS4-HMAC-SHA512 Credential=", "IncompleteSignatureException"),
        (b"AWS4-HMAC-SHA256 " + b"Credential=x," * 1000, "IncompleteSignatureException"),
        ("AWS4-HMAC-SHA256 Credential=\xe9".encode("latin-1"), "IncompleteSignatureException"),
    ],
)
def test_what_is_no_signature_is_told_so(written: bytes | None, kind: str) -> None:
    assert refused(instead(signed(), "authorization", written)).startswith(kind)


@given(st.binary(max_size=300))
def test_no_header_breaks_it(written: bytes) -> None:
    headers = instead(signed(), "authorization", b"AWS4-HMAC-SHA256 " + written)
    assert refused(headers).endswith("Exception")

from __future__ import annotations

import json

import pytest
from events import asked, said

from foveate.errors import BadBody
from foveate.serverless.http import body_of, is_request, reply, scope_of, size_of


def test_paths_and_queries_stay_as_they_were_sent() -> None:
    path = "/cdn-cgi/image/width=80/https://b.com/a%2520b%2Fc%3Fd.jpg"
    scope = scope_of(asked(path, "v=1&sig=a%2Bb+c"))
    assert scope["raw_path"] == path.encode()
    assert scope["path"] == "/cdn-cgi/image/width=80/https://b.com/a%20b/c?d.jpg"
    assert scope["query_string"] == b"v=1&sig=a%2Bb+c"


@pytest.mark.parametrize(
    ("decoded", "raw"),
    [
        ("/width=80/a b.jpg", b"/width=80/a%20b.jpg"),
        ("/width=80/\u00e9.jpg", b"/width=80/%C3%A9.jpg"),
        ("/width=80/a#b?c.jpg", b"/width=80/a%23b%3Fc.jpg"),
        ("/width=80/a\r\nb\0.jpg", b"/width=80/a%0D%0Ab%00.jpg"),
        ("/width=80/\ud800.jpg", b"/width=80/%3F.jpg"),
        ("", b"/"),
    ],
)
def test_what_a_gateway_decoded_is_encoded_again_as_far_as_can_be_known(
    decoded: str, raw: bytes
) -> None:
    assert scope_of(asked(decoded))["raw_path"] == raw


def test_who_asks_is_whom_the_platform_names_and_not_a_header() -> None:
    scope = scope_of(asked("/", X_Forwarded_For="127.0.0.1", X_Request_Id="seven"))
    assert scope["client"] == ("203.0.113.9", 0)
    assert scope["scheme"] == "https"
    assert (b"x-request-id", b"seven") in scope["headers"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"headers": {"a": None}},
        {"headers": {"a": 1}},
        {"headers": ["a"]},
        {"cookies": [None]},
        {"cookies": "a=1"},
        {"rawPath": 5},
        {"rawQueryString": ["a"]},
        {"requestContext": {"http": {"method": "GET", "sourceIp": 7}}},
    ],
)
def test_events_that_no_platform_sends_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadBody, match="of an event as "):
        scope_of(asked("/") | wrong)


def test_what_an_event_leaves_out_or_has_as_nothing_is_nothing() -> None:
    event = asked("/") | dict.fromkeys(("rawPath", "rawQueryString", "headers", "cookies", "body"))
    scope = scope_of(event)
    assert (scope["path"], scope["query_string"], scope["headers"]) == ("/", b"", [])
    assert body_of(event) == b""


def test_cookies_come_as_one_header_and_leave_apart() -> None:
    event = asked("/") | {"cookies": ["a=1", "b=2; c"]}
    assert (b"cookie", b"a=1; b=2; c") in scope_of(event)["headers"]
    headers = [
        (b"vary", b"accept"),
        (b"set-cookie", b"a=1"),
        (b"vary", b"dpr"),
        (b"set-cookie", b"b=2"),
    ]
    answer = reply(200, headers, b"")
    assert answer["headers"] == {"vary": "accept, dpr"}
    assert answer["cookies"] == ["a=1", "b=2"]


def test_bodies_are_bytes_or_text() -> None:
    assert body_of(asked("/", body=b"\xff\xd8cat")) == b"\xff\xd8cat"
    assert body_of(asked("/") | {"body": '{"url": "\u00e9"}'}) == '{"url": "\u00e9"}'.encode()
    assert body_of(asked("/")) == b""
    with pytest.raises(BadBody):
        body_of(asked("/") | {"body": "not base64!", "isBase64Encoded": True})


def test_answers_are_sent_byte_for_byte_and_their_size_is_known() -> None:
    answer = reply(200, [(b"content-type", b"image/webp")], bytes(range(256)))
    assert said(answer) == bytes(range(256))
    assert size_of(answer) == len(json.dumps(answer))


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"version": "1.0", "path": "/", "requestContext": {"httpMethod": "GET"}},
        {"version": "2.0", "requestContext": None},
        {"requestContext": {"http": {}}},
    ],
)
def test_other_events_are_no_requests(event: dict[str, object]) -> None:
    assert not is_request(event)

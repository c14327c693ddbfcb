"""What a server that refuses says, as an error here."""

from __future__ import annotations

import httpcore
import pytest

from foveate.errors import BadOption, RateExceeded
from foveate.storage.api_server import ApiServer, refusal


@pytest.mark.parametrize(
    ("later", "seconds"),
    [(b"41", 41.0), (b"", 1.0), (b"Fri, 27 Nov 2020 17:00:00 GMT", 0.0), (b"9" * 400, 86400.0)],
)
def test_a_server_that_is_asked_too_often_says_when_to_ask_again(
    later: bytes, seconds: float
) -> None:
    said = b'{"error": "QuotaSpent", "message": "Too many."}'
    why = refusal(httpcore.Response(429, headers=[(b"Retry-After", later)], content=said))
    assert isinstance(why, RateExceeded)
    assert (why.retry_after_s, why.public) == (seconds, "Too many.")


def test_a_key_of_a_file_is_taken_without_the_end_of_its_line() -> None:
    server = ApiServer("http://127.0.0.1:1", "foveate_secret\n")
    assert server.headers["authorization"] == "Bearer foveate_secret"
    assert "authorization" not in ApiServer("http://127.0.0.1:1", " \n").headers


@pytest.mark.parametrize("key", ["schlüssel", "two words", "two\nlines", "nothing\0", "\x7f"])
def test_what_can_be_no_key_is_refused_at_once_and_not_told(key: str) -> None:
    with pytest.raises(BadOption, match="Expected a key") as met:
        ApiServer("http://127.0.0.1:1", key)
    assert key not in f"{met.value} {met.value.public}"

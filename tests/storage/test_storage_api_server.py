"""What a server that refuses says, as an error here."""

from __future__ import annotations

import httpcore
import pytest

from foveate.errors import RateExceeded
from foveate.storage.api_server import refusal


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

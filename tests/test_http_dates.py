"""When one may ask again, as answers say it."""

from __future__ import annotations

import pytest

from foveate.http_dates import again_s


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Thu, 01 Jan 1970 00:00:09 GMT", 5.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        *((text, None) for text in ("", "soon", "-1", "1.5", "\u0667", "Thu, 99 Jan 1970")),
    ],
)
def test_seconds_and_dates_say_when(said: str, later: float | None) -> None:
    assert again_s(said, 4.0) == later

"""What answers say of time: dates, and when one may ask again. Pure: no request is made here."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

MAX_DATE: Final = 64
"""Characters: an HTTP-date has some 30 (RFC 9110 5.6.7)."""


def http_date(text: str) -> float | None:
    """Return an HTTP-date as unix seconds, or None for anything else (RFC 9110 5.6.7)."""
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def again_s(said: str, now: float) -> float | None:
    """Return after how long `Retry-After` lets one ask again, if it says so (RFC 9110 10.2.3)."""
    said = said.strip()[:MAX_DATE]
    if said.isascii() and said.isdecimal():
        return float(said)
    date = http_date(said)
    return None if date is None else max(0.0, date - now)


def stamp(seconds: float | None) -> str | None:
    """Return a time as in ISO 8601, in UTC.

    >>> stamp(0.25), stamp(None)
    ('1970-01-01T00:00:00.250Z', None)
    """
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"

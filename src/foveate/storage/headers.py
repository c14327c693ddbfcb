"""What the headers of an answer mean. Pure: no request is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from foveate.http_dates import MAX_DATE, http_date
from foveate.storage.directives import directives, structured
from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from foveate.storage.directives import Directives

ETAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e]{1,256})"')
"""Longer or stranger tags are not repeated to anybody."""
INSISTS: Final = frozenset(
    {"no-cache", "no-store", "private", "must-revalidate", "proxy-revalidate"}
)
PRIVATE: Final = frozenset({"no-store", "private"})
AGELESS: Final = PRIVATE | {"no-cache"}
MAX_AGE_S: Final = 2.0**31
"""What RFC 9111 1.2.2 asks a cache to take longer ages for."""
TARGETED: Final = (("cdn-cache-control", structured), ("surrogate-control", directives))
"""What is meant for caches such as we are, and how it is read: the first that is there comes before
`Cache-Control` and `Expires` (RFC 9213 2.2; W3C Edge Architecture 2)."""
MAX_ETAG: Final = 260
MAX_VALUE: Final = 512
KEPT: Final = {
    "etag": MAX_ETAG,
    "expires": MAX_DATE,
    "last-modified": MAX_DATE,
    "access-control-allow-origin": MAX_DATE,
    **dict.fromkeys(("cache-control", "vary", *(name for name, _ in TARGETED)), MAX_VALUE),
}
"""What is remembered of an answer, for the 304 that changes a part of it, and how many characters
of each at most: strangers write these. A longer value is read, and not remembered."""
COMING: Final = frozenset({"age", "date"})
"""What tells how old an answer was when it came, and nothing about a later one."""


@dataclass(frozen=True, slots=True)
class AnswerHeaders:
    """What one answer says about itself."""

    last_modified: str
    lifetime: Lifetime
    validators: tuple[tuple[str, str], ...]
    """The request headers that ask whether it still holds."""

    def version(self, data: bytes) -> str:
        """Return what changes when the bytes change."""
        if self.lifetime.etag:
            return self.lifetime.etag
        if self.last_modified:
            return f"{self.last_modified} {len(data)}"
        return sha256(data).hexdigest()


def join_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by lower-case name; repeated ones are joined by commas."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return {name: ", ".join(all_of_it) for name, all_of_it in values.items()}


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those headers of an answer that decide how long it is believed."""
    return {n: value for n, value in headers.items() if len(value) <= KEPT.get(n, -1)}


def renewed_headers(kept: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str] | None:
    """Return the kept headers as a 304 renews them (RFC 9111 4.3.4), or None if it means another.

    They are to be read, and only `kept_headers` of them to be remembered. A 304 with another tag
    speaks of bytes that we do not hold.
    """
    held, meant = (ETAG.fullmatch(each.get("etag", "")) for each in (kept, said))
    if meant and (held is None or held[1] != meant[1]):
        return None
    return {**kept, **{name: said[name] for name in said.keys() & (KEPT.keys() | COMING)}}


def read_headers(headers: Mapping[str, str], now: float) -> AnswerHeaders:
    """Return what the headers, by lower-case name, say about a body that came at `now` (unix s)."""
    raw_etag = headers.get("etag", "")
    etag = ETAG.fullmatch(raw_etag)
    modified = headers.get("last-modified", "")
    if len(modified) > MAX_DATE or not (modified.isascii() and modified.isprintable()):
        modified = ""
    asks = (("If-None-Match", raw_etag if etag else ""), ("If-Modified-Since", modified))
    return AnswerHeaders(
        last_modified=modified,
        lifetime=replace(
            lifetime(headers, now),
            etag=etag[1] if etag else "",
            shared=headers.get("access-control-allow-origin", "").strip() == "*",
        ),
        validators=tuple((name, value) for name, value in asks if value),
    )


def lifetime(headers: Mapping[str, str], now: float) -> Lifetime:
    """Return how long a shared cache may believe an answer that came at `now` (RFC 9111 4.2).

    What the origin does not say is left open: no guess is made from Last-Modified.
    """
    said = directives(headers.get("cache-control", ""))
    expires_s, spent_s = _expires(headers, now), _age(headers, now)
    targeted = _targeted(headers)
    ours = _judge(said, expires_s, spent_s)
    if targeted is not None:
        ours = _judge(targeted, None, spent_s)
    said.pop("s-maxage", None)  # Not for clients.
    clients = _judge(said, expires_s, spent_s)
    if "*" in headers.get("vary", "").replace(" ", "").split(","):
        # Nobody can tell whether another request would get the same (RFC 9110 12.5.5).
        never = Lifetime(0.0, must_revalidate=True)
        ours, clients = (replace(never, private=each.private) for each in (ours, clients))
    told = (clients.max_age_s, clients.must_revalidate, clients.private)
    same = told == (ours.max_age_s, ours.must_revalidate, ours.private)
    return ours if same else replace(ours, clients=clients)


def _targeted(headers: Mapping[str, str]) -> Directives | None:
    for name, read in TARGETED:
        if name in headers and (said := read(headers[name])):
            return said
    return None


def _judge(said: Directives, expires_s: float | None, spent_s: float) -> Lifetime:
    """Return what directives mean; `expires_s` is for those that name no age."""
    if AGELESS & said.keys():
        private = bool(PRIVATE & said.keys())
        return Lifetime(max_age_s=0.0, must_revalidate=True, private=private)
    ages = (_seconds(said, name) for name in ("s-maxage", "max-age"))
    named_s = next((age for age in ages if age is not None), expires_s)
    insists = bool(INSISTS & said.keys())
    return Lifetime(
        max_age_s=None if named_s is None else max(0.0, named_s - spent_s),
        # Stale when it came: as clear as no-cache, but it may be used stale.
        must_revalidate=insists or named_s == 0,
        stale_s=0.0 if insists else _seconds(said, "stale-while-revalidate") or 0.0,
        stale_on_error_s=0.0 if insists else _seconds(said, "stale-if-error") or 0.0,
    )


def _seconds(said: Directives, name: str) -> float | None:
    """Return the least of the ages that a directive names; one that is no age is 0 (9111 4.2.1)."""
    values = said.get(name)
    return min(map(_delta, values)) if values else None


def _delta(text: str) -> float:
    return min(float(text), MAX_AGE_S) if text.isascii() and text.isdecimal() else 0.0


def _expires(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds from Date to Expires; what is no date is in the past (RFC 9111 5.3)."""
    if "expires" not in headers:
        return None
    until, since = http_date(headers["expires"]), http_date(headers.get("date", ""))
    if until is None:
        return 0.0
    return max(0.0, min(until - (now if since is None else since), MAX_AGE_S))


def _age(headers: Mapping[str, str], now: float) -> float:
    """Return how old an answer was when it came (RFC 9111 4.2.3)."""
    date = http_date(headers.get("date", ""))
    apparent = 0.0 if date is None else max(0.0, now - date)
    # Repeated, the first of it counts (RFC 9111 5.1).
    return max(apparent, _delta(headers.get("age", "").partition(",")[0].strip()))

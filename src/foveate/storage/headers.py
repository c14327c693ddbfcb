"""What the headers of an answer mean. Pure: no request is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from foveate.values import Lifetime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ETAG: Final = re.compile(r'(?:W/)?"([\x21\x23-\x7e]{1,256})"')
"""Longer or stranger tags are not repeated to anybody."""
DIRECTIVE: Final = re.compile(r'([a-z-]+)(?:\s*=\s*"?(\d+)"?)?')
INSISTS: Final = frozenset(
    {"no-cache", "no-store", "private", "must-revalidate", "proxy-revalidate"}
)
PRIVATE: Final = frozenset({"no-store", "private"})
AGELESS: Final = PRIVATE | {"no-cache"}
MAX_AGE_S: Final = 2.0**31
"""What RFC 9111 asks a cache to take longer ages for."""


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
    joined: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def read_headers(headers: Mapping[str, str]) -> AnswerHeaders:
    """Return what the headers, by lower-case name, say about the body."""
    raw_etag = headers.get("etag", "")
    etag = ETAG.fullmatch(raw_etag)
    modified = headers.get("last-modified", "")
    modified = modified if modified.isascii() and modified.isprintable() else ""
    asks = (("If-None-Match", raw_etag if etag else ""), ("If-Modified-Since", modified))
    said = lifetime(headers.get("cache-control", ""), headers.get("age", ""))
    return AnswerHeaders(
        last_modified=modified[:64],
        lifetime=replace(
            said,
            etag=etag[1] if etag else "",
            shared=headers.get("access-control-allow-origin", "").strip() == "*",
        ),
        validators=tuple((name, value) for name, value in asks if value),
    )


def lifetime(cache_control: str, age: str = "") -> Lifetime:
    """Read Cache-Control as a shared cache: s-maxage before max-age, less the Age so far."""
    said = dict(DIRECTIVE.findall(cache_control.lower()))
    if AGELESS & said.keys():
        private = bool(PRIVATE & said.keys())
        return Lifetime(max_age_s=0.0, must_revalidate=True, private=private)
    seconds = said.get("s-maxage") or said.get("max-age")
    spent = float(age) if age.isdecimal() and age.isascii() else 0.0
    return Lifetime(
        max_age_s=max(0.0, min(float(seconds), MAX_AGE_S) - spent) if seconds else None,
        must_revalidate=bool(INSISTS & said.keys()),
    )

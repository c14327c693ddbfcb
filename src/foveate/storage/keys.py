"""What a key may look like, before any file, bucket or server sees it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from foveate.errors import BadUrl, SourceNotFound

MAX_KEY: Final = 4096
MAX_URL: Final = 8192
MAX_DECODES: Final = 4
NEVER: Final = re.compile(r"[\0\\\ud800-\udfff]")
"""NUL ends a path in C, a backslash divides one elsewhere, a lone surrogate has no bytes."""

DEVICE: Final = re.compile(
    r"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE
)
"""What Windows takes for a device, whatever its ending is."""
ELSEWHERE: Final = re.compile(rf"""[\x00-\x1f"*:<>?|\\/]|[ .]$|{DEVICE.pattern}""", re.IGNORECASE)
"""What Windows takes for something else than a file's name: drives, streams, devices, ends that it
leaves out."""

_URL: Final = re.compile(r"https?://", re.IGNORECASE)
_REMOTE: Final = re.compile(r"(https?|s3)://", re.IGNORECASE)
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
IN_PATHS: Final = "/!$&'()*+,;=:@~%"
"""What RFC 3986 lets stand in a path as it is, with what encodes the rest."""
IN_QUERIES: Final = IN_PATHS + "?[]^`{|}"


def is_url(text: str) -> bool:
    """Return whether a key, or the place of originals, is an absolute http(s) URL."""
    return _URL.match(text) is not None


def is_remote(place: str) -> bool:
    """Return whether a folder or a key is somewhere else: an address, or in a bucket."""
    return _REMOTE.match(place) is not None


def often_decoded(path: str) -> str:
    """Return the path as an origin sees it that decodes more often than it should."""
    for _ in range(MAX_DECODES):
        path, before = unquote(path), path
        if path == before:
            break
    return path


def segments(key: str) -> list[str]:
    """Return the parts of a decoded relative path, none of which can climb.

    One leading slash and doubled slashes inside are forgiven. Raises SourceNotFound for the rest:
    the same answer for what is missing and what is forbidden leaves nothing to probe.
    """
    parts = [part for part in key.split("/") if part]
    forbidden = (
        not parts
        or len(key) > MAX_KEY
        or key.startswith("//")
        or key.endswith("/")
        or NEVER.search(key) is not None
        or any(part in {".", ".."} for part in parts)
    )
    if forbidden:
        without = "a backslash" if "\\" in key else "'..'"
        raise SourceNotFound(f"Expected a relative path without {without}, got {key[:200]!r}.")
    return parts


def plain(part: str) -> str:
    """Return a part of a path that means on Windows, too, a file of just that name.

    Raises SourceNotFound.

    >>> plain("a.jpg")
    'a.jpg'
    """
    if ELSEWHERE.search(part):
        raise SourceNotFound(f"Expected a name that Windows has, got {part[:200]!r}.")
    return part


def under(base: str, key: str) -> str:
    """Return the URL of a key under an http(s) base: there a key is a path with its query.

    What is percent-encoded stays so, and what cannot stand in a URL gets so. Raises SourceNotFound
    for a path that climbs, however often it is decoded, and BadUrl for a longer one than we ask
    for: neither says what the base is.

    >>> under("https://b.com/photos/", "a%2Fb c.jpg?id=5")
    'https://b.com/photos/a%2Fb%20c.jpg?id=5'
    """
    path, mark, query = key.partition("?")
    segments(often_decoded(path).removesuffix("/"))
    sent = _sent(path.removeprefix("/"), IN_PATHS)
    url = f"{base.rstrip('/')}/{sent}{mark}{_sent(query, IN_QUERIES)}"
    if len(url) > MAX_URL:
        raise BadUrl(f"Expected a source of fewer than {MAX_URL} characters, got {len(key)}.")
    return url


def _sent(text: str, safe: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe=safe, errors="replace")

"""Files of pages, as they are sent: pressed for who takes that, and asked for again only if other.

A text is pressed when the first client takes it so, and that is kept: nothing is built beforehand.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.server.answer import Answer, encode_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".xml": "application/xml",
}
"""What files are, by the ends of their names."""
PLAIN: Final = "text/plain; charset=utf-8"
FOREVER: Final = "public, max-age=31536000, immutable"
HASH_DIGITS: Final = 12
OK: Final = 200
BROTLI_QUALITY: Final = 5
"""At 5 all files of the studio take 20 ms; at 11, the best, 400 ms for 9 % less."""
LARGE: Final = 100_000
LARGE_QUALITY: Final = 9
"""The index of the documentation, of 200 kB, is 2 % smaller with it, for 25 ms more, once."""


def _brotli(data: bytes) -> bytes:
    # Many servers are never asked for a page.
    import brotli  # noqa: PLC0415

    quality = LARGE_QUALITY if len(data) > LARGE else BROTLI_QUALITY
    pressed: bytes = brotli.compress(data, quality=quality)  # type: ignore[no-untyped-call]
    return pressed


CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": _brotli,
    "gzip": lambda data: gzip.compress(data, mtime=0),
}
"""Those that we speak, the smallest first."""
IDENTITY: Final = "identity"
"""What clients call no coding; taken where nothing is said of it, but not liked better."""


def digest(data: bytes) -> str:
    """Return a name that changes with the bytes."""
    return hashlib.sha256(data).hexdigest()[:HASH_DIGITS]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is and, once somebody took it so, pressed."""

    kind: str
    plain: bytes
    _pressed: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def accepted(self, accept_encoding: str) -> tuple[str, bytes]:
        """Return the coding to send to who accepts these, or nothing, and the bytes."""
        coding = preferred(accept_encoding) if self._shrinks else ""
        if not coding:
            return "", self.plain
        if coding not in self._pressed:
            self._pressed[coding] = CODINGS[coding](self.plain)
        return coding, self._pressed[coding]

    @property
    def _shrinks(self) -> bool:
        return not self.kind.startswith("image/") or self.kind == ENDS[".svg"]


def preferred(accept_encoding: str) -> str:
    """Return the coding that is liked best, of those liked alike the smallest; empty for none.

    >>> preferred("gzip, br"), preferred("gzip;q=1, br;q=0"), preferred("gzip;q=0.5, identity")
    ('br', 'gzip', '')
    """
    weights = dict(map(_weighed, accept_encoding.lower().split(",")))
    others = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda name: weights.get(name, others))
    weight = weights.get(best, others)
    return best if weight > 0 and weight >= weights.get(IDENTITY, 0.0) else ""


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = part.replace(" ", "").replace("\t", "").split(";")
    given = [each.removeprefix("q=") for each in parameters if each.startswith("q=")]
    try:
        return name, float(given[0]) if given else 1.0
    except ValueError:
        return name, 1.0


def sent(
    file: File, headers: Mapping[bytes, bytes], own: Mapping[str, str], *, status: int = OK
) -> Answer:
    """Return a file as the answer to a request with these headers; `own` are those of the file."""
    coding, body = file.accepted(headers.get(b"accept-encoding", b"").decode("latin-1"))
    etag = f'"{digest(body)}"'
    pairs = {
        "content-type": file.kind,
        "etag": etag,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        **own,
    }
    known = headers.get(b"if-none-match", b"").decode("latin-1").strip()
    if status == OK and (known == "*" or etag in known):
        return Answer(304, encode_headers(pairs.items()))
    if coding:
        pairs["content-encoding"] = coding
    pairs["content-length"] = str(len(body))
    return Answer(status, encode_headers(pairs.items()), body)

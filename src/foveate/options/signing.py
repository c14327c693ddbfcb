"""Signed and expiring URLs: HMAC-SHA256 over `path?query`, hex, in the parameter `sig`.

With keys `exp` (unix seconds) and `sig` are ours, and every other parameter belongs to the source;
a source's own `exp` and `sig` stay its own inside of a source that is encoded as a whole. Without
keys all of a query belongs to the source.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from foveate.errors import BadSettings, BadSignature, LinkExpired
from foveate.options.values import shown

EXPIRY: Final = "exp"
SIGNATURE: Final = "sig"
_SECONDS: Final = re.compile(r"\d{1,12}", re.ASCII)


def _name(parameter: str) -> str:
    return parameter.partition("=")[0]


def _without(query: str, *names: str) -> str:
    return "&".join(part for part in query.split("&") if _name(part) not in names)


def split_query(raw_query: str) -> tuple[str, dict[str, str]]:
    """Return what belongs to the source, byte for byte, and our `exp` and `sig` where given.

    Raises BadSignature when one of ours comes twice.

    >>> split_query("v=1&exp=99&b=%20&sig=ab")
    ('v=1&b=%20', {'exp': '99', 'sig': 'ab'})
    """
    ours: dict[str, str] = {}
    for part in raw_query.split("&"):
        name, _, value = part.partition("=")
        if name in ours:
            raise BadSignature(f"Expected {name} once, got it twice.")
        if name in {EXPIRY, SIGNATURE}:
            ours[name] = value
    return _without(raw_query, EXPIRY, SIGNATURE) if ours else raw_query, ours


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _joined_query(query: str, parameter: str) -> str:
    return f"{query}&{parameter}" if query else parameter


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the first key, and takes the signature of any. Without keys nothing is checked."""

    keys: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not all(self.keys):
            raise BadSettings("signing.keys: expected secret keys, got an empty one. Remove it.")

    def sign(self, path_and_query: str, expires: int | None = None) -> str:
        """Return the URL with `sig`, and with `exp` at those unix seconds if given.

        The other parameters keep their order. An `exp` that is there already stays when `expires`
        is None. Raises BadSettings without a key.
        """
        if not self.keys:
            raise BadSettings("Expected a key to sign with, got none. Set FOVEATE_SIGNING__KEYS.")
        path, _, query = path_and_query.partition("?")
        query = _without(query, SIGNATURE)
        if expires is not None:
            query = _joined_query(_without(query, EXPIRY), f"{EXPIRY}={expires}")
        signature = _digest(self.keys[0], _joined(path, query))
        return _joined(path, _joined_query(query, f"{SIGNATURE}={signature}"))

    def verify(self, raw_path: str, raw_query: str, now: float) -> int | None:
        """Return when the link expires in unix seconds, or None for never.

        Raises BadSignature or LinkExpired. Without keys every link is good and `exp` means nothing.
        """
        if not self.keys:
            return None
        _, ours = split_query(raw_query)
        signature = ours.get(SIGNATURE, "")
        query = _without(raw_query, SIGNATURE)
        # In the very place where `sign` puts it: one link has one spelling, so that nobody can make
        # a thousand URLs of it which caches take for a thousand pictures.
        if raw_query != _joined_query(query, f"{SIGNATURE}={signature}"):
            raise BadSignature
        if not self._made(signature, _joined(raw_path, query)):
            raise BadSignature
        return _still_good(ours.get(EXPIRY), now)

    def source_query(self, raw_query: str) -> str:
        """Return what of a query belongs to the source, byte for byte. Raises BadSignature."""
        return split_query(raw_query)[0] if self.keys else raw_query

    def _made(self, signature: str, text: str) -> bool:
        """Return whether any key made it, in a time that does not tell which, or how nearly."""
        given = signature.encode("utf-8", "surrogatepass")
        matches = [hmac.compare_digest(given, _digest(key, text).encode()) for key in self.keys]
        return any(matches)


def _digest(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _still_good(expiry: str | None, now: float) -> int | None:
    if expiry is None:
        return None
    if not _SECONDS.fullmatch(expiry):
        raise BadSignature(f"Expected {EXPIRY} in unix seconds, got {shown(expiry)}.")
    if now >= int(expiry):
        raise LinkExpired
    return int(expiry)

"""Signed and expiring URLs: HMAC-SHA256 over `path?query`, hex, in the parameter `sig`.

With keys `exp` (unix seconds) and `sig` are ours, and every other parameter belongs to the source;
a source's own `exp` and `sig` stay its own inside of a source that is encoded as a whole. Without
keys all of a query belongs to the source.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from foveate.configuration.nearest import meant
from foveate.errors import BadOption, BadSettings, BadSignature, LinkExpired
from foveate.options.allowed import Allowed
from foveate.options.rows_preset import PRESET
from foveate.options.table import BY_NAME, canonical, row_of, unknown_option
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXPIRY: Final = "exp"
SIGNATURE: Final = "sig"
UNSIGNED: Final = "unsigned"
"""What URLs without a signature are called among names of keys."""
SIGNED: Final = "signed"
"""What those are called that one of the keys without a name signed."""
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
class LimitedKey:
    """A key whose bearer may sign for some options alone."""

    secret: str = field(repr=False)
    allowed: Allowed


@dataclass(frozen=True, slots=True)
class Grant:
    """What a good signature gives: until when, in unix seconds, and which options."""

    expires: int | None = None
    """None is for ever."""
    allowed: Allowed | None = None
    """None is all of them."""
    key: str = ""
    """The name of the limited key that signed; empty for the others, and for none."""


def read_limited(texts: Mapping[str, str], presets: Iterable[str]) -> dict[str, LimitedKey]:
    """Return keys by name from texts such as `SECRET width preset=thumb`.

    Raises BadSettings for options and presets that there are not.
    """
    known = frozenset(presets)
    read, problems = {}, list[str]()
    for name, text in texts.items():
        secret, *entries = text.split()
        try:
            listed = frozenset(_entry(entry.lower(), known) for entry in entries)
        except BadOption as why:
            problems.append(f"limited_keys.{name}: {why}")
        else:
            read[name] = LimitedKey(secret, Allowed(listed, f"for the key {name}"))
    if problems:
        raise BadSettings("\n".join(problems), public="\n".join(problems))
    return read


def check_enforced(names: Iterable[str], limited: Iterable[str]) -> None:
    """Raise BadSettings where moderation is to be enforced on keys that there are not."""
    known = frozenset(limited) | {UNSIGNED}
    for name in names:
        if name.lower() not in known:
            raise BadSettings(
                f"moderation.enforce_on: expected {UNSIGNED} or a name in limited_keys, got "
                f"{shown(name)}{meant(name, known)}."
            )


def _entry(text: str, presets: frozenset[str]) -> str:
    name, equals, value = text.partition("=")
    name = canonical(name)
    groups = {row.partition(".")[0] for row in BY_NAME if "." in row}
    if row_of(name) is None and name not in groups:
        raise BadOption(f"there is no option {unknown_option(name)}.")
    if name == PRESET and equals and value not in presets:
        raise BadOption(f"there is no preset {shown(value)}{meant(value, presets)}.")
    return f"{name}{equals}{value}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the first key, and takes the signature of any. Without keys nothing is checked."""

    keys: tuple[str, ...] = field(default=(), repr=False)
    limited: Mapping[str, LimitedKey] = field(default_factory=dict)
    """By name, keys that are good for some options alone."""

    def __post_init__(self) -> None:
        if not all(self.keys):
            raise BadSettings("signing.keys: expected secret keys, got an empty one. Remove it.")

    @property
    def needed(self) -> bool:
        """Return whether image URLs need a signature."""
        return bool(self.keys or self.limited)

    def key(self, name: str | None = None) -> str:
        """Return the key to sign with: the first, or a limited one. Raises BadSettings."""
        if name is not None and name.lower() in self.limited:
            return self.limited[name.lower()].secret
        if name is not None:
            raise BadSettings(f"Expected the name of a key in limited_keys, got {shown(name)}.")
        if not self.keys:
            named = f", or name a limited one: {', '.join(self.limited)}" if self.limited else ""
            raise BadSettings(
                f"Expected a key to sign with, got none. Set FOVEATE_SIGNING__KEYS{named}."
            )
        return self.keys[0]

    def check(self, options: str, name: str | None = None) -> None:
        """Raise OptionNotAllowed for options that the limited key of that name is not for."""
        if name is not None and name.lower() in self.limited:
            self.limited[name.lower()].allowed.check(options)

    def sign(
        self, path_and_query: str, expires: int | None = None, *, key: str | None = None
    ) -> str:
        """Return the URL with `sig`, and with `exp` at those unix seconds if given.

        The other parameters keep their order. An `exp` that is there already stays when `expires`
        is None. `key` names a limited one. Raises BadSettings without a key.
        """
        secret = self.key(key)
        path, _, query = path_and_query.partition("?")
        query = _without(query, SIGNATURE)
        if expires is not None:
            query = _joined_query(_without(query, EXPIRY), f"{EXPIRY}={expires}")
        signature = _digest(secret, _joined(path, query))
        return _joined(path, _joined_query(query, f"{SIGNATURE}={signature}"))

    def grant(self, raw_path: str, raw_query: str, now: float) -> Grant:
        """Return what the signature of a URL gives. Raises BadSignature or LinkExpired.

        Without keys every link is good and `exp` means nothing.
        """
        if not self.needed:
            return Grant()
        _, ours = split_query(raw_query)
        signature = ours.get(SIGNATURE, "")
        query = _without(raw_query, SIGNATURE)
        # In the very place where `sign` puts it: one link has one spelling, so that nobody can make
        # a thousand URLs of it which caches take for a thousand pictures.
        if raw_query != _joined_query(query, f"{SIGNATURE}={signature}"):
            raise BadSignature
        key, allowed = self._made(signature, _joined(raw_path, query))
        return Grant(_still_good(ours.get(EXPIRY), now), allowed, key)

    def source_query(self, raw_query: str) -> str:
        """Return what of a query belongs to the source, byte for byte. Raises BadSignature."""
        return split_query(raw_query)[0] if self.needed else raw_query

    def _made(self, signature: str, text: str) -> tuple[str, Allowed | None]:
        """Return the key that made it and what that allows, in a time that does not tell which did.

        Raises BadSignature where none did.
        """
        given = signature.encode("utf-8", "surrogatepass")
        rights: list[tuple[str, str, Allowed | None]] = [(key, "", None) for key in self.keys]
        rights += [(key.secret, name, key.allowed) for name, key in self.limited.items()]
        matches = [
            (name, allowed)
            for key, name, allowed in rights
            if hmac.compare_digest(given, _digest(key, text).encode())
        ]
        if not matches:
            raise BadSignature
        return matches[0]


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

"""Embeddings and crops encrypted at rest: AES-256-GCM (NIST SP 800-38D), a key for each collection.

The operator's key encrypts nothing itself. Each time that a collection is made or rewritten, it
gets a key of its own, derived with HKDF (RFC 5869) by a salt that lies in its schema. So nonces by
chance, 96 bits of them, are within their bound of 2^32 messages however often an operator rewrites,
and what is copied from another collection does not open. GCM was chosen because every OpenSSL has
it, and it opens a face in a microsecond; SIV takes six.

What a value is sealed with tells it from all others: the face's id, and whether it is an embedding
or a crop. The only home of `cryptography` beside content credentials.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from foveate.errors import BadInstallation, SealBroken, SealedCollection
from foveate.people.lance import CURE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8
_ID: Final = b"foveate people: which key"
_USE: Final = b"foveate people: a collection of "


@dataclass(frozen=True, slots=True)
class Mark:
    """What a sealed collection says of how it is sealed; none of it is secret."""

    key: str
    """Tells the operator's key from others, and nothing about it: 16 hex digits."""
    salt: bytes


class Seal:
    """What seals and opens the values of one collection."""

    def __init__(self, mark: Mark, cipher: Any) -> None:  # noqa: ANN401 - an extra
        self.mark = mark
        self._cipher = cipher

    def close(self, data: bytes, kind: str, face: str) -> bytes:
        """Return data sealed, to open as this kind of this face alone: nonce, text and tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + bytes(self._cipher.encrypt(nonce, data, _bound(kind, face)))

    def open(self, sealed: bytes, kind: str, face: str) -> bytes:
        """Return what was sealed. Raises SealBroken where it is not as it was."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        try:
            nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            opened = self._cipher.decrypt(nonce, text, _bound(kind, face))
        except (InvalidTag, ValueError) as why:
            raise SealBroken(f"The {kind} of face {face} is not as it was sealed.") from why
        return bytes(opened)


class Keyring:
    """The operator's keys, newest first, read when one is needed. Thread-safe."""

    def __init__(self, read: Callable[[], Sequence[bytes]] = tuple) -> None:
        """Take what gives the keys: 32 bytes each, or none, where nothing is to be sealed."""
        self._read = read
        self._lock = Lock()
        self._keys: dict[str, bytes] | None = None

    def new(self, model: str) -> Seal | None:
        """Return a seal for a collection that is made now; None without a key.

        Raises BadSettings for keys that cannot be read, BadInstallation.
        """
        for name, key in self._known().items():
            return _seal(key, Mark(name, os.urandom(SALT_BYTES)), model)
        return None

    def of(self, mark: Mark, model: str, collection: str) -> Seal:
        """Return the seal of a collection. Raises SealedCollection without its key, BadSettings."""
        known = self._known()
        if mark.key not in known:
            raise SealedCollection(collection, mark.key, tuple(known))
        return _seal(known[mark.key], mark, model)

    def load(self) -> None:
        """Read the keys now, if there are any. Raises BadSettings, BadInstallation."""
        self._known()

    def _known(self) -> dict[str, bytes]:
        with self._lock:
            if self._keys is None:
                keys = self._read()
                self._keys = {_derived(key, b"", _ID, _ID_BYTES).hex(): key for key in keys}
            return self._keys


def _seal(key: bytes, mark: Mark, model: str) -> Seal:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    return Seal(mark, AESGCM(_derived(key, mark.salt, _USE + model.encode(), KEY_BYTES)))


def _derived(key: bytes, salt: bytes, use: bytes, length: int) -> bytes:
    try:
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415
    except ModuleNotFoundError as why:
        raise BadInstallation(
            "Expected cryptography to seal the face index, got no package of that name. Install "
            f"it: {CURE}"
        ) from why
    return bytes(HKDF(SHA256(), length, salt, use).derive(key))


def _bound(kind: str, face: str) -> bytes:
    return f"{kind}\0{face}".encode()

"""The private key of content credentials: it signs here, and is in no process but this.

Only here is `cryptography` imported, and only where a certificate is set: it is an extra.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CLAIM: Final = b"\x84jSignature1"
"""How what is signed begins: a Sig_structure (RFC 9052, 4.4) in CBOR."""
MAX_CLAIM: Final = 1024 * 1024

_HASHES: Final[Mapping[str, Callable[[], hashes.HashAlgorithm]]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}
_KINDS: Final = {
    "es": ec.EllipticCurvePrivateKey,
    "ps": rsa.RSAPrivateKey,
    "ed": ed25519.Ed25519PrivateKey,
}
"""Which key signs so, by how the names of algorithms begin."""


class SigningKey:
    """A private key that signs as COSE has it (RFC 9053, 2)."""

    def __init__(self, pem: str, algorithm: str) -> None:
        """Read a PEM file. Raises ValueError for none, and for a key of another kind."""
        try:
            key = load_pem_private_key(pem.encode(), None)
        except TypeError as why:
            raise ValueError("it needs a password") from why
        self._family, self._bits = algorithm[:2], algorithm[2:]
        self._key: Any = key
        if not isinstance(key, _KINDS[self._family]):
            raise ValueError(f"the key is not one for {algorithm}")  # noqa: TRY004 - of a file

    def sign(self, claim: bytes) -> bytes:
        """Return the signature. Raises ValueError for what is no claim: nothing else is signed."""
        if not claim.startswith(CLAIM):
            raise ValueError("Expected a claim to sign, got something else.")
        how: dict[str, Callable[[bytes], bytes]] = {
            "es": self._ecdsa,
            "ps": self._pss,
            "ed": self._key.sign,
        }
        return how[self._family](claim)

    def _ecdsa(self, claim: bytes) -> bytes:
        der = self._key.sign(claim, ec.ECDSA(_HASHES[self._bits]()))
        width = (self._key.curve.key_size + 7) // 8
        return b"".join(n.to_bytes(width, "big") for n in utils.decode_dss_signature(der))

    def _pss(self, claim: bytes) -> bytes:
        digest = _HASHES[self._bits]()
        salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return bytes(self._key.sign(claim, salted, digest))

    @contextmanager
    def answering(self) -> Iterator[tuple[int, int]]:
        """Sign one claim meanwhile for who has these two pipes: where to ask, and where to read.

        A claim comes with its length in four bytes before it; for anything else there is no answer.
        """
        asked, asks = os.pipe()
        answers, answered = os.pipe()
        thread = Thread(target=self._answer, args=(asked, answered), name="foveate-sign")
        thread.start()
        try:
            yield asks, answers
        finally:
            os.close(asks)  # for the thread, that is the end
            thread.join()
            os.close(answers)

    def _answer(self, asked: int, answered: int) -> None:
        with os.fdopen(asked, "rb") as question, os.fdopen(answered, "wb") as answer:
            length = int.from_bytes(question.read(4), "big")
            claim = question.read(min(length, MAX_CLAIM))
            if claim.startswith(CLAIM):
                answer.write(self.sign(claim))

"""Content credentials (C2PA 2.2), by the library of the Content Authenticity Initiative.

Manifests are read and written where there is no network, no file and no key: what an original
carries may name addresses, or be made for what the library gets wrong.
"""

from __future__ import annotations

import json
import os
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import c2pa

from foveate.sandboxed.answer import say

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SIGNATURE: Final = 4096
"""Bytes: more than RSA makes of the longest keys."""
_NO_TRUST_LISTS: Final = {"verify_trust": False, "verify_timestamp_trust": False}
"""Whom to trust is for those who look at the answer."""
_NO_NETWORK: Final = {"ocsp_fetch": False, "remote_manifest_fetch": False}
_NO_THUMBNAILS: Final = {"thumbnail": {"enabled": False}}
"""They would show what was cut off."""


def sign(data: bytes) -> None:
    """Answer with a picture that carries a new manifest, signed as the order asks.

    `data` is the order as a line of JSON, then the picture, then the original whose manifests are
    to be kept, or nothing. Where nobody signs, as with a certificate that ran out, the answer is
    the reason. Raises ValueError for no manifests, C2paError for unreadable ones.
    """
    end = data.index(b"\n") + 1
    order: dict[str, Any] = json.loads(data[:end])
    split = end + order["picture_bytes"]
    builder = c2pa.Builder(order["manifest"], context=_context(verify_after_sign=order["proven"]))
    if original := data[split:]:
        _check(original, order["original_type"])
        builder.add_ingredient(order["parent"], order["original_type"], BytesIO(original))
    signed = BytesIO()
    try:
        builder.sign(_signer(order), order["picture_type"], BytesIO(data[end:split]), signed)
    except c2pa.C2paError as why:
        say({"refused": str(why).removeprefix("Signature: ")})
    else:
        say({"refused": ""}, signed.getbuffer())


def _check(original: bytes, kind: str) -> None:
    """Raise ValueError where an original has no manifest, which the builder would not mind."""
    context = _context(verify_after_reading=False)  # the builder does that
    with c2pa.Reader(kind, BytesIO(original), context=context) as reader:
        if not json.loads(reader.json()).get("active_manifest"):
            raise ValueError("Expected a manifest in the original, got none.")


def _context(**checks: bool) -> c2pa.Context:
    """Return what the library has to stick to."""
    verify = checks | _NO_TRUST_LISTS | _NO_NETWORK
    return c2pa.Context.from_dict({"version": 1, "verify": verify, "builder": _NO_THUMBNAILS})


def _signer(order: Mapping[str, Any]) -> c2pa.Signer:
    """Return who asks the other side to sign: the key stays there."""
    asks, answers = order["pipes"]

    def sign(claim: bytes) -> bytes:
        os.write(asks, len(claim).to_bytes(4, "big") + claim)
        return os.read(answers, MAX_SIGNATURE)

    algorithm = c2pa.C2paSigningAlg[order["algorithm"].upper()]
    return c2pa.Signer.from_callback(sign, algorithm, order["certificate"])

"""Content credentials (C2PA 2.2), by the library of the Content Authenticity Initiative.

Manifests are read and written where there is no network and no file: what an original carries may
name addresses, and its Rust code, like any, can be made to crash or to take long.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import c2pa

from foveate.sandboxed.answer import say

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_TRUST_LISTS: Final = {"verify_trust": False, "verify_timestamp_trust": False}
"""Whom to trust is for those who look at the answer."""
_NO_NETWORK: Final = {"ocsp_fetch": False, "remote_manifest_fetch": False}
_NO_THUMBNAILS: Final = {"thumbnail": {"enabled": False}}
"""They would show what was cut off."""


def sign(data: bytes) -> None:
    """Answer with a picture that carries a new manifest, signed as the order asks.

    `data` is the order as a line of JSON, then the picture, then the original whose manifests are
    to be kept, or nothing. The library raises for manifests that it cannot read.
    """
    end = data.index(b"\n") + 1
    order: dict[str, Any] = json.loads(data[:end])
    split = end + order["picture_bytes"]
    builder = c2pa.Builder(order["manifest"], context=_context(verify_after_sign=order["proven"]))
    if original := data[split:]:
        _check(original, order["original_type"])
        builder.add_ingredient(order["parent"], order["original_type"], BytesIO(original))
    signed = BytesIO()
    builder.sign(_signer(order), order["picture_type"], BytesIO(data[end:split]), signed)
    say({}, signed.getbuffer())


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


def _signer(order: Mapping[str, str]) -> c2pa.Signer:
    texts = (order[name].encode() for name in ("algorithm", "certificate", "key"))
    return c2pa.Signer.from_info(c2pa.C2paSignerInfo(*texts, None))

"""JSON in its one spelling: names in order, no space, numbers as Python has them."""

from __future__ import annotations

import json
from hashlib import blake2b


def dumped(value: object) -> str:
    """Return the text of what is equal, which is equal.

    >>> dumped({"b": [1, 0.5], "a": "é"})
    '{"a":"é","b":[1,0.5]}'
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def told_of(what: str, sentence: str) -> str:
    """Return a sentence that begins with what it is of, if that is known.

    >>> told_of("cats/7.jpg", "Expected a box, got none."), told_of("", "Expected a box.")
    ('cats/7.jpg: expected a box, got none.', 'Expected a box.')
    """
    return f"{what:.200}: {sentence[:1].lower()}{sentence[1:]}" if what else sentence


def digest_of(*fields: bytes, size: int = 32) -> str:
    """Return a digest of all fields in hex; where one ends and the next begins is part of it."""
    digest = blake2b(digest_size=size)
    for each in fields:
        digest.update(len(each).to_bytes(8, "big"))
        digest.update(each)
    return digest.hexdigest()

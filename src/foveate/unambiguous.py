"""JSON that means one thing: readers differ in which of two values they take for one name."""

from __future__ import annotations

import json
from typing import Any


def loads(data: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON says
    """Return what JSON says, in which no object has a name twice (RFC 8259, 4).

    Raises ValueError, whose words are for whoever wrote it where it is no JSONDecodeError, and
    RecursionError.

    >>> loads('{"width": 400, "width": 200}')
    Traceback (most recent call last):
    ...
    ValueError: expected each name once in an object, got 'width' twice
    """
    return json.loads(data, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in said if names.count(name) > 1)
        raise ValueError(f"expected each name once in an object, got {twice!r:.80} twice")
    return said

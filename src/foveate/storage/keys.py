"""What a key may look like, before any file, bucket or server sees it."""

from __future__ import annotations

import re
from typing import Final

from foveate.errors import SourceNotFound

MAX_KEY: Final = 4096
NEVER: Final = re.compile(r"[\0\\\ud800-\udfff]")
"""NUL ends a path in C, a backslash divides one elsewhere, a lone surrogate has no bytes."""


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
        raise SourceNotFound(f"Expected a relative path without '..', got {key[:200]!r}.")
    return parts

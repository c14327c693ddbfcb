"""What lies in strings of JSON: a model that is held to JSON, or likes it, puts a design there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPENS: Final = re.compile(r"(?m)^[ \t]*(?=[{\[\"])")
"""Where JSON may begin: a line, in a fence or not."""
TRIES: Final = 8
DEEP: Final = 20
MOST: Final = 1000
"""Values that are looked at."""
DECODER: Final = json.JSONDecoder(strict=False)
"""Newlines may stand in strings as they are, for many models write them so."""


def enclosed(text: str, wanted: Callable[[str], object]) -> tuple[list[str], str]:
    r"""Return the strings of the JSON in a text that hold what is wanted, and the text around.

    JSON without any is left where it is.

    >>> enclosed('Here:\n{"design": "<design/>", "why": "asked"}\nDone.', lambda s: "<" in s)
    (['<design/>'], 'Here:\n\nDone.')
    """
    found: list[str] = []
    around: list[str] = []
    at = kept = tries = 0
    while tries < TRIES and (opens := OPENS.search(text, at)):
        tries += 1
        try:
            told, at = DECODER.raw_decode(text, opens.end())
        except (ValueError, RecursionError):
            at = opens.end() + 1
            continue
        if inner := [each for each in _texts(told) if wanted(each)]:
            found += inner
            around.append(text[kept : opens.end()])
            kept = at
    return found, "".join(around) + text[kept:]


def _texts(told: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Yield the strings in a value, of so many values and so deep."""
    left, seen = [(told, 0)], 0
    while left and seen < MOST:
        each, depth = left.pop(0)
        seen += 1
        if isinstance(each, str):
            yield each
        elif depth < DEEP and isinstance(each, dict | list):
            inner = each.values() if isinstance(each, dict) else each
            left += [(one, depth + 1) for one in [*inner][:MOST]]

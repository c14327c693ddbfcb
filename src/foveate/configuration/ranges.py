"""What a setting may be. msgspec reads and checks it; what is said of it are our own words."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

from msgspec import Meta, ValidationError, convert

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS: Final = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off", ""), False),
}
NUMBERS: Final = {int: "a whole number", float: "a number"}
GROUPED: Final = 100_000
"""From here on digits are shown in groups, which both TOML and the environment may write."""
MAX_SHOWN: Final = 200
SPACES_ALONE: Final = {"between": "spaces"}
"""What says of a list that its items may hold commas: a secret cut in two is two weak ones."""
_SPACES: Final = re.compile(r"\s+")
_BETWEEN: Final = re.compile(r"[\s,]+")
_JSON_LIST: Final = re.compile(r'\s*\[\s*["\]]')
"""How one begins: an address of IPv6 begins with a bracket too."""
USERLESS: Final = re.compile(r"""(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?[/?#](?:(?!://)[^\s'"])*""")
"""What follows the scheme of one URL, a host and no user: an @ that comes later hides nobody."""


def read(kind: Any, value: object) -> Any:  # noqa: ANN401 - a kind is any type with its range
    """Return what was written as a value of that kind. Only text becomes another type.

    Raises ValueError, which says what was expected and what came.
    """
    written = _from_text(kind, value) if isinstance(value, str) else value
    try:
        return convert(written, kind, strict=not isinstance(written, str))
    except (ValidationError, UnicodeEncodeError) as why:
        raise ValueError(f"expected {expected(kind)}, got {shown(value)}") from why


def _from_text(kind: Any, text: str) -> Any:  # noqa: ANN401
    base, within = parts(kind)
    if base is bool:
        return FLAGS.get(text.strip().lower(), text)
    if base in NUMBERS:
        return text.strip().replace("_", "")
    if get_origin(base) is tuple:
        return _listed_in(text, _SPACES if within.extra == SPACES_ALONE else _BETWEEN)
    return text.strip().lower() if words(base) else text


def _listed_in(text: str, between: re.Pattern[str]) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Return the items between commas or spaces, or those of a JSON list, which may hold both."""
    if _JSON_LIST.match(text):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text  # no list at all, which is then said
    return list(filter(None, between.split(text)))


def parts(kind: Any) -> tuple[Any, Meta]:  # noqa: ANN401
    """Return the plain type of a kind, and the range it has to be in."""
    if get_origin(kind) is not Annotated:
        return kind, Meta()
    base, *_, within = get_args(kind)
    return base, within


def words(base: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the words that a type consists of; none where it is no set of words."""
    if get_origin(base) is Literal:
        return get_args(base)
    return tuple(base) if isinstance(base, type) and issubclass(base, Enum) else ()


def expected(kind: Any) -> str:  # noqa: ANN401
    """Return what belongs there, such as `a whole number from 1 to 100`."""
    base, within = parts(kind)
    if within.description:
        return within.description
    if base in NUMBERS:
        return f"{NUMBERS[base]} from {number(within.ge)} to {number(within.le)}"
    if get_origin(base) is tuple:
        known = words(get_args(base)[0])
        return f"words out of {listed(known, 'and')}" if known else "texts, with spaces between"
    if base is bool:
        return "true or false"
    return listed(words(base), "or") or "text"


def listed(items: Sequence[str], joint: str) -> str:
    """Return `a, b or c`."""
    *others, last = items or ("",)
    return f"{', '.join(others)} {joint} {last}" if others else last


def number(value: float | None) -> str:
    """Return a number as it may be written in a setting, long ones in groups of digits."""
    return f"{value:_}" if value is not None and value >= GROUPED else f"{value}"


def hushed(text: str) -> str:
    """Return text without what a URL in it may hold of secrets: user, password and query.

    >>> hushed("https://ann:secret@b.com/photos?sig=abc")
    'https://...@b.com/photos?...'
    >>> hushed("https://b.com/@ann")
    'https://b.com/@ann'
    """
    before, scheme, rest = text.partition("://") if "://" in text else ("", "", text)
    userless = scheme and USERLESS.fullmatch(rest)
    user, at, place = ("", "", rest) if userless else rest.rpartition("@")
    if at and (scheme or ":" in user):
        user = "..."
    path, query, _ = place.partition("?")
    return f"{before}{scheme}{user}{at}{f'{path}?...' if scheme and query else place}"


def shown(value: object) -> str:
    """Return what somebody wrote, on one line, not endlessly, and without secrets of URLs."""
    try:
        # What TOML spells like nobody else, such as true and dates, is no text and no collection.
        if isinstance(value, str):
            text = repr(hushed(value))
        else:
            text = hushed(repr(value)) if isinstance(value, list | dict) else str(value).lower()
    except ValueError:  # Python writes no whole number of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."

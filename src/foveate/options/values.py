"""Readers of single values: text in, a typed value out, or a ValueError in a plain sentence.

The sentence says what was expected and what came; the grammar adds which option it was.
"""

from __future__ import annotations

import math
import re
from dataclasses import astuple
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from foveate.options.model import AutoQuality, Corners, Edges, Looks, Quality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from foveate.options.model import Counted

T = TypeVar("T")

MAX_PIXELS: Final = 1_000_000
"""No length in pixels goes beyond this, so that arithmetic on hostile numbers stays small."""
PIXELS: Final = f"1 to {MAX_PIXELS}"
PIXELS_OR_NONE: Final = f"0 to {MAX_PIXELS}"

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_EXACT: Final = 15
"""So many digits a float holds exactly."""
MAX_TEXT: Final = 128
"""No number and no colour is longer."""
_SHOWN: Final = 60
_LISTED: Final = 5
_CORNERS: Final = 4


def shown(text: str) -> str:
    """Return `text` quoted for a message: no control characters, and not longer than a line.

    >>> shown("x" * 100)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"
    """
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def listed(names: Iterable[object]) -> str:
    """Return some names that nobody knows for a message, in order: not more than five.

    >>> listed(["b", "a"]), listed("abcdefg")
    ("'a', 'b'", "'a', 'b', 'c', 'd', 'e' and 2 more")
    """
    some = sorted(map(str, names))
    more = f" and {len(some) - _LISTED} more" if len(some) > _LISTED else ""
    return ", ".join(map(shown, some[:_LISTED])) + more


def expected(what: str, text: str) -> ValueError:
    """Return the error that says what should have come instead of `text`."""
    return ValueError(f"expected {what}, got {shown(text)}")


def text_of(value: object) -> str:
    """Return how a number, a word or a yes/no is written in a URL.

    >>> text_of(2.0), text_of(0.25), text_of(True), text_of("face")
    ('2', '0.25', 'true', 'face')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def _finite(text: str) -> float | None:
    # Most numbers are a few digits, and are read in a third of the time.
    if len(text) <= _EXACT and text.isascii() and text.isdigit():
        return float(text)
    value = float(text) if len(text) <= MAX_TEXT and _NUMBER.fullmatch(text) else math.nan
    # Adding zero turns -0.0 into 0.0, which has one text instead of two.
    return value + 0.0 if math.isfinite(value) else None


def number(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers in that range, both ends included.

    >>> number(0, 250)("2.5")
    2.5
    """

    def read(text: str) -> float:
        value = _finite(text)
        if value is None or not low <= value <= high:
            raise expected(f"a number from {text_of(low)} to {text_of(high)}", text)
        return value

    return read


def whole(low: int, high: int = MAX_PIXELS) -> Callable[[str], int]:
    """Return a reader of whole numbers in that range, both ends included.

    >>> whole(1)("80")
    80
    """

    def read(text: str) -> int:
        value = _finite(text)
        if value is None or not value.is_integer() or not low <= value <= high:
            raise expected(f"a whole number from {low} to {high}", text)
        return int(value)

    return read


_UNSET: Final = frozenset({"undefined", "null", "nan", "none"})
"""What programs write into a URL for a number that they do not have."""


def if_any(read: Callable[[str], T]) -> Callable[[str], T | None]:
    """Return a reader to which 0, and words for no number, mean that nothing was asked.

    >>> if_any(whole(1))("0"), if_any(whole(1))("undefined"), if_any(whole(1))("80")
    (None, None, 80)
    """

    def maybe(text: str) -> T | None:
        return None if text.strip().lower() in _UNSET or _finite(text) == 0 else read(text)

    return maybe


def one_of(words: Mapping[str, T]) -> Callable[[str], T]:
    """Return a reader that looks a word up, whatever its case.

    >>> one_of({"on": True, "off": False})("ON")
    True
    """

    def read(text: str) -> T:
        word = text.strip().lower()
        if word not in words:
            raise expected(" or ".join(words), text)
        return words[word]

    return read


flag: Final = one_of({"true": True, "false": False})


_COUNTS: Final[Mapping[str, Literal["all", "largest"]]] = {"all": "all", "largest": "largest"}
_MOST_COUNTED: Final = 1000


def counted(text: str, *others: str) -> Counted:
    """Return how many count of some that come largest first: all, the largest, or that many.

    The sentence on what is none of these names `others` too. Raises ValueError.

    >>> counted("Largest"), counted("3")
    ('largest', 3)
    """
    word = text.strip().lower()
    if word in _COUNTS:
        return _COUNTS[word]
    try:
        return whole(1, _MOST_COUNTED)(text)
    except ValueError:
        words = [*_COUNTS, f"a whole number from 1 to {_MOST_COUNTED}", *others]
        raise expected(f"{', '.join(words[:-1])} or {words[-1]}", text) from None


_QUALITY_WORDS: Final[Mapping[str, int]] = {
    q.name.lower().replace("_", "-"): int(q) for q in Quality
}
_AUTO: Final = "auto"
_SCORES: Final = (30, 95)
_SCORE_WORDS: Final = {q.name.lower().replace("_", "-"): int(q) for q in Looks}


def quality(text: str) -> int | AutoQuality | None:
    """Return a quality from 1 to 100, given as a number or as one of Cloudflare's words.

    `auto` is the one that a score needs, `auto:80` and `auto:high` say which score. None is the
    usual one, which 0 asks for.

    >>> quality("medium-low"), quality("70"), quality("auto:high"), quality("0")
    (65, 70, AutoQuality(score=80), None)
    """
    word = text.strip().lower()
    if word.startswith(_AUTO):
        return _auto_quality(word, text)
    if word in _QUALITY_WORDS:
        return _QUALITY_WORDS[word]
    try:
        return if_any(whole(1, 100))(text)
    except ValueError:
        what = f"a whole number from 1 to 100 or {', '.join(_QUALITY_WORDS)}, {_AUTO}"
        raise expected(what, text) from None


def _auto_quality(word: str, text: str) -> AutoQuality:
    score = word.removeprefix(_AUTO)
    if not score:
        return AutoQuality()
    if score[1:] in _SCORE_WORDS:
        return AutoQuality(_SCORE_WORDS[score[1:]])
    try:
        return AutoQuality(whole(*_SCORES)(score.removeprefix(":")))
    except ValueError:
        least, most = _SCORES
        what = f"{_AUTO}, and after a colon a whole number from {least} to {most} or "
        raise expected(what + ", ".join(_SCORE_WORDS), text) from None


def quality_text(value: int | AutoQuality) -> str:
    """Return how a quality is written in a URL.

    >>> quality_text(AutoQuality()), quality_text(70)
    ('auto:75', '70')
    """
    return f"{_AUTO}:{value.score}" if isinstance(value, AutoQuality) else text_of(value)


def length(text: str) -> int | float | None:
    """Return pixels for digits alone, or a share for a fraction; the whole is as not given.

    >>> length("300"), length("0.5"), length("1.0")
    (300, 0.5, None)
    """
    if _DIGITS.fullmatch(text):
        return whole(1)(text)
    try:
        share = number(0, 1)(text)
    except ValueError:
        share = 0.0
    if not share:
        raise expected(f"pixels from 1 to {MAX_PIXELS}, or a fraction up to 1", text)
    return None if share == 1 else share


def breakpoints(text: str) -> tuple[int, ...]:
    """Return widths in pixels, ascending, from `320;768;960`."""
    try:
        return tuple(sorted({whole(1)(part) for part in text.split(";")}))
    except ValueError:
        what = f"widths from 1 to {MAX_PIXELS} with a semicolon between them"
        raise expected(what, text) from None


def corners(text: str) -> Corners | None:
    """Return one radius for all corners, or four, clockwise from the top left; None of no round.

    Pixels, or for a fraction or per cent a share of each side.

    >>> corners("8"), corners("0;0;50%;0.25"), corners("0")
    (Corners(top_left=8, top_right=8, bottom_right=8, bottom_left=8), \
Corners(top_left=0, top_right=0, bottom_right=0.5, bottom_left=0.25), None)
    """
    parts = text.split(";")
    try:
        read = [_corner(part.strip()) for part in parts]
    except ValueError:
        read = []
    if len(read) not in {1, _CORNERS}:
        what = f"pixels from 0 to {MAX_PIXELS}, a fraction up to 1 or per cent: one, or four with "
        raise expected(f"{what}semicolons between them", text)
    made = Corners(*(read * _CORNERS)[:_CORNERS])
    return made if any(astuple(made)) else None


def _corner(text: str) -> int | float:
    if _DIGITS.fullmatch(text):
        return whole(0)(text)
    if text.endswith("%"):
        return number(0, 100)(text.removesuffix("%")) / 100 or 0
    return number(0, 1)(text) or 0


def corners_text(made: Corners) -> str:
    """Return how corners are written in a URL.

    >>> corners_text(Corners(8, 8, 8, 8)), corners_text(Corners(0, 0, 0.5, 1.0))
    ('8', '0;0;0.5;1.0')
    """
    each = [repr(corner) for corner in astuple(made)]
    return each[0] if len(set(each)) == 1 else ";".join(each)


def edges(text: str) -> Edges:
    """Return pixels from `top;right;bottom;left`.

    >>> edges("20;30;20;0").right
    30
    """
    try:
        top, right, bottom, left = map(whole(0), text.split(";"))
    except ValueError:
        raise expected("four whole numbers top;right;bottom;left", text) from None
    return Edges(top, right, bottom, left)

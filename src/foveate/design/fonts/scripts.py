"""Which families know a script, which way its letters run, and where its lines may break."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_STRONG: Final = frozenset({"L"}) | _RIGHT_TO_LEFT
_KANA: Final = re.compile("[\u3040-\u30ff\u31f0-\u31ff]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_JOINED: Final = re.compile("[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
_SPACELESS: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese, Khmer: words that nothing parts."""
_SPACES: Final = re.compile("[^\\S\u00a0\u2007\u202f]|\u200b")
_HYPHENS: Final = frozenset("-\u2010\u2013\u2014/\u00ad")
"""After them, and before a letter, a line may end."""
_NEVER_LAST: Final = frozenset({"Ps", "Pi", "Cf"})
_NEVER_FIRST: Final = frozenset({"Pe", "Pf", "Po", "Lm", "Mn", "Mc", "Sk", "Cf"})
"""Kinds of characters at which no line ends or begins."""
_BY_LANGUAGE: Final = {
    "ja": "Noto Sans JP",
    "ko": "Noto Sans KR",
    "zh-hk": "Noto Sans HK",
    "zh-mo": "Noto Sans HK",
    "zh-tw": "Noto Sans TC",
    "zh-hant": "Noto Sans TC",
    "zh": "Noto Sans SC",
}
_EVERYWHERE: Final = ("Inter", "Heebo", "Noto Sans Arabic")
_EMOJI: Final = "Noto Emoji"


def families(text: str, language: str = "") -> tuple[str, ...]:
    """Return the families that are asked, in order, for letters that a font does not have.

    Chinese, Japanese and Korean share characters that each draws otherwise, so the language says
    which; where nobody says it, letters do that only one of them has.

    >>> families("", "ja")[-2], families("한국")[-2], families("你好")[-2]
    ('Noto Sans JP', 'Noto Sans KR', 'Noto Sans SC')
    """
    return (*_EVERYWHERE, _east_asian(text, language), _EMOJI)


def _east_asian(text: str, language: str) -> str:
    parts = language.lower().split("-")
    for size in range(len(parts), 0, -1):
        if known := _BY_LANGUAGE.get("-".join(parts[:size])):
            return known
    if _KANA.search(text):
        return "Noto Sans JP"
    return "Noto Sans KR" if _HANGUL.search(text) else "Noto Sans SC"


def right_to_left(text: str) -> bool:
    """Return whether a text runs from the right: its first letter of any direction says it.

    >>> right_to_left("12 שלום hello"), right_to_left("hello שלום")
    (True, False)
    """
    for letter in text:
        if (kind := unicodedata.bidirectional(letter)) in _STRONG:
            return kind in _RIGHT_TO_LEFT
    return False


def joined(text: str) -> bool:
    """Return whether letters of a text hang together, so that no room may come between them.

    >>> joined("مرحبا"), joined("hello")
    (True, False)
    """
    return bool(_JOINED.search(text))


def parted(texts: Iterable[str]) -> list[str]:
    r"""Return texts that follow each other with each word on a line of its own.

    >>> parted(["well-known big", "ger things"]), parted(["30-12 2/3 \u4f60\u597d\u3002"])
    (['well-\nknown\nbig', 'ger\nthings'], ['30-12\n2/3\n\u4f60\n\u597d\u3002'])
    """
    made, before = [], ""
    for text in texts:
        lines = []
        for letter in text:
            lines.append(f"\n{letter}" * _parts(before, letter) or _SPACES.sub("\n", letter))
            before = letter
        made.append("".join(lines))
    return made


def _parts(before: str, letter: str) -> bool:
    """Return whether a line may end between two letters that no space parts."""
    if not before or before.isspace() or letter.isspace():
        return False
    if before in _HYPHENS:
        return letter.isalpha()
    kinds = unicodedata.category(before), unicodedata.category(letter)
    alone = _stands_alone(before) or _stands_alone(letter)
    return alone and kinds[0] not in _NEVER_LAST and kinds[1] not in _NEVER_FIRST


def _stands_alone(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" or bool(_SPACELESS.match(letter))


def drawn(letter: str) -> bool:
    r"""Return whether a letter has a shape, which a font must know.

    >>> [drawn(letter) for letter in "a \n\u202b\ufe0f"]
    [True, False, False, False, False]
    """
    if unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
        return False
    return not "\ufe00" <= letter <= "\ufe0f"

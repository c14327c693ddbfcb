"""Which families know a script that others do not, and which way its letters run."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_STRONG: Final = frozenset({"L"}) | _RIGHT_TO_LEFT
_KANA: Final = re.compile("[\u3040-\u30ff\u31f0-\u31ff]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_JOINED: Final = re.compile("[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
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


def drawn(letter: str) -> bool:
    r"""Return whether a letter has a shape, which a font must know.

    >>> [drawn(letter) for letter in "a \n\u202b\ufe0f"]
    [True, False, False, False, False]
    """
    if unicodedata.category(letter) in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
        return False
    return not "\ufe00" <= letter <= "\ufe0f"

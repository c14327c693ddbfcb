"""Words of texts that are added, held against those that the request quotes."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from foveate.design.assistant.asking_words import DEEDS, Deed
from foveate.design.assistant.grant import QUOTED, says
from foveate.design.words.parts import parts
from foveate.design.words.values import quotes

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS: Final = re.compile(r"\w+|[%€$£¥₹+]")


def says_quoted(request: str, words: str, known: Iterable[str]) -> bool:
    """Return whether an added text says what is quoted for it; `known` are texts that are there.

    Where something is added of which no words are quoted, it may say anything.

    >>> request = 'add a badge with "-20 %"'
    >>> [says_quoted(request, words, ()) for words in ("-20%", "-90 % BUY NOW")]
    [True, False]
    >>> says_quoted('change the title to "Sale" and add a button', "Order now", ())
    True
    """
    adding = [each for each in parts(request, {}) if says(QUOTED.sub(" ", each), DEEDS[Deed.ADD])]
    quoted = [[each.text for each in quotes(part)] for part in adding]
    if not quoted or not all(quoted):
        return True
    allowed = [*(each for some in quoted for each in some), *known]
    return any(_said(words) <= _said(each) for each in allowed)


def _said(words: str) -> Counter[str]:
    return Counter(_WORDS.findall(words.casefold()))

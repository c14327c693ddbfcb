"""Whether a sum is what a price goes up or down by, and not what it becomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from foveate.design.words.said import Said
    from foveate.design.words.values import Number

_SIGN: Final = re.compile(r"(?:\b(?:minus|plus|less|moins|menos|más)|(?<![\d.,])\s[-+\u2212])\s?$")
_BY: Final = re.compile(
    r"\b(?:by|um)\s?$"
    r"|\b(?:baiss|augment|rédui|diminu|rebaj|baja|sube|aument|reduc|reduz)\w*\b.*\b(?:de|en)\s?$"
)
_AFTER: Final = re.compile(
    r"\s?(?:less|more|off|weniger|mehr|billiger|günstiger|teurer|höher|niedriger|runter|rauf"
    r"|(?:de )?moins|(?:de )?plus|menos|más)\b|\s?(?:引き|引い|安く|高く|値下げ|値上げ)"
)


def stepped(said: Said) -> bool:
    """Return whether a price is to be more or less by a sum: `price minus 5 €`, `5 € off`."""
    priced = said.has("thing.price", "thing.rate", "cue.price")
    sums = [each for each in said.numbers if each.unit == "money" or (priced and not each.unit)]
    return len(sums) == 1 and _is_step(said.text.lower(), sums[0])


def _is_step(text: str, number: Number) -> bool:
    before, after = text[: number.start], text[number.end :]
    money = number.unit == "money"
    return bool(_SIGN.search(before) or (money and (_BY.search(before) or _AFTER.match(after))))

"""Numbers of texts: whether another text, in whatever language, says the same ones."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from foveate.design.assistant.grant import says
from foveate.design.words.said import read
from foveate.design.words.values import plain_number

_PLACE: Final = re.compile(r"\{\{.*?\}\}")
_DATE: Final = re.compile(r"(?<!\d)(\d{1,4})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)")
_CLOCK: Final = re.compile(
    r"(?<![\d.,])(\d{1,2})(?:\s?[:.h]\s?(\d\d))?\s?(a\.?m\b|p\.?m\b|uhr\b|h\b|時)"
    r"|(?<![\d.,])(\d{1,2}):(\d\d)(?!\d)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SPACED: Final = re.compile(r"(?<=\d)[\u0020\u00a0\u202f](?=\d{3}(?!\d))")
_APART: Final = re.compile(r"(?<=\d)['\u2019](?=\d{3}(?!\d))")
_POINTS: Final = str.maketrans({"\u066b": ".", "\u066c": ",", "\uff0e": ".", "\uff0c": ","})
_NOON: Final = 12
_MONTHS: Final = {
    month: re.compile(rf"\b(?:{names})", re.IGNORECASE)
    for month, names in enumerate(
        (
            r"jan|jän|ene",
            r"feb|fév",
            r"mar|mär",
            r"apr|avr|abr",
            r"ma[yi]",
            r"jun|juin",
            r"jul|juil",
            r"aug|aoû|ago",
            r"sep",
            r"o[ck]t",
            r"nov",
            r"de[cz]|déc|dic",
        ),
        1,
    )
}
"""How the names of months begin, by their numbers: `31 August` is `8月31日`."""

_IN_NUMBERS: Final = tuple(
    f"thing.{each}" for each in ("price", "rate", "discount", "date", "time", "phone", "amount")
)
_NUMBERS: Final = (
    "number figures digit year$ years$ percent half halve double zahl ziffer jahr$ jahre$ prozent "
    "hälfte halbier verdoppel nombre chiffre année pourcent moitié doubl número cifra año "
    "porcentaje mitad dobl duplica 数字 番号 半分 倍"
)
"""What is written in numbers, besides what the tables of plain words call so."""
_RECKONED: Final = (
    "by$ increas decreas raise reduc um$ erhöh senk reduzier augment diminu rédui aument disminu "
    "baja$ 上げ 下げ"
)
"""By how much there is to be more or less, so that what comes of it is not said."""


def same_figures(before: str, after: str) -> bool:
    """Return whether two texts say the same numbers, each as often, in whatever order.

    Separators are those of either language, and months may be names in one of them. Of clocks the
    one of 12 hours is as good as the one of 24.

    >>> same_figures("Now 1,299.50 $", "Jetzt 1.299,50 $"), same_figures("49 €", "94 €")
    (True, False)
    >>> same_figures("31 August, 6 pm", "8月31日 18時"), same_figures("5 free", "Gratis")
    (True, False)
    >>> same_figures("8/31/2026", "31.08.2026")
    True
    """
    return any(
        _are_months(old - new, after) and _are_months(new - old, before)
        for old in _readings(before)
        for new in _readings(after)
    )


def is_asked(request: str, before: str, after: str) -> bool:
    """Return whether a request asks for the numbers that a text would say.

    Where it says what the text is to say, or speaks of what is written in numbers, others may go;
    only where it tells no share and no more or less do those that come have to be in it.

    >>> is_asked("shorten the text", "49 €", "4.90 €")
    False
    >>> [is_asked("set the price to 39 €", "49 €", each) for each in ("39 €", "3.90 €")]
    [True, False]
    """
    if _is_said(after, request):
        return True
    said, named = read(request), figures(request)
    if said.cue("cheaper") or said.number("%", "times") or says(request, _RECKONED):
        return True
    if named:
        return not (figures(after) - figures(before)).keys() - named.keys()
    return said.has(*_IN_NUMBERS) or says(request, _NUMBERS)


def _is_said(words: str, request: str) -> bool:
    words, request = (" ".join(each.casefold().split()) for each in (words, request))
    return bool(words) and bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", request))


def figures(text: str) -> Counter[float]:
    """Return the numbers of a text, and how often it says each.

    >>> sorted(figures("2 for 4,90 €, until 31.8.2026"))
    [2.0, 4.9, 8.0, 31.0, 2026.0]
    """
    text = _DATE.sub(r" \1 \2 \3 ", _APART.sub("", _PLACE.sub(" ", text).translate(_POINTS)))
    return Counter(float(plain_number(each)) for each in _NUMBER.findall(text))


def _are_months(numbers: Counter[float], other: str) -> bool:
    """Return whether numbers that one text lacks are months, which it calls by name."""
    return all(number in _MONTHS and _MONTHS[int(number)].search(other) for number in numbers)


def _readings(text: str) -> list[Counter[float]]:
    """Return its numbers, with and without spaces as separators, and with clocks read or not."""
    joined = _SPACED.sub("", text)
    read = [_CLOCK.sub(_hour, each) for each in (text, joined)]
    return [figures(each) for each in dict.fromkeys((text, joined, *read))]


def _hour(found: re.Match[str]) -> str:
    hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
    half = (found[3] or "").lower().replace(".", "")
    if half in {"am", "pm"}:
        hour = hour % _NOON + _NOON * (half == "pm")
    return f" {hour} {minute or ''} "

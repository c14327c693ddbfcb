"""Dates as people write them in five languages, and one put in the place of another."""

from __future__ import annotations

import re
from typing import Final

_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
    "|januar|jänner|februar|märz|mai|juni|juli|oktober|dezember"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_DAYS: Final = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    "|mon|tue|wed|thu|fri|sat|sun"
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
_YEAR: Final = r"(?:,?\s+(?:de\s+|del\s+)?\d{4})"
_NAMED: Final = (
    rf"(?:(?:{_DAYS}),?\s+(?:(?:the|den|der|le|el)\s+)?)?"
    rf"(?:{_DAY}\s+(?:of\s+|de\s+)?(?:{_MONTHS})|(?:{_MONTHS})\s+{_DAY})\b"
)
_FIGURES: Final = r"\d{1,2}[./]\d{1,2}[./](?:\d{2,4})?|\d{4}-\d\d-\d\d"
_JAPANESE: Final = r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:[(\uff08][月火水木金土日][)\uff09])?"
DATE: Final = rf"(?:{_NAMED}{_YEAR}?|{_FIGURES}|{_JAPANESE})"
DATES: Final = rf"{DATE}(?:\s?(?:-|\u2013|〜|~|to|until|bis|au|al|から)\s?{DATE}(?:まで)?)?"
_DATE: Final = re.compile(DATE, re.IGNORECASE)
_DATES: Final = re.compile(DATES, re.IGNORECASE)
_WITH_YEAR: Final = re.compile(rf"{_YEAR}$|\d{{4}}")


def redated(old: str, new: str) -> str:
    """Return a text with another date in the place of its own; the new one where it has none.

    What else it says stays, such as the hour; so does the year, where no other one is told.

    >>> redated("12 May, 5 pm CET", "19 May"), redated("Bis 31. Oktober 2026", "15. November")
    ('19 May, 5 pm CET', 'Bis 15. November 2026')
    >>> redated("Friday 9 October", "16 October"), redated("4月1日〜4月30日", "5月1日〜5月31日")
    ('16 October', '5月1日〜5月31日')
    """
    whole = _DATES.search(old)
    if not _DATES.fullmatch(new) or whole is None:
        return new
    year = _WITH_YEAR.search(whole[0])
    kept = year[0] if year and not _WITH_YEAR.search(new) and _DATE.fullmatch(whole[0]) else ""
    kept = kept if kept.startswith((" ", ",")) else ""
    return f"{old[: whole.start()]}{new}{kept}{old[whole.end() :]}"


def is_part_of_range(old: str, new: str) -> bool:
    """Return whether a text says from when to when, and only one date is given for it."""
    return len(_DATE.findall(old)) > 1 and len(_DATE.findall(new)) == 1


def says_date(text: str) -> bool:
    """Return whether a text says a date.

    >>> says_date("Valid until 30 September."), says_date("30 chairs")
    (True, False)
    """
    return bool(_DATE.search(text))

"""What a request says in quotation marks and in numbers, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED: Final = re.compile(
    r"\"([^\"]*)\"|“([^”“]*)[”“]|„([^“”]*)[“”]|«\s*([^»]*?)\s*»|「([^」]*)」|『([^』]*)』"
    "|\u2018([^\u2019]*)\u2019"
    r"|(?<!\w)'([^']+)'(?!\w)"
)
_HEX: Final = re.compile(r"#[0-9a-f]{3,8}(?![0-9a-z])", re.IGNORECASE)
_MONEY: Final = "€$£¥₪₩₹"
_UNITS: Final = {
    "px": "px | pixel | pixels | pixeln | píxeles | ピクセル",
    "pt": "pt | points | punkt | pts",
    "mm": "mm | millimeter | millimetres | ミリ",
    "cm": "cm",
    "in": "inch | inches",
    "%": "% | percent | per cent | prozent | pour cent | por ciento | パーセント",
    "deg": "° | degrees | degree | grad | degrés | grados | 度",
    "times": "x | times | mal | fois | veces | 倍",
    "money": "€ | euro | euros | eur | $ | dollars | £ | ¥ | ₪ | 円 | yen",
}
_UNIT_OF: Final = {word.strip(): unit for unit, row in _UNITS.items() for word in row.split("|")}
_ANY_UNIT: Final = "|".join(map(re.escape, sorted(_UNIT_OF, key=len, reverse=True)))
_NO_SUM: Final = "|".join(re.escape(word) for word, unit in _UNIT_OF.items() if unit != "money")
_GROUPS: Final = " \u00a0\u202f\u2009'\u2019\u066c"
"""Marks that stand between thousands alone: spaces, apostrophes, the Arabic mark."""
_MARKS: Final = "[.,\uff0c\uff0e\u066b'\u2019\u066c]"
_SPACED: Final = (
    rf"\d{{1,3}}(?:[ \u00a0\u202f\u2009]\d{{3}})+(?!\d)(?:[.,\u066b]\d+)?(?!\s?(?:{_NO_SUM}))"
)
"""`1 299`: of a sum alone, for in `photo 2 100 px wider` there are two numbers."""
_FIGURE: Final = rf"(?:{_SPACED}|\d+(?:{_MARKS}\d+)*)"
FIGURE: Final = re.compile(_FIGURE, re.IGNORECASE)
"""A whole number as it is written, with what stands between its thousands and before its cents."""
_NUMBER: Final = re.compile(
    rf"(?P<before>[{_MONEY}])?\s?(?<![A-Za-z0-9#.,])(?P<number>{_FIGURE})"
    rf"\s?(?P<unit>{_ANY_UNIT})?(?![a-zß-ÿ])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words in quotation marks."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number, and its unit: px, pt, mm, cm, in, %, deg, times, money, or none."""

    value: float
    unit: str
    text: str
    start: int
    end: int


def quotes(text: str) -> list[Quote]:
    r"""Return what stands in quotation marks.

    >>> [each.text for each in quotes('say "Hi" and don\'t say «Ho»')]
    ['Hi', 'Ho']
    """
    return [
        Quote(next(part for part in found.groups() if part is not None), *found.span())
        for found in _QUOTED.finditer(text)
    ]


def colour_codes(text: str) -> list[Quote]:
    """Return what is written as CSS's hexadecimal colours."""
    return [Quote(found[0].lower(), *found.span()) for found in _HEX.finditer(text)]


def numbers(text: str) -> list[Number]:
    """Return the numbers of a text, with their units.

    >>> [(each.value, each.unit) for each in numbers("20% bigger, € 12,50, 5 mm")]
    [(20.0, '%'), (12.5, 'money'), (5.0, 'mm')]
    """
    return list(_numbers(text))


def _numbers(text: str) -> Iterator[Number]:
    for found in _NUMBER.finditer(text):
        unit = _UNIT_OF.get((found["unit"] or "").lower(), "")
        unit = "money" if found["before"] else unit
        value = float(plain_number(found["number"]))
        yield Number(value, unit, found[0].strip(), found.start(), found.end())


def plain_number(text: str) -> str:
    """Return a number with a point before what is less than one, and nothing else.

    >>> plain_number("12,50"), plain_number("1.200"), plain_number("1.200,50")
    ('12.50', '1200', '1200.50')
    >>> plain_number("1 299"), plain_number("1,29,999"), plain_number("1'280")
    ('1299', '129999', '1280')
    """
    groups = re.split(r"\D", text)
    plain = ["".join(str(int(digit)) for digit in each) for each in groups]
    if not _is_whole(groups, marks_of(text)):
        return f"{''.join(plain[:-1])}.{plain[-1]}"
    return "".join(plain)


def marks_of(figure: str) -> list[str]:
    """Return what stands between the digits of a figure."""
    return re.findall(r"\D", figure)


def _is_whole(groups: list[str], marks: list[str]) -> bool:
    """Return whether the last group of a figure is of thousands too, and no cents."""
    if not marks or marks[-1] in _GROUPS:
        return True
    thousands = len(groups[-1]) == 3 and len({*marks}) == 1 and marks[-1] != "\u066b"  # noqa: PLR2004
    return thousands and {len(each) for each in groups[1:-1]} in (set(), {2}, {3})


def blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text with spaces in place of what stands there."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text

"""Alt texts quote what is surely written, and no ornaments."""

from __future__ import annotations

import pytest

from foveate.service.quoting import quoted
from foveate.values import TextLine


def lines(*texts: str, score: float = 0.9) -> list[TextLine]:
    return [TextLine(((0, 0), (90, 0), (90, 20), (0, 20)), score, text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("STOP",), ["STOP"]),
        (("KEEP", "A", "OUT"), ["KEEP", "OUT"]),
        (("米", "米米米"), []),
        (("OO00OO", "ooo", "- -"), ["OO00OO"]),
        (("出口", "24"), ["出口", "24"]),
        (("出口", "12:30", "5.00"), ["出口", "12:30", "5.00"]),
        (("出口", "EXIT 3"), ["EXIT 3"]),
        (("出口", "出口A"), ["出口", "出口A"]),
        (("出口",), ["出口"]),
        (("Exit", "米日", "安全出口"), ["Exit", "安全出口"]),
    ],
)
def test_one_letter_and_short_chinese_beside_latin_are_not_quoted(
    texts: tuple[str, ...], said: list[str]
) -> None:
    assert quoted(lines(*texts)) == said


def test_what_is_read_with_doubt_is_not_quoted() -> None:
    assert quoted([*lines("SHOP"), *lines("Irrur", score=0.79)]) == ["SHOP"]

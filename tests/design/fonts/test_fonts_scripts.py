from __future__ import annotations

import pytest

from foveate.design.fonts.scripts import drawn, families, joined, right_to_left
from foveate.models.supply.cards import CARDS


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("骨", "", "Noto Sans SC"),
        ("骨", "ja", "Noto Sans JP"),
        ("骨", "ja-JP", "Noto Sans JP"),
        ("骨", "zh-Hant-TW", "Noto Sans TC"),
        ("骨", "zh-HK", "Noto Sans HK"),
        ("骨", "zh-Hans", "Noto Sans SC"),
        ("骨のスープ", "", "Noto Sans JP"),
        ("한국 骨", "en", "Noto Sans KR"),
    ],
)
def test_the_language_or_the_text_says_whose_characters_are_meant(
    text: str, language: str, expected: str
) -> None:
    found = families(text, language)
    assert expected in found
    assert sum(name.startswith("Noto Sans") for name in found) == 2  # Arabic, and this


def test_every_family_that_helps_out_has_a_card() -> None:
    known = {face.family for card in CARDS for face in card.faces}
    languages = ("", "ja", "ko", "zh-tw", "zh-hk")
    assert {name for each in languages for name in families("", each)} <= known


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("123!", False), ("(שלום)", True), ("12 سعر", True), ("a ש", False)],
)
def test_the_first_letter_of_a_direction_says_the_direction(text: str, *, expected: bool) -> None:
    assert right_to_left(text) == expected


def test_only_scripts_that_are_written_in_one_stroke_are_joined() -> None:
    assert [joined(text) for text in ("abc", "سعر", "שלום", "你好")] == [False, True, False, False]


def test_what_has_no_shape_need_be_in_no_font() -> None:
    assert not any(map(drawn, " \n\t\u00a0\u200d\u202b\u2028\ufe0f\u00ad"))
    assert all(map(drawn, "a你ש\u0301☕"))

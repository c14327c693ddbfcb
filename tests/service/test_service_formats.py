"""The table of named formats."""

from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.service.crops import MOST_ASPECTS
from foveate.service.formats import FORMATS, SETS, NamedFormat, read_aspect, reference, wanted


@pytest.mark.parametrize("row", FORMATS.values(), ids=lambda row: row.name)
def test_pixels_have_the_ratio_that_people_know_them_by(row: NamedFormat) -> None:
    width, height = map(float, row.aspect.split(":"))
    assert row.size.aspect == pytest.approx(width / height, rel=0.004)


@pytest.mark.parametrize("name", SETS)
def test_a_set_holds_formats_that_exist_each_once(name: str) -> None:
    assert set(SETS[name]) <= set(FORMATS)
    assert len(set(SETS[name])) == len(SETS[name])


def test_all_sets_at_once_are_not_too_many() -> None:
    assert len(wanted([], SETS)) <= MOST_ASPECTS


def test_sets_come_first_and_nothing_twice() -> None:
    asked = wanted(["1:1", "square", "4:1"], ["shop", "social"])
    assert asked[:5] == list(SETS["shop"])
    assert asked[-2:] == ["1:1", "4:1"]
    assert len(set(asked)) == len(asked)


def test_an_unknown_set_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadOption, match="social, web, shop, print, got 'sozial'"):
        wanted([], ["sozial"])


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("16:9", 16 / 9),
        ("1.5", 1.5),
        ("1.91:1", 1.91),
        ("story", 9 / 16),
        ("link-preview", 40 / 21),
    ],
)
def test_a_ratio_can_be_numbers_or_a_name(text: str, aspect: float) -> None:
    assert read_aspect(text) == pytest.approx(aspect)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadOption, match=r"16:9, or one of square, .*story.*, got 'storry'"):
        read_aspect("storry")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("9x16", "9:16"), ("16 X 9", "16:9"), ("4/5", "4:5"), ("1.91\u00d71", "1.91:1")],
)
def test_a_ratio_as_others_write_it_is_answered_with_how_it_is_written_here(
    text: str, meant: str
) -> None:
    with pytest.raises(BadOption, match=rf"\(did you mean {meant}\?\)"):
        read_aspect(text)


def test_the_reference_has_a_row_for_each_format() -> None:
    rows = reference().splitlines()[2:]
    assert len(rows) == len(FORMATS)
    assert "| `pin` | 2:3 | 1000x1500 | faces | `social` | pin boards | all |" in rows

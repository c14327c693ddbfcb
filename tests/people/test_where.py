"""Selections in the words of the database."""

from __future__ import annotations

import pytest

from foveate.enrolled import Selection
from foveate.errors import BadOption
from foveate.people.where import MOST, condition


def test_nothing_said_is_no_condition() -> None:
    assert condition(Selection()) == ""


def test_quotes_in_names_end_nothing() -> None:
    said = condition(Selection(subjects=("x' OR '1'='1",)))
    assert said == "(subject IN ('x'' OR ''1''=''1'))"


def test_what_is_no_utf_8_is_refused_before_the_database_is_asked() -> None:
    for selection in (
        Selection(subjects=("Zo\udceb",)),
        Selection(ids=("\ud800",)),
        Selection(digests=("\ud800",)),
        Selection(id_begins="\ud800"),
        Selection(metadata={"\ud800": 1}),
    ):
        with pytest.raises(BadOption, match=r"looked for in UTF-8, got '.*\\ud"):
            condition(selection)


def test_metadata_is_compared_with_its_type() -> None:
    assert condition(Selection(metadata={"a'b": "c"})) == "(array_has(tags, 'a''b=\"c\"'))"
    assert condition(Selection(metadata={"n": 1})) == "(array_has(tags, 'n=1'))"


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(BadOption, match=r"metadata\.team: expected .* got list"):
        condition(Selection(metadata={"team": ["a"]}))
    with pytest.raises(BadOption, match=f"up to {MOST} values"):
        condition(Selection(ids=("a",) * (MOST + 1)))

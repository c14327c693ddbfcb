"""All checks together: what is refused, mended or said, and what was so before."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checkings import TITLE, block, changed, checked, scene, text
from design_measures import measured
from design_scenes import PAIRS
from hypothesis import HealthCheck, given, settings

from foveate.design.checks.checking import Checks
from foveate.design.checks.model import Looks
from foveate.design.checks.table import CHECKS
from foveate.design.scene.model import Run

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene, Text


def test_a_change_in_which_nothing_is_wrong_is_left_as_it_is() -> None:
    before = scene()
    after = changed(before, "title", x=30.0)
    found = checked(before, after, measures=measured)
    assert found.scene == after
    assert found.findings == ()


def test_what_was_wrong_before_is_no_reason_against_a_change() -> None:
    before = scene(text("wrong", "far away and far too long" * 9, x=390, width=50.0))
    after = changed(before, "title", x=30.0)
    assert checked(before, after, measures=measured).findings == ()


def test_two_things_are_mended_together() -> None:
    before = scene()
    after = changed(before, "title", x=300.0, size=28.0)
    after = changed(after, "logo", x=100.0)
    found = checked(before, after, measures=measured)
    assert found.refused == ()
    assert len(found.repaired) == 2
    assert block(found.scene, "logo").x == 340
    assert block(found.scene, "title").x == 100


def test_what_mending_spoils_is_refused() -> None:
    # Shrunk to its page, there is no room for its letters.
    before = scene()
    after = changed(before, "title", width=4000.0, size=300.0, height=40.0)
    found = checked(before, after, measures=measured)
    assert found.refused


def test_the_table_has_each_check_once_with_a_sentence() -> None:
    assert len({row.name for row in CHECKS}) == len(CHECKS) == 12
    assert all(row.help.endswith(".") for row in CHECKS)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAIRS)
def test_any_change_is_answered_and_mended_once_for_all(pair: tuple[Scene, Scene]) -> None:
    checks = Checks(Looks(measures=measured))
    found = checks(*pair)
    again = checks(pair[0], found.scene)
    assert again.scene == found.scene or found.refused
    assert {each.found.key for each in again.findings if not each.repaired} <= {
        each.found.key for each in found.findings if not each.repaired
    }


def test_checks_without_anybody_to_ask_find_nothing() -> None:
    before = scene()
    after = changed(before, "title", font="Nobody's", size=90.0, colour=TITLE.colour)
    assert checked(before, after).findings == ()


def test_a_design_by_itself_is_held_against_the_same_checks_and_left_as_it_is() -> None:
    whole = scene(text("wrong", "far away and far too long" * 9, x=390, width=50.0))
    found = Checks(Looks(measures=measured)).of(whole)
    assert [(each.check, each.found.block) for each in found.findings] == [
        ("edges", "wrong"),
        ("fits", "wrong"),
    ]
    assert found.scene == whole


def test_letters_that_no_font_has_are_told_where_they_are_new() -> None:
    def lacking(text: Text, language: str) -> Any:
        named = "No font has ก (U+0E01)." if "ก" in text.words else ""
        return replace(measured(text, language), lacking=named)

    before = scene()
    after = changed(before, "title", runs=(Run(text="ก"),))
    found = checked(before, after, measures=lacking)
    assert found.warned == ("title: No font has ก (U+0E01).",)
    assert found.refused == ()
    assert checked(after, changed(after, "line", x=30.0), measures=lacking).findings == ()


def test_each_check_has_its_rows_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs/design/designs.md").read_text(encoding="utf-8")
    table = text.partition("| check | what is wrong |")[2].partition("\n\n")[0]
    named = dict.fromkeys(re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE))
    assert list(named) == [row.name for row in CHECKS]

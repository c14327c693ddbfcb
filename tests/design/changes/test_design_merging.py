from __future__ import annotations

import pytest
from design_stand import STORY

from foveate.design.changes.difference import difference
from foveate.design.changes.merging import Merged, merge
from foveate.design.xml.reading import loads
from foveate.design.xml.writing import dumps

PRICE = next(line for line in STORY.splitlines(keepends=True) if 'id="price"' in line)
WAS = PRICE.replace('id="price"', 'id="was"')
NEW = PRICE.replace('id="price"', 'id="new"')
RULE = next(line for line in STORY.splitlines(keepends=True) if 'id="rule"' in line)
OFFER = STORY[STORY.index("    <group") : STORY.index("  </page>")]
GROUPS = '    <group id="a" width="1" height="1"/>\n    <group id="b" width="1" height="1"/>\n'


def merged(ours: str, theirs: str, base: str = STORY) -> Merged:
    start = loads(base)
    return merge(start, difference(start, loads(ours)), difference(start, loads(theirs)))


def conflicts(ours: str, theirs: str, base: str = STORY) -> list[str]:
    joined = merged(ours, theirs, base)
    assert joined.scene == loads(ours)
    return list(map(str, joined.conflicts))


def test_changes_of_different_things_are_all_made() -> None:
    joined = merged(STORY.replace('"96"', '"120"'), STORY.replace("9.99", "8.99"))
    assert dumps(joined.scene) == STORY.replace('"96"', '"120"').replace("9.99", "8.99")
    assert joined.conflicts == ()


def test_what_both_changed_alike_is_changed_once() -> None:
    both = STORY.replace('"96"', '"120"').replace(PRICE, "")
    joined = merged(both, both)
    assert (dumps(joined.scene), joined.conflicts) == (both, ())


def test_two_values_of_one_attribute_contradict_each_other() -> None:
    assert conflicts(STORY.replace('"96"', '"120"'), STORY.replace('"96"', '"80"')) == [
        "Change size of text title from 96 to 80: size was changed to something else."
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        (STORY.replace(PRICE, ""), STORY.replace("9.99", "8.99"), "price was removed"),
        (STORY.replace("9.99", "8.99"), STORY.replace(PRICE, ""), "price was changed"),
        (STORY.replace("9.99", "8.99"), STORY.replace(OFFER, ""), "price was changed"),
        (
            STORY.replace(OFFER, ""),
            STORY.replace(RULE, RULE + WAS),
            "offer is not there",
        ),
        (
            STORY.replace(RULE, RULE + WAS),
            STORY.replace(OFFER, ""),
            "was is inside now",
        ),
    ],
)
def test_what_is_removed_by_one_and_changed_by_the_other_stays_ours(
    ours: str, theirs: str, why: str
) -> None:
    (told,) = conflicts(ours, theirs)
    assert told.endswith(f"{why}.")


def test_two_new_elements_of_one_id_contradict_each_other() -> None:
    ours, theirs = (STORY.replace(OFFER, OFFER + NEW.replace("64", size)) for size in ("10", "20"))
    (told,) = conflicts(ours, theirs)
    assert told.endswith("new was added as something else.")


def test_two_groups_are_not_moved_into_each_other() -> None:
    base = STORY.replace(OFFER, GROUPS)
    first, second = GROUPS.splitlines(keepends=True)
    a_in_b = base.replace(GROUPS, second.replace("/>", ">") + first + "</group>")
    b_in_a = base.replace(GROUPS, first.replace("/>", ">") + second + "</group>")
    (told,) = conflicts(a_in_b, b_in_a, base)
    assert told.endswith("b would be inside of itself.")


def test_removing_more_than_the_other_is_no_contradiction() -> None:
    assert merged(STORY.replace(PRICE, ""), STORY.replace(OFFER, "")).conflicts == ()
    joined = merged(STORY.replace(OFFER, ""), STORY.replace(PRICE, ""))
    assert (dumps(joined.scene), joined.conflicts) == (STORY.replace(OFFER, ""), ())


def test_a_new_text_with_runs_leads_no_move_into_itself() -> None:
    base = STORY.replace(OFFER, GROUPS)
    first, second = GROUPS.splitlines(keepends=True)
    text = '    <text id="said" width="50" height="20">New <run weight="700">words</run></text>\n'
    theirs = base.replace(GROUPS, second + first + text)
    assert dumps(merged(base, theirs, base).scene) == dumps(loads(theirs))
    assert not merged(base, theirs, base).conflicts

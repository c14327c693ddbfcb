from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from design_stand import STORY, story, with_words

from foveate.design.changes.applying import apply
from foveate.design.changes.difference import difference
from foveate.design.changes.in_json import changes_from_json, changes_to_json
from foveate.design.changes.matters import matters
from foveate.design.changes.model import (
    Added,
    Changed,
    ChangeSet,
    Moved,
    Place,
    Removed,
    inverse,
)
from foveate.design.changes.sentences import sentence
from foveate.design.nodes.node import Node
from foveate.design.scene.words import Matter
from foveate.design.xml.reading import loads
from foveate.errors import BadChange, BadDesign, DesignConflict

if TYPE_CHECKING:
    from foveate.design.scene.model import Scene

PRICE = next(line for line in STORY.splitlines(keepends=True) if 'id="price"' in line)
WAS = PRICE.replace('id="price"', 'id="was"')
PHOTO = next(line for line in STORY.splitlines(keepends=True) if 'id="photo"' in line)


def sentences(after: Scene) -> list[str]:
    return [sentence(change) for change in difference(story(), after).changes]


def test_an_attribute_that_changes_is_one_change() -> None:
    changes = difference(story(), with_words('size="96"', 'size="120"'))
    assert changes.changes == (Changed("text", "title", "size", "96", "120"),)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('size="96"', 'size="120"', ["Change size of text title from 96 to 120."]),
        (' align="center"', "", ["Change align of text title from center to start."]),
        ('name="Summer"', 'name="Sale"', ['Change name of the design from "Summer" to "Sale".']),
        (">9.99<", ">8.99<", ['Change the words of text price from "9.99" to "8.99".']),
        (
            "#ff6347",
            "#0000ff",
            ['Change the look of the words of text title: "Summer sale / 50 % off & more".'],
        ),
        (PRICE, "", ['Remove text price ("9.99") from offer.']),
        (PHOTO + "    <text", "    <text", ["Remove image photo from story."]),
        (
            '      <rect id="card"',
            f'{WAS}      <rect id="card"',
            ['Add text was ("9.99") to offer, as the first.'],
        ),
        (
            '      <ellipse id="dot" x="800" y="40" width="60" height="60" fill="#ff0000"/>\n',
            '      <rect id="dot" x="800" y="40" width="60" height="60" fill="#ff0000"/>\n',
            ["Remove ellipse dot from offer.", "Add rect dot to offer, after rule."],
        ),
    ],
)
def test_each_change_is_told_in_a_sentence(old: str, new: str, told: list[str]) -> None:
    assert sentences(with_words(old, new)) == told


def test_one_that_moves_is_one_move_whatever_stands_between() -> None:
    last = STORY.replace(PHOTO, "").replace("    </group>\n", f"    </group>\n{PHOTO}")
    assert sentences(loads(last)) == ["Move image photo in story: after offer."]


def test_one_that_gets_another_parent_is_moved_there() -> None:
    out = STORY.replace(PRICE, "").replace(PHOTO, PRICE + PHOTO)
    assert sentences(loads(out)) == ["Move text price from offer to story, as the first."]


def test_a_group_that_goes_leaves_what_was_moved_out() -> None:
    start, end = STORY.index("    <group"), STORY.index("    </group>\n")
    left = loads(STORY[:start] + PRICE + STORY[end + len("    </group>\n") :])
    assert sentences(left) == [
        "Remove group offer with 4 inside from story.",
        "Move text price from offer to story, after title.",
    ]
    changes = difference(story(), left)
    assert apply(left, inverse(changes)) == story()


@pytest.mark.parametrize("said", ["changed", "moved"])
def test_changes_of_another_type_are_refused(said: str) -> None:
    change = {"change": said, "type": "rect", "id": "price", "was": None}
    changed = {"attribute": "opacity", "to": "0.5"}
    moved = {"was": {"parent": "story"}, "to": {"parent": "story"}}
    told = change | (changed if said == "changed" else moved)
    with pytest.raises(DesignConflict, match="price: expected changes of text, got some of rect"):
        apply(story(), changes_from_json({"changes": [told]}))


def test_changes_of_another_version_are_refused() -> None:
    changes = difference(story(), with_words('size="96"', 'size="120"'))
    with pytest.raises(DesignConflict, match="Expected changes of version"):
        apply(with_words('name="Summer"', 'name="Sale"'), changes)


def test_a_text_that_was_emptied_meanwhile_is_not_removed_as_it_was() -> None:
    after = loads(STORY.replace(PRICE, ""))
    removed = replace(difference(story(), after), of="")
    emptied = loads(STORY.replace(">9.99<", "><"))
    with pytest.raises(DesignConflict, match="price: expected it as it was"):
        apply(emptied, removed)


STAR = Node("path", {"id": "star"})
NEW = Node("rect", {"id": "new", "width": "1", "height": "1"})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Changed("text", "titel", "size", "96", "1"), "titel: expected an element of that id"),
        (Changed("text", "title", "size", "95", "1"), "title: expected size as it was"),
        (Changed("text", "title", "id", "title", "t"), "expected an attribute that changes"),
        (Changed("text", "title", "runs", "a", "b"), "expected an attribute that changes"),
        (Moved("text", "price", Place("story"), Place("story")), "expected it in story"),
        (Moved("text", "price", Place("offer"), Place("nowhere")), "expected its parent nowhere"),
        (Moved("text", "price", Place("offer"), Place("title")), "Expected what holds text price"),
        (Moved("group", "offer", Place("story"), Place("offer")), "inside of itself"),
        (Moved("design", "", Place(""), Place("story")), "got the design"),
        (Removed(STAR, Place("offer")), "star: expected it as it was"),
        (Added(replace(NEW, said={"id": "star"}), Place("story")), "star: expected a new id"),
        (Added(replace(NEW, said={}), Place("story")), "Expected an id of all"),
        (Added(NEW, Place("")), "Expected what holds rect new"),
    ],
)
def test_what_cannot_be_changed_is_refused_and_nothing_is(change: Changed, told: str) -> None:
    before = story()
    with pytest.raises(DesignConflict) as refused:
        apply(before, ChangeSet(changes=(change,)))
    assert told in refused.value.public
    assert before == story()


@pytest.mark.parametrize(
    "change",
    [
        Changed("text", "title", "size", "96", "huge"),
        Changed("text", "title", "sparkle", None, "1"),
        Added(replace(NEW, said={"id": "new"}), Place("story")),
    ],
)
def test_values_that_cannot_be_are_refused(change: Changed) -> None:
    with pytest.raises(BadDesign):
        apply(story(), ChangeSet(changes=(change,)))


def test_changes_are_read_from_json() -> None:
    after = loads(STORY.replace(PRICE, "").replace("#ff6347", "#0000ff").replace(PHOTO, ""))
    changes = difference(story(), after)
    assert changes_from_json(changes_to_json(changes)) == changes


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], "Expected an object for a change set"),
        ({"changes": 1}, "changes: expected a list"),
        ({"changes": [{"change": "exploded", "type": "text"}]}, "expected added, removed, moved"),
        ({"changes": [{"change": "moved", "type": "x"}]}, "expected the type of an element"),
        ({"changes": [{"change": "added", "block": 1}]}, "expected an object"),
        ({"changes": [{"change": "moved", "type": "text", "was": {"index": -1}}]}, "a place"),
        (
            {"changes": [{"change": "changed", "type": "text", "attribute": "x", "to": []}]},
            "expected a number, a text",
        ),
        ({"of": 1, "changes": []}, "of: expected a text"),
    ],
)
def test_what_is_no_change_set_is_refused(said: object, told: str) -> None:
    with pytest.raises(BadChange) as refused:
        changes_from_json(said)
    assert told in refused.value.public


@pytest.mark.parametrize(
    ("old", "new", "about"),
    [
        ('size="96"', 'size="120"', {Matter.LETTERS}),
        (">9.99<", ">8.99<", {Matter.TEXT}),
        ("#ff6347", "#0000ff", {Matter.COLOUR}),
        ("beach.jpg", "other.jpg", {Matter.SOURCE}),
        ('fill="#ff0000"', "fill=\"url('x.jpg')\"", {Matter.COLOUR, Matter.SOURCE}),
        (PRICE, "", set(Matter)),
    ],
)
def test_what_a_change_is_about_is_known(old: str, new: str, about: set[Matter]) -> None:
    (change,) = difference(story(), with_words(old, new)).changes
    assert matters(change) == about

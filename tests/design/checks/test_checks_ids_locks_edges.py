"""Ids, locks and edges: what stays, and what is brought back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from checkings import OFFER, TITLE, block, changed, checked, scene, text, without

from foveate.design.checks.edges import beyond
from foveate.design.scene.model import Group, Page, Rectangle, Role
from foveate.design.tree import extent, spots


def test_an_exchanged_id_comes_back() -> None:
    before = scene()
    after = changed(before, "title", id="headline", x=30.0)
    found = checked(before, after)
    assert found.refused == ()
    assert found.repaired == ("headline has to keep its id title.",)
    assert block(found.scene, "title").x == 30


def test_a_block_that_is_removed_is_no_matter_of_ids() -> None:
    before = scene()
    assert checked(before, without(before, "line")).findings == ()


def test_an_id_that_is_there_twice_is_refused() -> None:
    before = scene()
    page = before.pages[0]
    after = replace(before, pages=(replace(page, blocks=(*page.blocks, TITLE)),))
    assert checked(before, after).refused == ("Expected the id title once, got it 2 times.",)


def test_an_id_that_a_page_has_now_is_not_given_back_to_a_block() -> None:
    before = scene()
    page = replace(changed(before, "title", id="headline").pages[0], id="title")
    found = checked(before, replace(before, pages=(page,)))
    assert found.refused
    assert "headline" in spots(found.scene)


def test_an_element_stays_of_its_kind() -> None:
    before = scene()
    page = before.pages[0]
    other = Rectangle(id="title", x=20, y=20, width=300, height=40)
    blocks = tuple(other if each.id == "title" else each for each in page.blocks)
    after = replace(before, pages=(replace(page, blocks=blocks),))
    assert "title has to stay a text, by its id." in checked(before, after).refused


def test_a_page_stays() -> None:
    before = scene()
    after = replace(before, pages=(replace(before.pages[0], id="other"),))
    assert "The page page has to stay, by its id." in checked(before, after).refused


@pytest.mark.parametrize("said", [{"x": 0.0}, {"hidden": True}, {"fill": None, "width": 9.0}])
def test_changes_of_what_is_locked_are_left_out(said: dict[str, object]) -> None:
    before = scene()
    after = changed(changed(before, "logo", **said), "title", x=50.0)
    found = checked(before, after)
    assert found.refused == ()
    assert found.scene == changed(before, "title", x=50.0)


def test_what_is_locked_comes_back_when_it_was_removed() -> None:
    before = scene()
    found = checked(before, without(before, "logo"))
    assert found.scene == before
    assert found.repaired == ("logo is locked, or holds what is: it stays as it is.",)


def test_a_lock_may_be_opened() -> None:
    before = scene()
    after = changed(before, "logo", locked=False)
    assert checked(before, after).findings == ()


def test_a_group_with_what_is_locked_is_not_moved() -> None:
    inner = text("inner", "49", width=80.0, height=30.0, locked=True)
    before = scene(Group(id="badge", x=200, y=130, width=90, height=40, blocks=(inner,)))
    found = checked(before, changed(before, "badge", x=20.0))
    assert found.scene == before


def test_what_leaves_its_page_is_moved_in() -> None:
    before = scene()
    found = checked(before, changed(before, "title", x=250.0, y=-30.0))
    moved = block(found.scene, "title")
    assert (moved.x, moved.y, moved.width) == (100, 0, 300)
    assert found.repaired[0].startswith("title is 150 px beyond its page: expected it within")


def test_what_is_larger_than_its_page_shrinks_about_its_middle_with_its_letters() -> None:
    before = scene()
    found = checked(before, changed(before, "title", x=-200.0, width=800.0, height=80.0))
    small = block(found.scene, "title")
    assert (small.x, small.width, small.height, small.size) == (0, 400, 40, 12)


def test_a_turned_block_is_in_with_all_of_its_corners() -> None:
    before = scene()
    after = changed(before, "title", rotation=90.0, x=-100.0, y=20.0)
    found = checked(before, after)
    spot = spots(found.scene)["title"]
    assert beyond(spot) == pytest.approx(0, abs=0.01)


def test_a_block_in_a_group_is_moved_in_its_group() -> None:
    before = scene(replace(OFFER, id="turned", x=250, rotation=90, blocks=(text("deep", "9"),)))
    after = changed(before, "deep", x=300.0, width=80.0)
    found = checked(before, after)
    assert found.refused == ()
    assert block(found.scene, "turned") != block(after, "turned")
    assert beyond(spots(found.scene)["deep"]) == pytest.approx(0, abs=0.01)


def test_a_moved_group_is_moved_in_as_a_whole() -> None:
    before = scene()
    found = checked(before, changed(before, "offer", x=390.0))
    group = block(found.scene, "offer")
    assert group.blocks == OFFER.blocks
    assert extent(group).right == pytest.approx(400)


@pytest.mark.parametrize("role", [Role.BACKGROUND, Role.DECORATION])
def test_backgrounds_and_decorations_may_be_cut_but_not_gone(role: Role) -> None:
    before = scene(Rectangle(id="glow", role=role, width=100, height=100))
    assert checked(before, changed(before, "glow", x=-50.0)).findings == ()
    assert checked(before, changed(before, "glow", x=-150.0)).repaired


def test_on_a_smaller_page_all_has_to_be() -> None:
    before = scene()
    page = before.pages[0]
    small: Page = replace(page, width=300)
    found = checked(before, replace(before, pages=(small,)))
    assert block(found.scene, "title").width == 300

"""What the editor of designs makes of a design, without anybody at the mouse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from foveate.design.changes.difference import difference
from foveate.design.changes.in_json import changes_to_json
from foveate.design.in_json import scene_from_json, scene_to_json
from foveate.design.scaling import scaled
from foveate.design.tree import spots
from foveate.design.xml import reading

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from foveate.design.scene.model import Scene

GROUPED = """<design version="1"><page id="p" width="400" height="300">
  <rect id="under" width="400" height="300" z="3"/>
  <group id="g" x="20" y="20" width="200" height="100" z="5" opacity="0.5">
    <rect id="r" width="40" height="20"/><text id="t" y="30" width="90" height="60">A
      <run letter-spacing="2">b</run></text><line id="l" y="95" width="200" height="0"/>
  </group>
  <rect id="over" x="30" y="30" width="40" height="40" z="7"/>
</page></design>"""
FOUR = """<design version="1"><page id="p" width="40" height="30">
  <rect id="a" width="9" height="9" z="5"/><rect id="b" width="9" height="9"/>
  <rect id="c" width="9" height="9"/><rect id="d" width="9" height="9"/>
</page></design>"""
PURE = r"""async ([name, given]) => {
  const { src } = document.querySelector('script[type=module]');
  const own = new URL('designs/', src.replace(/designs\/[^/]*$/, ''));
  const load = (file) => import(new URL(file, own));
  const { Misfit, changed, inverted } = await load('changes.js');
  const { spotsOf, inPaintOrder } = await load('scene.js');
  const { Words } = await load('words.js');
  const words = new Words();
  await words.learn();
  const design = (scene, chosen) => ({
    scene, words,
    get spots() { return spotsOf(this.scene); },
    get freeSpots() { return chosen.map((id) => this.spots.get(id)); },
    do(changes) {
      this.scene = changed(this.scene, changes, true);
      (this.done ??= []).push(changes);
    },
    choose() {},
  });
  const acts = {
    async accepted({ scene, changes }) {
      try { return { made: changed(scene, changes, true) }; }
      catch (why) {
        if (!(why instanceof Misfit)) throw why;
        return { why: why.message };
      }
    },
    async cards({ changes }) {
      const { gathered } = await load('cards.js');
      return gathered(changes).map((card) => card.length);
    },
    async act({ scene, chosen, act, to }) {
      const one = design(scene, chosen);
      (await load('inserting.js'))[act](one, to);
      const undo = (made, each) => changed(made, inverted(each), true);
      const back = (one.done ?? []).reverse().reduce(undo, one.scene);
      const row = inPaintOrder(one.scene.pages[0].blocks).map(({ id }) => id);
      return { made: one.scene, row, back };
    },
    async grown({ scene, id, box }) {
      const { grown } = await load('moves.js');
      return grown(words, spotsOf(scene).get(id).node, box);
    },
  };
  return acts[name](given);
}"""


def asked(tab: Page, name: str, scene: str | Scene, **more: Any) -> Any:
    read = reading.loads(scene) if isinstance(scene, str) else scene
    return tab.evaluate(PURE, [name, {"scene": scene_to_json(read), **more}])


@pytest.fixture
def shelf(tab: Page) -> Page:
    tab.goto("/designs")
    tab.wait_for_selector("[data-template]")
    return tab


def ungrouping(scene: Scene) -> list[dict[str, Any]]:
    """Return the changes that lift a block out of its group, and take that away with the rest."""
    page = scene.pages[0]
    under, group, over = page.blocks
    left = replace(page, blocks=(under, group.blocks[0], over))
    changes: list[dict[str, Any]] = changes_to_json(
        difference(scene, replace(scene, pages=(left,)))
    )["changes"]
    return changes


def test_a_group_goes_with_nothing_in_it_that_is_to_stay(shelf: Page) -> None:
    scene = reading.loads(GROUPED)
    changes = ungrouping(scene)
    alone = [each for each in changes if each["change"] == "removed"]
    told = asked(shelf, "accepted", scene, changes=alone)
    assert told == {"why": "There is r in g, which is to stay."}
    made = asked(shelf, "accepted", scene, changes=changes)["made"]
    assert [each["id"] for each in made["pages"][0]["blocks"]] == ["under", "r", "over"]
    moves = sum(each["change"] in {"moved", "removed"} for each in changes)
    assert max(asked(shelf, "cards", scene, changes=changes)) >= moves > 1


def test_what_was_changed_meanwhile_does_not_go(shelf: Page) -> None:
    scene = reading.loads(GROUPED)
    changes = ungrouping(scene)
    later = reading.loads(GROUPED.replace('y="95" width="200"', 'y="90" width="200"'))
    assert asked(shelf, "accepted", later, changes=changes)["why"] == "l is another one meanwhile."


@pytest.mark.parametrize(
    ("chosen", "to", "row"),
    [
        ("b", "front", "cdab"),
        ("a", "back", "abcd"),
        ("bc", "forward", "dbca"),
        ("cd", "back", "cdba"),
        ("cd", "backward", "cdba"),
        ("d", "forward", "bcad"),
        ("a", "backward", "bcad"),
        ("a", "front", "bcda"),
    ],
)
def test_order_is_that_of_painting(shelf: Page, chosen: str, to: str, row: str) -> None:
    told = asked(shelf, "act", FOUR, chosen=[*chosen], act="order", to=to)
    assert "".join(told["row"]) == row
    assert scene_from_json(told["back"]) == reading.loads(FOUR)


def test_a_group_stands_where_what_is_in_front_of_it_stood(shelf: Page) -> None:
    told = asked(shelf, "act", GROUPED, chosen=["g", "over"], act="group", to=None)
    assert told["row"] == ["under", "group-1"]
    assert scene_from_json(told["back"]) == reading.loads(GROUPED)


def test_what_leaves_a_group_looks_as_it_did_in_it(shelf: Page) -> None:
    told = asked(shelf, "act", GROUPED, chosen=["g"], act="ungroup", to=None)
    assert told["row"] == ["under", "r", "t", "l", "over"]
    made = {each["id"]: each for each in told["made"]["pages"][0]["blocks"]}
    assert (made["r"]["opacity"], made["r"]["z"], made["r"]["x"]) == (0.5, 5, 20)
    assert scene_from_json(told["back"]) == reading.loads(GROUPED)


def test_a_group_grows_as_the_server_has_it(shelf: Page) -> None:
    scene = reading.loads(GROUPED)
    group = spots(scene)["g"].block
    box = {"x": 0, "y": 0, "width": 400, "height": 200}
    said = asked(shelf, "grown", scene, id="g", box=box)
    made = scene_to_json(scene)
    for each in made["pages"][0]["blocks"][1]["blocks"]:
        each.update(said[each["id"]])
    grown = scene_from_json(made).pages[0].blocks[1]
    assert grown.blocks == scaled(group, 2).blocks

"""The editor of designs: what is done with it is drawn by the server, and kept as versions."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from designs_stand import need_letters
from PIL import Image
from playwright.sync_api import expect
from studio_servers import serve

from foveate.design.changes.difference import difference
from foveate.design.changes.in_json import changes_to_json
from foveate.design.drawing.engine import installed
from foveate.design.in_json import scene_from_json, scene_to_json
from foveate.design.tasks import __file__ as tasks
from foveate.design.tree import spots
from foveate.design.xml import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from studio_servers import Served

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

RED, WHITE = (255, 0, 0), (255, 255, 255)
DESIGN = """<design version="1" name="Sheet" lang="en">
  <page id="sheet" width="400" height="300" fill="#ffffff">
    <rect id="mark" name="Mark" x="40" y="40" width="80" height="60" fill="#ff0000"/>
    <text id="title" name="Title" x="40" y="200" width="320" height="60" size="40"
      fit="shrink">Hello <run color="#ff0000">you</run></text>
    <group id="pair" name="Pair" x="200" y="40" width="160" height="100" rotation="30">
      <ellipse id="dot" x="10" y="10" width="60" height="60" rotation="10" fill="#0000ff"/>
      <group id="inner" x="80" y="20" width="60" height="60" rotation="-45">
        <rect id="deep" width="40" height="20" fill="#00aa00"/>
      </group>
    </group>
    <rect id="fixed" name="Fixed" y="290" width="400" height="10" fill="#cccccc" locked="true"/>
  </page>
</design>
"""
SCENES = [reading.loads(DESIGN)] + [
    reading.loads(each.read_bytes()) for each in sorted(Path(tasks).parent.glob("designs/*.xml"))
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_letters()
    folder = tmp_path_factory.mktemp("designs")
    with serve(folder, FOVEATE_DESIGNS__FOLDER=str(folder / "designs")) as running:
        yield running


@pytest.fixture
def editor(tab: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The editor of a design of its own, drawn."""
    # Each its own: a design goes on from the versions of one of its name that was deleted.
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[5:64].strip("-")
    tab.design = name  # type: ignore[attr-defined]
    kept = tab.request.post(
        f"/v1/designs?id={name}", data=DESIGN, headers={"content-type": "application/xml"}
    )
    assert kept.status == 201, kept.text()
    tab.goto(f"/designs/{name}")
    tab.wait_for_selector("img.drawn[data-drawn]")
    yield tab
    tab.request.delete(f"/v1/designs/{name}")


def scene(page: Page) -> dict[str, Any]:
    own = f"/v1/designs/{page.design}"  # type: ignore[attr-defined]
    found: dict[str, Any] = page.request.get(own, headers={"accept": "application/json"}).json()
    return found


def block(page: Page, name: str) -> dict[str, Any]:
    return next(each for each in scene(page)["pages"][0]["blocks"] if each["id"] == name)


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where a place of the design is on the screen."""
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    return sheet["x"] + x / 400 * sheet["width"], sheet["y"] + y / 300 * sheet["height"]


def colour(page: Page, x: float, y: float) -> tuple[int, ...]:
    """Return what the drawing has there, without what lies over it."""
    page.evaluate("document.querySelector('.overlay').style.visibility = 'hidden'")
    seen = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    page.evaluate("document.querySelector('.overlay').style.visibility = ''")
    left, top = at(page, x, y)
    return tuple(int(each) for each in seen[int(top), int(left)])


def drag(page: Page, start: tuple[float, float], to: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.keyboard.down("Alt")  # keeps to no lines
    page.mouse.move(*at(page, *to), steps=5)
    page.mouse.up()
    page.keyboard.up("Alt")


def wait_for_version(page: Page, version: int) -> None:
    expect(page.locator(".state")).to_have_text(f"Version {version}")


def test_a_block_is_moved_drawn_kept_and_taken_back(editor: Page) -> None:
    before = scene(editor)
    assert (colour(editor, 80, 70), colour(editor, 80, 150)) == (RED, WHITE)
    drag(editor, (80, 70), (80, 150))
    wait_for_version(editor, 2)
    editor.wait_for_timeout(300)
    assert (colour(editor, 80, 70), colour(editor, 80, 150)) == (WHITE, RED)
    assert block(editor, "mark")["y"] == pytest.approx(120, abs=1)
    editor.keyboard.press("Control+z")
    wait_for_version(editor, 3)
    assert scene(editor) == before
    editor.wait_for_timeout(300)
    assert colour(editor, 80, 70) == RED
    editor.keyboard.press("Control+Shift+z")
    wait_for_version(editor, 4)
    assert block(editor, "mark")["y"] == pytest.approx(120, abs=1)


def test_what_is_moved_by_hand_lies_on_whole_pixels(editor: Page) -> None:
    editor.mouse.move(*at(editor, 80, 70))
    editor.mouse.down()
    editor.mouse.move(*at(editor, 85.37, 196.3), steps=5)
    editor.mouse.up()
    wait_for_version(editor, 2)
    mark = block(editor, "mark")
    assert (mark["x"] % 1, mark["y"] % 1) == (0, 0)
    assert (mark["x"], mark["y"]) == pytest.approx((45, 166), abs=1)


def new_text(page: Page) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = scene(page)["pages"][0]["blocks"]
    return next(each for each in blocks if each["id"].startswith("text"))


def test_a_new_text_is_told_apart_from_what_it_lies_on(editor: Page) -> None:
    editor.mouse.click(*at(editor, 20, 150))
    editor.keyboard.press("t")
    editor.keyboard.press("Escape")
    wait_for_version(editor, 2)
    assert new_text(editor)["color"] == "#1b1b1f"
    dark = DESIGN.replace('fill="#ffffff"', 'fill="linear-gradient(90deg, #101014 0, #3a2a6b 1)"')
    put = editor.request.put(
        f"/v1/designs/{editor.design}",  # type: ignore[attr-defined]
        data=dark,
        headers={"content-type": "application/xml", "if-match": '"2"'},
    )
    assert put.status == 200, put.text()
    editor.reload()
    editor.wait_for_selector("img.drawn[data-drawn]")
    editor.mouse.click(*at(editor, 20, 150))
    editor.keyboard.press("t")
    editor.keyboard.press("Escape")
    wait_for_version(editor, 4)
    assert new_text(editor)["color"] == "#ffffff"


def test_a_block_is_drawn_larger_by_its_handle(editor: Page) -> None:
    editor.mouse.click(*at(editor, 80, 70))
    drag(editor, (120, 100), (160, 140))
    wait_for_version(editor, 2)
    mark = block(editor, "mark")
    box = [mark.get(side, 0) for side in ("x", "y", "width", "height")]
    assert box == pytest.approx([0, 0, 160, 140], abs=2), "with Alt both sides move"


def test_the_letters_of_a_text_are_typed_where_it_stands(editor: Page) -> None:
    editor.mouse.dblclick(*at(editor, 60, 225))
    field = editor.locator(".lettering")
    expect(field).to_have_value("Hello you")
    field.fill("Hello dear you")
    editor.keyboard.press("Control+Enter")
    wait_for_version(editor, 2)
    assert block(editor, "title")["runs"] == ["Hello dear ", {"text": "you", "color": "#ff0000"}]
    expect(editor.locator("textarea[name=runs]")).to_have_value("Hello dear you")


def test_escape_ends_typing_and_keeps_what_was_typed_until_it_is_taken_back(editor: Page) -> None:
    before = block(editor, "title")["runs"]
    editor.mouse.dblclick(*at(editor, 60, 225))
    editor.locator(".lettering").fill("Hello dear you")
    editor.keyboard.press("Escape")
    expect(editor.locator(".lettering")).to_have_count(0)
    wait_for_version(editor, 2)
    assert block(editor, "title")["runs"][0] == "Hello dear "
    editor.keyboard.press("Control+z")
    wait_for_version(editor, 3)
    assert block(editor, "title")["runs"] == before


def test_with_the_keyboard_alone_blocks_are_chosen_moved_and_changed(editor: Page) -> None:
    editor.focus(".view")
    editor.keyboard.press("Tab")
    expect(editor.locator("#right h2")).to_have_text("Mark")
    for _ in range(3):
        editor.keyboard.press("ArrowRight")
    editor.keyboard.press("Shift+ArrowDown")
    editor.fill("[data-name=opacity] input", "0.5")
    editor.press("[data-name=opacity] input", "Enter")
    wait_for_version(editor, 2)
    mark = block(editor, "mark")
    assert (mark["x"], mark["y"], mark["opacity"]) == (43, 50, 0.5)


def test_what_the_server_does_not_take_is_said_beside_its_field(editor: Page) -> None:
    editor.mouse.click(*at(editor, 80, 70))
    editor.fill("[data-name=fill] input[type=text]", "reddish")
    editor.press("[data-name=fill] input[type=text]", "Enter")
    expect(editor.locator("[data-name=fill] .wrong")).to_contain_text("CSS colour")
    editor.complaints.clear()  # type: ignore[attr-defined]
    editor.fill("[data-name=fill] input[type=text]", "linear-gradient(90deg, #f00 0, #00f 1)")
    editor.press("[data-name=fill] input[type=text]", "Enter")
    wait_for_version(editor, 2)
    assert block(editor, "mark")["fill"].startswith("linear-gradient(")


@pytest.mark.parametrize("way", ["Keep mine as well", "Take theirs"])
def test_somebody_else_was_faster(editor: Page, way: str) -> None:
    own = f"/v1/designs/{editor.design}"  # type: ignore[attr-defined]
    theirs = DESIGN.replace('fill="#ff0000"', 'fill="#00ff00"', 1)
    headers = {"content-type": "application/xml", "if-match": '"1"'}
    drag(editor, (80, 70), (80, 150))
    assert editor.request.put(own, data=theirs, headers=headers).status == 200
    bar = editor.locator(".trouble")
    expect(bar).to_contain_text("Version 2")
    editor.complaints.clear()  # type: ignore[attr-defined]
    bar.get_by_role("button", name=way).click()
    expect(bar).to_be_hidden()
    wait_for_version(editor, 3 if way.startswith("Keep") else 2)
    mark = block(editor, "mark")
    assert mark["fill"] == "#00ff00"
    assert mark["y"] == (pytest.approx(120, abs=1) if way.startswith("Keep") else 40)
    editor.wait_for_timeout(300)
    assert colour(editor, 80, mark["y"] + 30) == (0, 255, 0)


def test_without_a_connection_nothing_is_lost(editor: Page) -> None:
    own = f"**/v1/designs/{editor.design}"  # type: ignore[attr-defined]
    editor.route(own, lambda route: route.abort())
    drag(editor, (80, 70), (80, 150))
    expect(editor.locator(".trouble")).to_contain_text("cannot be reached")
    editor.complaints.clear()  # type: ignore[attr-defined]
    editor.unroute(own)
    editor.get_by_role("button", name="Try again").click()
    wait_for_version(editor, 2)
    expect(editor.locator(".trouble")).to_be_hidden()
    assert block(editor, "mark")["y"] == pytest.approx(120, abs=1)


def test_a_box_around_blocks_chooses_them_and_nothing_behind(editor: Page) -> None:
    start, end = at(editor, 20, 150), at(editor, 340, 270)
    editor.mouse.move(*start)
    editor.mouse.down()
    editor.mouse.move(*end, steps=4)
    editor.mouse.up()
    expect(editor.locator("#right h2")).to_have_text("Title")
    editor.keyboard.press("Control+a")
    expect(editor.locator("#right h2")).to_have_text("3 blocks")
    editor.keyboard.press("Control+g")
    wait_for_version(editor, 2)
    blocks = scene(editor)["pages"][0]["blocks"]
    assert [each["id"] for each in blocks] == ["group-1", "fixed"]
    assert [each["id"] for each in blocks[0]["blocks"]] == ["mark", "title", "pair"]
    editor.wait_for_timeout(400)
    assert colour(editor, 80, 70) == RED, "it is seen where it was"
    editor.keyboard.press("Control+Shift+g")
    wait_for_version(editor, 3)
    same = [(each["id"], each["x"], each["y"]) for each in scene(editor)["pages"][0]["blocks"][:3]]
    assert same == [("mark", 40, 40), ("title", 40, 200), ("pair", 200, 40)]


def test_layers_are_hidden_locked_and_put_behind_each_other(editor: Page) -> None:
    editor.get_by_role("button", name="Hide Mark").click()
    editor.get_by_role("button", name="Lock Title").click()
    pair = editor.locator(".layer[data-id=pair] .called")
    pair.focus()
    editor.keyboard.press("Alt+ArrowDown")
    wait_for_version(editor, 2)
    assert block(editor, "mark")["hidden"]
    assert block(editor, "title")["locked"]
    order = [each["id"] for each in scene(editor)["pages"][0]["blocks"]]
    assert order.index("pair") < order.index("title")
    drag(editor, (60, 225), (60, 150))
    editor.wait_for_timeout(300)
    assert block(editor, "title")["y"] == 200, "locked blocks stay"


def test_a_picture_is_brought_and_kept_with_the_designs(editor: Page, portrait: str) -> None:
    editor.set_input_files("input[type=file]", portrait)
    wait_for_version(editor, 2)
    made = scene(editor)["pages"][0]["blocks"][-1]
    assert made["src"].startswith("picture:")
    editor.wait_for_timeout(300)
    expect(editor.locator(".said")).to_be_hidden()
    assert colour(editor, 200, 150) != WHITE


def test_a_picture_that_is_exchanged_is_told_in_words_of_its_own(
    editor: Page, portrait: str
) -> None:
    editor.set_input_files("input[type=file]", portrait)
    wait_for_version(editor, 2)
    made = scene(editor)["pages"][0]["blocks"][-1]
    assert made["alt"] == Path(portrait).stem
    other = {"name": "red-hat.png", "mimeType": "image/png", "buffer": _png(RED)}
    editor.set_input_files("input[type=file]", other)
    wait_for_version(editor, 3)
    found = block(editor, made["id"])
    assert found["src"] != made["src"]
    assert found["alt"] == "red hat"


def _png(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("format", ["png", "pdf", "svg", "xml"])
def test_a_design_is_exported(editor: Page, format: str) -> None:  # noqa: A002
    editor.keyboard.press("e")
    editor.select_option("select[name=format]", format)
    with editor.expect_download() as saved:
        editor.click("text=Download")
    starts = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<svg", "xml": b"<design"}
    assert Path(saved.value.path()).read_bytes().lstrip()[:10].startswith(starts[format])


IN_SCENE = """async (scenes) => {
  const own = document.querySelector('script[type=module]').src.replace('editor.js', '');
  const { spotsOf, planeOf, cornersOf, around, boxOf } = await import(`${own}scene.js`);
  const box = (spot) => around(cornersOf(planeOf(spot), boxOf(spot.node)));
  const blocks = (scene) => [...spotsOf(scene)].filter(([, { parent }]) => parent);
  const boxes = (scene) => blocks(scene).map(([id, spot]) => [id, box(spot)]);
  return scenes.map((scene) => Object.fromEntries(boxes(scene)));
}"""


def test_blocks_lie_where_the_server_has_them(editor: Page) -> None:
    told = editor.evaluate(IN_SCENE, list(map(scene_to_json, SCENES)))
    for one, boxes in zip(SCENES, told, strict=True):
        expected = {
            name: pytest.approx([box.left, box.top, box.width, box.height], abs=1e-6)
            for name, box in ((name, spot.box) for name, spot in spots(one).items())
        }
        assert {name: list(box.values()) for name, box in boxes.items()} == expected


IN_CHANGES = """async (pairs) => {
  const own = document.querySelector('script[type=module]').src.replace('editor.js', '');
  const { changed, inverted } = await import(`${own}changes.js`);
  return pairs.map(([scene, changes]) => {
    const made = changed(scene, changes, true);
    return [made, changed(made, inverted(changes), true)];
  });
}"""


def test_changes_are_made_and_taken_back_as_by_the_server(editor: Page) -> None:
    pairs = [(one, other) for one in SCENES[:4] for other in SCENES[:5] if one != other]
    told = editor.evaluate(
        IN_CHANGES,
        [
            [scene_to_json(one), changes_to_json(difference(one, other))["changes"]]
            for one, other in pairs
        ],
    )
    for (one, other), (made, back) in zip(pairs, told, strict=True):
        assert (scene_from_json(made), scene_from_json(back)) == (other, one)


def test_a_design_is_begun_found_and_deleted(tab: Page) -> None:
    tab.goto("/designs")
    tab.click("[data-template=sale]")
    tab.wait_for_selector("img.drawn[data-drawn]")
    own = tab.url.rpartition("/")[2]
    tab.click("text=Designs")
    tab.fill("input[type=search]", own)
    card = tab.locator(f"li[data-id='{own}']")
    card.get_by_role("button", name="Delete").click()
    tab.click("dialog .danger")
    expect(card).to_have_count(0)
    assert tab.request.get(f"/v1/designs/{own}").status == 404


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_of_it_stands_in_the_way_of_anybody(editor: Page, scheme: str, width: int) -> None:
    editor.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    editor.set_viewport_size({"width": width, "height": 844})
    editor.mouse.click(*at(editor, 80, 70))
    found = [Axe().run(editor)]
    wide = editor.evaluate("document.documentElement.scrollWidth")
    editor.goto("/designs")
    editor.wait_for_selector(".design img[src]")
    found.append(Axe().run(editor))
    assert [each.generate_report() for each in found if each.violations_count] == []
    assert wide <= width

"""The panel of things: what is in a picture, in words and where, and what may be done with it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from studio_servers import serve
from test_studio_page import ALL_TOLD, drop

from foveate.imaging import Image
from foveate.imaging.drawing.canvas import with_marks
from foveate.imaging.drawing.lettering import lettering
from foveate.models.supply.weights import FileState, catalogue, verify, where
from foveate.settings import load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PARTS = "objects,tags,moderation,text"
NETWORKS = (
    "retinaface mobilefacenet centernet nanodet efficientnet-lite0 opennsfw "
    "text-detection text-reading"
)
KNOWN = "[data-known=all]"
CUP = ".guides g.k0"
SHIFTS = """() => { globalThis.shifts = 0; new PerformanceObserver((list) => {
  for (const each of list.getEntries()) globalThis.shifts += each.value;
}).observe({ type: 'layout-shift' }); }"""


@pytest.fixture(scope="module")
def sign(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A photo of a cup on which something is written, where all weights are there."""
    models = load().models
    cards = {card.name: card for card in catalogue(models)}
    for name in (*NETWORKS.split(), "coffee"):
        if verify(cards[name], models) is not FileState.OK:
            pytest.skip(f"{name} is not here: foveate models pull {name}")
    photo = Image.new_from_file(str(where(cards["coffee"], models)))
    marks = lettering("Open 9-17", (24, 384), 48, "#fff", bold=True)
    file = str(tmp_path_factory.mktemp("signs") / "sign.png")
    with_marks(photo, marks).write_to_file(file)
    return file


def look(page: Page, picture: str) -> None:
    drop(page, picture)
    page.wait_for_selector(ALL_TOLD)
    page.click("[data-panel=things]")
    page.wait_for_selector(KNOWN)


def told(page: Page, picture: str) -> dict[str, Any]:
    data = Path(picture).read_bytes()
    answer: dict[str, Any] = page.request.post(f"/v1/analyse?parts={PARTS}", data=data).json()
    return answer


def chip(page: Page, name: str) -> str:
    return page.locator(f"[data-name='{name}'] input").input_value()


def test_things_are_asked_for_once_by_whoever_looks_and_drawn_where_they_are(
    page: Page, sign: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: "/v1/analyse" in request.url and asked.append(request.url))
    drop(page, sign)
    page.wait_for_selector(ALL_TOLD)
    assert asked == []
    page.evaluate(SHIFTS)
    page.click("[data-panel=things]")
    page.wait_for_selector(KNOWN)
    assert page.evaluate("globalThis.shifts") == 0
    for panel in ("seen", "things"):
        page.click(f"[data-panel={panel}]")
    assert [url.partition("?parts=")[2] for url in asked] == [PARTS]
    known = told(page, sign)
    drawn, sheet = (page.locator(each).bounding_box() for each in (f"{CUP} .line", ".sheet"))
    assert drawn
    assert sheet
    scale, box = sheet["width"] / known["width"], known["objects"][0]["box"]
    assert drawn["x"] + 1 == pytest.approx(sheet["x"] + box["left"] * scale, abs=2)
    assert drawn["y"] + 1 == pytest.approx(sheet["y"] + box["top"] * scale, abs=2)
    assert drawn["width"] - 2 == pytest.approx(box["width"] * scale, abs=2)


def test_what_is_said_of_a_picture_is_what_the_server_says(page: Page, sign: str) -> None:
    look(page, sign)
    known = told(page, sign)
    assert page.locator("ul.read .button").all_inner_texts()[0].startswith("Open 9-17")
    assert page.locator(".guides .read text").first.text_content() == "Open 9-17"
    words = page.inner_text("[data-part=tags]")
    assert f"{known['tags']['labels'][0]['label']}\n" in words
    assert known["tags"]["alt"] in words
    page.click("text=Copy alt text")
    page.wait_for_selector("text=Copied alt text")
    assert page.evaluate("navigator.clipboard.readText()") == known["tags"]["alt"]
    assert "Not flagged for nudity" in page.inner_text("[data-part=moderation]")
    assert "Not looked for: violence" in page.inner_text("[data-part=moderation]")


def test_a_class_is_lit_up_and_the_url_crops_around_it_hides_it_and_cuts_it_out(
    page: Page, sign: str
) -> None:
    row = {"name": "segment.keep", "aliases": [], "values": "classes", "default": "", "help": ""}

    def with_keep(route: Any) -> None:
        rows = route.fetch().json()["options"]
        there = any(each["name"] == row["name"] for each in rows)
        route.fulfill(json={"options": rows if there else [*rows, row]})

    page.route("**/v1/options", with_keep)
    page.goto("/")
    look(page, sign)
    page.locator("[data-label='dining table']").focus()
    page.keyboard.press("Enter")
    assert "dimmed" in str(page.get_attribute(CUP, "class"))
    page.get_by_role("button", name="Crop around dining table").click()
    page.locator(".about", has_text="kB").wait_for()
    assert chip(page, "gravity") == "object:dining-table"
    page.click("[data-panel=things]")
    page.locator(f"{CUP} .line").click(position={"x": 1, "y": 20})
    page.get_by_role("button", name="Hide dining table, cup").click()
    assert chip(page, "redact") == "object:dining-table|cup"
    page.get_by_role("button", name="hide dining table, cup", pressed=True).wait_for()
    page.click("[data-panel=things]")
    page.click("[data-label='dining table']")
    page.get_by_role("button", name="Cut out cup").click()
    assert chip(page, "segment.keep") == "cup"
    assert page.locator("[data-name=redact]").count() == 0
    page.get_by_role("button", name="hide faces").click()
    assert page.locator("[data-name='segment.keep']").count() == 0


def test_what_was_cut_out_leaves_nothing_behind_and_what_was_not_found_is_said(
    page: Page, sign: str
) -> None:
    look(page, sign)
    page.click("[data-label=cup]")
    page.get_by_role("button", name="Cut out cup").click()
    assert page.get_by_label("How fine").count() == 0, "it does nothing beside segment.keep"
    adding = page.locator(".more input")
    for option in ("segment.drop=spoon", "segment.trim=true", "redact.color=red"):
        adding.fill(option)
        adding.press("Enter")
        name = option.partition("=")[0]
        page.locator(f"[data-name='{name}']").wait_for()
    noted = page.get_by_role("status").filter(has_text="no spoon was found to be dropped")
    noted.wait_for()
    page.get_by_role("button", name="nothing").click()
    for part in ("segment", "redact"):
        assert page.locator(f"[data-name^='{part}']").count() == 0
    expect(noted).to_be_hidden()
    page.get_by_role("button", name="cut out").click()
    page.get_by_label("How fine").wait_for()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"nsfw": 0.91}, "Flagged for nudity: the score is 91"),
        ({"nsfw": 0.1}, "Flagged for the parts of bodies that are seen"),
        ({"service": {"flagged": True, "labels": ["gore"]}}, "by the service that is asked (gore)"),
    ],
)
def test_what_flags_a_picture_is_said(
    page: Page, sign: str, more: dict[str, Any], said: str
) -> None:
    def flagged(route: Any) -> None:
        answer = route.fetch().json()
        moderation = {**answer["moderation"], "flagged": True, **more}
        route.fulfill(json={**answer, "moderation": moderation})

    page.route("**/v1/analyse*", flagged)
    look(page, sign)
    assert said in page.inner_text("[data-part=moderation]").replace("\xa0", " ")


def test_who_looks_before_the_picture_has_arrived_is_told_once_it_has(
    page: Page, sign: str, portrait: str
) -> None:
    look(page, portrait)
    page.route("**/v1/references", lambda route: (page.wait_for_timeout(300), route.continue_()))
    drop(page, sign)
    page.click("[data-panel=things]")
    assert page.locator(".legend").count() == 0, "that was of the portrait"
    page.wait_for_selector(KNOWN)
    page.locator(f"{CUP} text", has_text="cup").wait_for()


def test_weights_that_are_missing_are_named_and_the_rest_is_told(
    browser: Browser, sign: str, tmp_path: Path
) -> None:
    here = "retinaface mobilefacenet efficientnet-lite0 text-detection"
    with serve(tmp_path, only=here) as served:
        page = browser.new_page(base_url=served.url)
        page.goto("/")
        look(page, sign)
        assert "models pull centernet nanodet" in page.inner_text("[data-part=objects]")
        assert "models pull text-reading" in page.inner_text("[data-part=text]")
        assert "models pull opennsfw" in page.inner_text("[data-part=moderation]")
        assert "Copy alt text" in page.inner_text("[data-part=tags]")
        page.context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_names_stay_in_the_picture_and_apart_and_parts_are_not_counted(
    page: Page, sign: str, width: int
) -> None:
    def crowded(route: Any) -> None:
        answer = route.fetch().json()
        places = [(answer["width"] - 40, "refrigerator"), (answer["width"] - 48, "dining table")]
        things = [
            {"label": name, "score": 0.9, "box": box(left, 40), "counted": number != 2}
            for number, (left, name) in enumerate([*places, *[(4, "cup")] * 9])
        ]
        route.fulfill(json={**answer, "objects": things})

    def box(left: float, side: float) -> dict[str, float]:
        return {"left": left, "top": 60, "width": side, "height": side}

    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/v1/analyse*", crowded)
    look(page, sign)
    assert page.locator("[data-label=cup]").inner_text() == "cup \N{MULTIPLICATION SIGN} 8"
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    texts = page.locator(".guides [class*=k] text:not([visibility=hidden])").all()
    said = [text.text_content() for text in texts]
    assert said[:3] == [f"{name} 90\xa0%" for name in ("refrigerator", "dining table", "cup")]
    assert 3 < len(said) < 11, "some of the cups have no place"
    boxes = [around for text in texts if (around := text.bounding_box())]
    for each in boxes:
        assert each["x"] >= sheet["x"] - 4
        assert each["x"] + each["width"] <= sheet["x"] + sheet["width"] + 4
    for one, other in combinations(boxes, 2):
        across = min(each["x"] + each["width"] for each in (one, other)) - max(one["x"], other["x"])
        down = min(each["y"] + each["height"] for each in (one, other)) - max(one["y"], other["y"])
        assert min(across, down) <= 4, "of their halos"


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light"), (2560, "light")])
def test_nothing_stands_in_the_way_of_anybody(
    page: Page, sign: str, width: int, scheme: Any
) -> None:
    forced: Any = "active" if width == 1440 else "none"
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce", forced_colors=forced)
    page.set_viewport_size({"width": width, "height": 800})
    look(page, sign)
    page.click("[data-label=cup]")
    expect(page.locator("#polite")).to_contain_text("cup")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"][:99] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

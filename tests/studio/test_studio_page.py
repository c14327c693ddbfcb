"""The studio in a browser: from the drop of a picture to the URL of what is seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from foveate.imaging import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

FACES = ".overlay g.face"
ALL_TOLD = "[data-told=all]"


def drop(page: Page, path: str) -> None:
    page.set_input_files("input[type=file] >> nth=0", path)


def test_a_dropped_picture_is_shown_its_faces_drawn_and_all_told(page: Page, portrait: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(FACES)
    assert page.locator(FACES).count() == 1
    page.wait_for_selector(ALL_TOLD)
    card = page.locator(".card")
    assert "about" in card.inner_text()
    assert "happy" in card.inner_text()
    assert "Gender" not in card.inner_text(), "the operator did not switch it on"


def test_boxes_are_where_the_server_says_to_two_pixels(page: Page, portrait: str) -> None:
    told = page.request.post(
        "/v1/recognise?parts=faces",
        data=Path(portrait).read_bytes(),
        headers={"accept": "application/json"},
    ).json()
    drop(page, portrait)
    page.wait_for_selector(FACES)
    drawn = page.locator(f"{FACES} rect.line").bounding_box()
    sheet = page.locator(".sheet").bounding_box()
    assert drawn
    assert sheet
    scale, box = sheet["width"] / told["width"], told["faces"][0]["box"]
    stroke = 1  # half of the line lies outside
    assert drawn["x"] + stroke == pytest.approx(sheet["x"] + box["left"] * scale, abs=2)
    assert drawn["y"] + stroke == pytest.approx(sheet["y"] + box["top"] * scale, abs=2)
    assert drawn["width"] - 2 * stroke == pytest.approx(box["width"] * scale, abs=2)


def test_a_format_is_shown_as_its_url_answers(page: Page, portrait: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(FACES)
    page.keyboard.press("2")
    page.click("[data-name=story]")
    page.locator(".about", has_text="288 \u00d7 512").wait_for()
    page.click("#urlbar >> text=Copy")
    url = page.evaluate("navigator.clipboard.readText()")
    assert "gravity=face" in url
    made = Image.new_from_buffer(page.request.get(url).body(), "")
    assert (made.width, made.height) == (288, 512)


def test_a_key_shows_where_people_look_and_hides_it_again(page: Page, portrait: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    page.keyboard.press("s")
    page.wait_for_selector(".overlay image")
    assert page.get_attribute("text=Where people look", "aria-pressed") == "true"
    page.keyboard.press("s")
    page.wait_for_selector(".overlay image", state="detached")


def test_a_place_that_is_chosen_is_where_the_crop_goes(page: Page, portrait: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    page.keyboard.press("2")
    page.select_option("select >> nth=0", "point")
    page.click("[data-name=story]")
    page.locator(".chip", has_text="gravity=").wait_for()
    page.focus(".focus")
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    field = page.locator(".chip", has_text="gravity=").locator("input")
    expect(field).to_have_value("1.000x0.500")
    page.click(".map + .row button")
    expect(field).not_to_have_value("1.000x0.500")
    assert 0.2 < float(field.input_value().partition("x")[0]) < 0.6, "around her face"


def test_what_is_no_picture_is_said_so_and_the_next_one_is_taken(
    page: Page, portrait: str, tmp_path: Any
) -> None:
    (tmp_path / "a.txt").write_text("no picture")
    drop(page, str(tmp_path / "a.txt"))
    page.wait_for_selector(".notice.error")
    page.complaints.clear()  # type: ignore[attr-defined]
    drop(page, portrait)
    page.wait_for_selector(FACES)
    assert page.locator(".notice.error").count() == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 768, 1440, 2560])
def test_nothing_stands_in_the_way_of_anybody(
    page: Page, portrait: str, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    told = [Axe().run(page)]
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    told.append(Axe().run(page))
    for key in "234":
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        told.append(Axe().run(page))
    found = {
        (rule["id"], node["html"][:120]): node["failureSummary"]
        for each in told
        for rule in each.response["violations"]
        for node in rule["nodes"]
    }
    assert found == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width

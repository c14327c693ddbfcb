"""All ways in which a picture comes to the studio, and the studio without a mouse."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from imaging_pictures import HEIC
from studio_servers import serve
from test_studio_page import ALL_TOLD, FACES, drop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASTE = """(coded) => {
  const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'shot.png', { type: 'image/png' }));
  dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
}"""
DROP = """(coded) => {
  const bytes = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'a.png', { type: 'image/png' }));
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
}"""
DROP_ADDRESS = """(address) => {
  const data = new DataTransfer();
  data.setData('text/uri-list', address);
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
}"""


def coded(path: str) -> str:
    return base64.b64encode(Path(path).read_bytes()).decode()


@pytest.mark.parametrize("way", [PASTE, DROP], ids=["pasted", "dropped"])
def test_a_picture_comes_by_the_clipboard_and_by_the_mouse(
    page: Page, portrait: str, way: str
) -> None:
    page.wait_for_selector(".drop")
    page.evaluate(way, coded(portrait))
    page.wait_for_selector(ALL_TOLD)
    assert page.locator(FACES).count() == 1


def test_what_no_browser_decodes_is_shown_as_the_server_does(page: Page, tmp_path: Path) -> None:
    (tmp_path / "phone.heic").write_bytes(HEIC)
    drop(page, str(tmp_path / "phone.heic"))
    page.wait_for_selector(ALL_TOLD)
    assert page.locator(".sheet img").first.evaluate("image => image.naturalWidth") == 48
    assert page.inner_text("#panel h2") == "No face was found"


def test_a_sample_and_an_address_of_the_origin_are_opened_without_an_upload(
    browser: Browser, portrait: str, tmp_path: Path
) -> None:
    with serve(tmp_path) as served:
        shutil.copy(portrait, tmp_path / "photos" / "astronaut.png")
        page = browser.new_page(base_url=served.url)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/")
        page.click(".samples button")
        page.wait_for_selector(ALL_TOLD)
        page.evaluate(DROP_ADDRESS, "astronaut.png")
        page.wait_for_selector("[data-told='']", state="attached")
        page.wait_for_selector(ALL_TOLD)
        assert not any("references" in url for url in asked)
        assert page.input_value(".source") == "astronaut.png"
        page.context.close()


def test_a_link_into_the_page_is_followed_in_a_tab_that_shows_something_else(
    browser: Browser, portrait: str, tmp_path: Path
) -> None:
    with serve(tmp_path) as served:
        for name in ("one.png", "other.png"):
            shutil.copy(portrait, tmp_path / "photos" / name)
        page = browser.new_page(base_url=served.url)
        page.goto("/#source=one.png&options=width%3D300")
        page.wait_for_selector("[data-name=width]")
        page.goto("/#source=other.png&options=height%3D200")
        page.wait_for_selector("[data-name=height]")
        assert page.input_value(".source") == "other.png"
        assert page.locator("[data-name=width]").count() == 0
        page.context.close()


def test_all_of_it_is_done_with_keys(page: Page, portrait: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    page.keyboard.press("2")
    page.locator("[data-name=story]").focus()
    page.keyboard.press("Enter")
    page.locator(".about", has_text="288 \u00d7 512").wait_for()
    page.keyboard.press("c")
    page.locator("#urlbar >> text=Copied URL").wait_for()
    assert "gravity=face" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("z")
    page.wait_for_selector(".chip", state="detached")
    page.keyboard.press("?")
    assert "Undo the last click, or the last option" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.get_attribute("[data-panel=crop]", "aria-selected") == "true"
    page.keyboard.press("Escape")
    assert page.get_attribute("[data-panel=seen]", "aria-selected") == "true"


def test_another_picture_ends_what_went_on_for_the_one_before(page: Page, portrait: str) -> None:
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    with page.expect_request("**/v1/recognise*"):
        drop(page, portrait)
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    assert page.locator(".card").count() == 1
    assert any("/v1/recognise" in url for url in ended)


def test_colours_that_are_forced_leave_all_to_be_seen(page: Page, portrait: str) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    assert Axe().run(page).violations_count == 0
    assert page.locator(f"{FACES} rect.line").evaluate("each => getComputedStyle(each).stroke")


def test_text_of_twice_the_size_needs_no_scrolling_sideways(page: Page, portrait: str) -> None:
    # What browsers do at 200 %: half the pixels, each twice as dense.
    page.set_viewport_size({"width": 640, "height": 400})
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.locator("#panel").bounding_box()

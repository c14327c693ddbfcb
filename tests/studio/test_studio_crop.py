"""The crop panel: what a platform covers, and why a crop lies where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from test_studio_page import ALL_TOLD, drop

if TYPE_CHECKING:
    from playwright.sync_api import Page

EDGE = ".guides .edge"


SIZES = {"story": "288 \u00d7 512", "square": "512 \u00d7 512", "avatar": "\u00d7"}


def choose(page: Page, portrait: str, name: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    page.keyboard.press("2")
    page.click(f"[data-name={name}]")
    page.locator(".chip", has_text="gravity=").wait_for()
    page.locator(".about", has_text=SIZES[name]).wait_for()


def test_what_a_platform_covers_of_a_story_is_dimmed(page: Page, portrait: str) -> None:
    choose(page, portrait, "story")
    page.keyboard.press("a")
    page.wait_for_selector(EDGE)
    free, sheet = page.locator(EDGE).bounding_box(), page.locator(".sheet").bounding_box()
    assert free
    assert sheet
    assert abs((free["y"] - sheet["y"]) / sheet["height"] - 0.14) < 0.01
    assert abs(free["height"] / sheet["height"] - 0.66) < 0.02
    assert "platform" in page.inner_text(".reasons")
    page.focus("#panel input[type=range]")  # where nobody types
    page.keyboard.press("a")
    page.wait_for_selector(EDGE, state="detached")


def test_a_format_that_nothing_covers_has_no_safe_area(page: Page, portrait: str) -> None:
    choose(page, portrait, "square")
    assert page.locator("text=Safe area").is_hidden()


def test_an_avatar_is_shown_round(page: Page, portrait: str) -> None:
    choose(page, portrait, "avatar")
    page.keyboard.press("a")
    assert "a" in (page.get_attribute(EDGE, "d") or "").lower()
    assert page.locator(".reasons").inner_text()


def test_why_a_crop_lies_there_is_drawn_over_the_source(page: Page, portrait: str) -> None:
    choose(page, portrait, "story")
    cropped = page.locator(".sheet").bounding_box()
    page.keyboard.press("w")
    page.wait_for_selector(".guides .kept")
    whole = page.locator(".sheet").bounding_box()
    assert cropped
    assert whole
    assert whole["width"] / whole["height"] > cropped["width"] / cropped["height"]
    assert "1 face" in page.inner_text(".reasons")
    edge = page.locator(EDGE).first.bounding_box()
    assert edge
    assert abs(edge["height"] / edge["width"] - 16 / 9) < 0.03
    page.keyboard.press("w")
    page.locator(".about", has_text="288 \u00d7 512").wait_for()
    page.wait_for_selector(EDGE, state="detached")

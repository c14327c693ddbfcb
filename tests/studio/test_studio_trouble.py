"""What the studio says and does when something is in the way."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from studio_servers import serve
from test_studio_page import ALL_TOLD, FACES, drop

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

NOTICE = ".notice.error"


def quietly(page: Page) -> None:
    """Forget what the browser complained about: a refusal is meant to come."""
    page.complaints.clear()  # type: ignore[attr-defined]


def refuse(page: Page, path: str, status: int, name: str, message: str, times: int = 1) -> None:
    """Let the server's next answers be a refusal."""
    left = [times]

    def answer(route: Route) -> None:
        if left[0] <= 0:
            route.continue_()
            return
        left[0] -= 1
        told = {"error": name, "message": message, "code": 0}
        route.fulfill(status=status, json=told, headers={"retry-after": "1"})

    page.route(path, answer)


@pytest.mark.parametrize("error", ["QueueFull", "ServerBusy"])
def test_a_busy_server_is_asked_again_after_a_countdown(
    page: Page, portrait: str, error: str
) -> None:
    refuse(page, "**/v1/references", 503, error, "The server is busy.")
    drop(page, portrait)
    page.locator(".notice", has_text="The server is busy, trying again in").wait_for()
    page.wait_for_selector(ALL_TOLD)
    assert page.locator(".notice").count() == 0
    quietly(page)


def test_waiting_for_a_busy_server_can_be_left(page: Page, portrait: str) -> None:
    refuse(page, "**/v1/references", 503, "QueueFull", "The server is busy.", times=9)
    drop(page, portrait)
    page.click("text=Cancel")
    page.wait_for_timeout(2500)
    assert page.locator(ALL_TOLD).count() == 0
    quietly(page)


def test_a_file_too_large_is_said_so_with_what_to_do(page: Page, portrait: str) -> None:
    refuse(page, "**/v1/references", 413, "SourceTooLarge", "Expected 64 MB at most.")
    drop(page, portrait)
    told = page.inner_text(NOTICE)
    assert "Expected 64 MB at most." in told
    assert "smaller picture" in told
    assert "SourceTooLarge · 413" in told
    page.click("text=Try again")
    page.wait_for_selector(ALL_TOLD)
    quietly(page)


def test_a_lost_connection_is_said_so_and_the_picture_stays(page: Page, portrait: str) -> None:
    drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    page.context.set_offline(True)
    drop(page, portrait)
    page.wait_for_selector(NOTICE)
    assert "cannot be reached" in page.inner_text(NOTICE)
    assert page.locator(".sheet img").evaluate("image => image.naturalWidth") > 0
    page.context.set_offline(False)
    page.wait_for_selector(ALL_TOLD)
    quietly(page)


def test_weights_that_are_missing_are_named_and_the_rest_is_told(
    browser: Browser, portrait: str, tmp_path: Path
) -> None:
    cards = "retinaface mobilefacenet"
    with serve(tmp_path, FOVEATE_ATTRIBUTES="age", only=cards) as served:
        page = browser.new_page(base_url=served.url)
        page.goto("/")
        drop(page, portrait)
        page.wait_for_selector(ALL_TOLD)
        assert page.locator(FACES).count() == 1
        card = page.inner_text(".card")
        assert "WeightsMissing" in card
        assert "512 numbers" in card
        page.context.close()


def test_a_stream_that_is_cut_off_is_asked_for_event_by_event(page: Page, portrait: str) -> None:
    def cut(route: Route) -> None:
        if "respond-async" in route.request.headers.get("prefer", ""):
            route.continue_()
        else:
            route.fulfill(status=200, content_type="text/event-stream", body="")

    page.route("**/v1/recognise*", cut)
    with page.expect_request("**/v1/recognise/*?after=0"):
        drop(page, portrait)
    page.wait_for_selector(ALL_TOLD)
    assert page.locator(FACES).count() == 1


def test_all_of_it_works_below_a_path(browser: Browser, portrait: str, tmp_path: Path) -> None:
    with serve(tmp_path, FOVEATE_SERVER__ROOT_PATH="/images") as served:
        page = browser.new_page(base_url=served.url)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/images/")
        drop(page, portrait)
        page.wait_for_selector(ALL_TOLD)
        page.keyboard.press("2")
        page.click("[data-name=story]")
        page.locator(".about", has_text="kB").wait_for()
        ours = [url for url in asked if url.startswith("http")]
        assert all(url.startswith(f"{served.url}/images/") for url in ours)
        page.context.close()


def test_a_signed_server_is_unlocked_by_a_key_for_as_long_as_the_tab_is_open(
    browser: Browser, portrait: str, tmp_path: Path
) -> None:
    with serve(tmp_path, FOVEATE_SIGNING__KEYS="a-secret-that-is-long-enough") as served:
        page = browser.new_page(base_url=served.url)
        page.goto("/")
        drop(page, portrait)
        page.fill("input[name=key]", "a-secret-that-is-long-enough")
        page.click("text=Use this key")
        page.wait_for_selector(ALL_TOLD)
        page.keyboard.press("2")
        page.click("[data-name=story]")
        page.locator(".about", has_text="kB").wait_for()
        assert page.evaluate("localStorage.getItem('key')") is None
        page.context.close()


def test_an_address_is_signed_as_it_is_sent(
    browser: Browser, portrait: str, tmp_path: Path
) -> None:
    with serve(tmp_path, FOVEATE_SIGNING__KEYS="a-secret-that-is-long-enough") as served:
        shutil.copy(portrait, tmp_path / "photos/zoë 1.jpg")
        page = browser.new_page(base_url=served.url)
        page.goto("/docs/options")
        page.evaluate("sessionStorage.setItem('key', 'a-secret-that-is-long-enough')")
        page.fill("#source", "zoë 1.jpg")
        page.wait_for_selector("#shown:not([hidden])")
        page.context.close()


@pytest.mark.parametrize("ended", ["killed", "stopped"])
def test_a_server_that_ends_while_it_works_is_said_so(
    browser: Browser, portrait: str, tmp_path: Path, ended: str
) -> None:
    with serve(tmp_path) as served:
        page = browser.new_page(base_url=served.url)
        page.goto("/")
        page.wait_for_selector(".drop")
        end(served.process, ended)
        drop(page, portrait)
        page.wait_for_selector(NOTICE)
        assert "ConnectionLost" in page.inner_text(NOTICE)
        page.context.close()


def end(process: subprocess.Popen[Any], ended: str) -> None:
    process.kill() if ended == "killed" else process.terminate()
    process.wait(20)

"""Datasets in the studio: what is made, what is there, and a form of the handler's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from datasets_served import CONFIG, served
from datasets_stand import Doubling

from foveate.datasets.client import Client
from foveate.errors import DatasetFailed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Route


def test_the_page_shows_datasets_and_asks_for_more(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        there = client.wait(client.request("cats", "doubling", config=CONFIG))
        page = browser.new_page(base_url=url)
        complaints: list[str] = []
        page.on("pageerror", lambda why: complaints.append(str(why)))
        held: list[Route] = []
        page.route("**/v1/studio", lambda route: held.append(route))  # noqa: PLW0108 - it marks them
        with page.expect_request("**/v1/studio"):
            page.goto("/datasets")
        # Until it is told what there is, no other page is shown.
        page.wait_for_selector("#stage .empty", state="attached")
        assert not page.is_visible("#stage .empty")
        for route in held:
            route.continue_()
        page.unroute("**/v1/studio")
        page.wait_for_selector(f".dataset >> text={there.id}")
        assert "20 samples" in page.inner_text(".dataset summary")
        page.select_option("select[name=handler]", label="doubling 1.0")
        page.fill("input[name=times]", "3")
        page.fill("input[name=shards]", '{"samples": 2}')
        page.click("text=Ask for it")
        page.wait_for_selector(".dataset >> text=30 samples")
        assert client.get(next(client.list(state="ready")).id).told["config"]["times"] == 3
        page.click(f".dataset summary:has-text('{there.id}')")
        page.click(f".dataset:has-text('{there.id}') button:has-text('Pin')")
        page.wait_for_selector(f".dataset:has-text('{there.id}') >> text=· pinned")
        page.click(f".dataset:has-text('{there.id}') button:has-text('Delete')")
        page.click("dialog .danger")
        page.wait_for_selector(f".dataset >> text={there.id}", state="detached")
        assert Axe().run(page).violations_count == 0
        page.close()
        assert complaints == []


def test_one_that_failed_is_asked_for_again_and_deleted(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        failing = client.request("cats", "doubling", config={**CONFIG, "fails": "003"})
        with pytest.raises(DatasetFailed):
            client.wait(failing)
        page = browser.new_page(base_url=url)
        page.goto("/datasets")
        failed = page.locator(".datasets section", has=page.get_by_role("heading", name="Failed"))
        assert "HandlerFailed: It crashed." in failed.inner_text()
        assert "Traceback" in str(failed.locator("pre").text_content())
        assert failing.id not in page.inner_text(".datasets section >> nth=0")
        with page.expect_response(lambda said: said.request.method == "POST") as again:
            failed.get_by_role("button", name="Ask again").click()
        assert again.value.json()["id"] == failing.id
        failed.get_by_role("button", name="Delete").click()
        page.click("dialog .danger")
        page.wait_for_selector(f"code >> text={failing.id}", state="detached")
        page.close()


def test_a_refusal_is_said_until_something_else_is_done(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        there = client.wait(client.request("cats", "doubling", config=CONFIG))
        page = browser.new_page(base_url=url)
        why = {"error": "DatasetConflict", "message": "It is in use."}
        page.route(f"**/{there.id}", lambda route: route.fulfill(status=409, json=why))
        page.goto("/datasets")
        page.click(".dataset summary")
        page.click(".dataset button:has-text('Delete')")
        page.click("dialog .danger")
        page.wait_for_selector(".notice >> text=It is in use.")
        assert "gone" not in page.inner_text("#polite")
        page.fill("input[name=times]", "")
        with page.expect_request(lambda asked: asked.method == "POST") as asked:
            page.click("text=Ask for it")
        assert asked.value.post_data_json["config"] == {}, "what was cleared is left out"
        page.wait_for_selector(".dataset >> nth=1")
        assert page.is_visible(".notice >> text=It is in use.")
        page.click(f".dataset:has-text('{there.id}') button:has-text('Pin')")
        page.wait_for_selector(".notice >> text=It is in use.", state="detached")
        page.close()

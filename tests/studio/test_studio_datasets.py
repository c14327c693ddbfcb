"""Datasets in the studio: what is made, what is there, and a form of the handler's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from datasets_served import CONFIG, served
from datasets_stand import SCHEMA as STAND_SCHEMA
from datasets_stand import Doubling
from playwright.sync_api import expect

from foveate.datasets.client import Client
from foveate.errors import DatasetFailed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Request, Route


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
        empty = page.wait_for_selector("#stage .empty", state="attached")
        assert not empty.is_visible()
        for route in held:
            route.continue_()
        page.unroute("**/v1/studio")
        page.wait_for_selector(f".dataset >> text={there.id}")
        assert "20 samples" in page.inner_text(".dataset summary")
        page.click("summary:has-text('Ask for a dataset')")
        page.fill("input[name=times]", "3")
        page.fill("input[name='shards.samples']", "2")
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


SCHEMA = {
    "properties": {
        **STAND_SCHEMA["properties"],
        "options": {"type": "array", "items": {"type": "string"}, "default": [""]},
        "classes": {"type": "array", "items": {"type": "string"}, "default": []},
        "splits": {"type": "object", "default": {}, "description": 'As `{"train": 1}`.'},
    }
}


def test_the_form_tells_what_was_changed_and_shows_what_was_refused(
    browser: Browser, tmp_path: Path
) -> None:
    with served(tmp_path, Doubling(schema=SCHEMA)) as url:
        page = browser.new_page(base_url=url, viewport={"width": 400, "height": 800})
        page.goto("/datasets")
        page.fill("textarea[name=options]", "\nwidth=200, height=100\n")
        page.fill("textarea[name=classes]", "cat\n\ndog\n")
        assert page.inner_text("#help-splits") == 'As {"train": 1}. As JSON.'
        page.fill("input[name=splits]", page.inner_text("#help-splits code"))
        page.select_option("select[name='shards.format']", "folder")
        why = {"error": "BadConfiguration", "message": "Expected less, got more."}
        page.route("**/v1/datasets", lambda route: route.fulfill(status=400, json=why))
        with page.expect_request(lambda asked: asked.method == "POST") as asked:
            page.click("text=Ask for it")
        assert asked.value.post_data_json["config"] == {
            "options": ["", "width=200, height=100"],
            "classes": ["cat", "dog"],
            "splits": {"train": 1},
            "shards": {"format": "folder"},
        }
        notice = page.locator("form .notice")
        expect(notice).to_be_in_viewport(ratio=1)
        assert notice.evaluate("element => element.parentElement === document.activeElement")
        page.close()


def test_a_long_configuration_is_shown_whole_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        told = client.wait(client.request("cats", "doubling", config=CONFIG)).told
        config = {f"word_{number}": number for number in range(20)}
        page = browser.new_page(base_url=url, viewport={"width": 390, "height": 844})
        listed = {"datasets": [{**told, "config": config}], "next": None}
        page.route("**/v1/datasets?*", lambda route: route.fulfill(json=listed))
        page.goto("/datasets")
        page.click(".dataset summary")
        assert page.locator(".facts tr").count() == len(config)
        hidden = "({ scrollHeight, clientHeight }) => scrollHeight - clientHeight"
        assert page.locator(".dataset .wide").evaluate(hidden) == 0
        page.close()


@pytest.mark.parametrize("key", ["", "secret"])
def test_all_of_a_dataset_and_its_datasheet_are_downloaded(
    browser: Browser, tmp_path: Path, key: str
) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        there = client.wait(client.request("cats", "doubling", config=CONFIG))
        page = browser.new_page(base_url=url)
        page.add_init_script(f"sessionStorage.setItem('datasets-key', '{key}')")
        sent: list[Request] = []
        page.on("request", lambda asked: sent.append(asked))  # noqa: PLW0108 - it marks them
        page.goto("/datasets")
        page.click(".dataset summary")
        assert page.locator(".facts tr").all_inner_texts() == ["shards.samples\t2"]
        sent.clear()
        with page.expect_download() as all_of_it:
            page.click("a:has-text('Download (')")
        assert all_of_it.value.suggested_filename == f"{there.id}.zip"
        assert "manifest.json" in " ".join(ZipFile(all_of_it.value.path()).namelist())
        with page.expect_download() as sheet:
            page.click("a:has-text('Datasheet')")
        assert 'pretty_name: "cats"' in sheet.value.path().read_text("utf-8")
        keys = {asked.headers.get("authorization") for asked in sent if "/v1/" in asked.url}
        assert (f"Bearer {key}" in keys) == bool(key), "where there is a key it is sent"
        page.close()


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


def test_many_that_failed_are_folded_and_ids_are_found(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        told = client.wait(client.request("cats", "doubling", config=CONFIG)).told
        error = {"error": "HandlerFailed", "message": "It crashed.", "log": ""}
        failed = [
            {**told, "id": f"dogs_{number}", "state": "failed", "error": error}
            for number in range(25)
        ]
        page = browser.new_page(base_url=url, viewport={"width": 1440, "height": 900})
        page.route(
            "**/v1/datasets?limit=*",
            lambda route: route.fulfill(json={"datasets": [*failed, told], "next": None}),
        )
        page.goto("/datasets")
        expect(page.locator(".dataset")).to_be_in_viewport(ratio=1)
        expect(page.get_by_text("Ask for a dataset")).to_be_in_viewport(ratio=1)
        assert not page.is_visible("#dogs_0")
        page.click("summary:has-text('Failed (25)')")
        page.fill("input[type=search]", "dogs_7")
        page.wait_for_selector("#dogs_0", state="detached")
        assert page.is_visible("#dogs_7")
        assert page.locator(".dataset").count() == 0
        assert Axe().run(page).violations_count == 0
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
        page.click("summary:has-text('Ask for a dataset')")
        page.fill("input[name=times]", "")
        with page.expect_request(lambda asked: asked.method == "POST") as asked:
            page.click("text=Ask for it")
        assert asked.value.post_data_json["config"] == {}, "what was cleared is left out"
        page.wait_for_selector(".dataset >> nth=1")
        page.click("form [role=status] a")
        page.wait_for_selector(".dataset[open] >> nth=1")
        assert page.is_visible(".notice >> text=It is in use.")
        page.click(f".dataset:has-text('{there.id}') button:has-text('Pin')")
        page.wait_for_selector(".notice >> text=It is in use.", state="detached")
        page.close()


def test_while_nothing_changes_what_is_there_is_not_fetched_again(
    browser: Browser, tmp_path: Path
) -> None:
    handler = Doubling()
    with served(tmp_path, handler) as url, Client(url) as client:
        client.wait(client.request("cats", "doubling", config=CONFIG))
        handler.holds_after = len(handler.worked) + 3
        held = client.request("cats", "doubling", config={**CONFIG, "seed": 1})
        assert handler.holds.wait(10)
        page = browser.new_page(base_url=url)
        page.clock.install()
        page.goto("/datasets")
        page.wait_for_selector(f".making >> text={held.id}")
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url))
        for _ in range(3):
            with page.expect_response("**/v1/datasets?state=running*"):
                page.clock.run_for(2000)
        assert not any("datasets?limit" in each for each in sent)
        with page.expect_response("**/v1/datasets?limit=*"):
            page.clock.run_for(30_000)
        page.close()


def test_where_there_are_more_than_are_shown_it_says_so(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        told = client.wait(client.request("cats", "doubling", config=CONFIG)).told
        page = browser.new_page(base_url=url)
        page.route(
            "**/v1/datasets?limit=*",
            lambda route: route.fulfill(json={"datasets": [told], "next": "7"}),
        )
        page.goto("/datasets")
        page.wait_for_selector("text=These are the newest 1000.")
        page.close()

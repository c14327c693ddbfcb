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

    from playwright.sync_api import Browser


def test_the_page_shows_datasets_and_asks_for_more(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path, Doubling()) as url, Client(url) as client:
        there = client.wait(client.request("cats", "doubling", config=CONFIG))
        with pytest.raises(DatasetFailed):
            client.wait(client.request("cats", "doubling", config={**CONFIG, "fails": "003"}))
        page = browser.new_page(base_url=url)
        complaints: list[str] = []
        page.on("pageerror", lambda why: complaints.append(str(why)))
        page.goto("/datasets")
        page.wait_for_selector(f".dataset >> text={there.id}")
        assert "20 samples" in page.inner_text(".dataset summary")
        assert "HandlerFailed: It crashed." in page.inner_text(".making .notice")
        assert "Traceback" in str(page.text_content(".making pre"))
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

"""A real server and a real browser, for the page as people have it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright
from studio_servers import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from studio_servers import Served

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that may guess age and emotion, with an origin that has nothing."""
    with serve(tmp_path_factory.mktemp("studio"), FOVEATE_ATTRIBUTES="age emotion") as running:
        yield running


# Not for the session: while it is open, its loop runs, and others could not run theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's package chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser, served: Served) -> Iterator[Page]:
    """A page that shows nothing yet; a test fails by what the browser complains about."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=served.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda why: complaints.append(str(why)))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.complaints = complaints  # type: ignore[attr-defined]
    yield page
    context.close()
    assert not complaints


@pytest.fixture
def page(tab: Page) -> Page:
    """The studio, opened."""
    tab.goto("/")
    return tab

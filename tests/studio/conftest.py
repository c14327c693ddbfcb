"""A real server and a real browser, for the page as people have it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

COMMAND = (sys.executable, "-c", "from foveate.cli import main; main()", "serve")
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True)
class Served:
    """A server that runs in a process of its own."""

    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that may guess age and emotion, with the astronaut where it is."""
    folder = tmp_path_factory.mktemp("studio")
    (folder / "photos").mkdir()
    environment = {
        **os.environ,
        "FOVEATE_ATTRIBUTES": "age emotion",
        "FOVEATE_CACHING__FOLDER": str(folder / "cache"),
        "FOVEATE_PEOPLE__FOLDER": str(folder / "people"),
    }
    command = [*COMMAND, "--port", "0", "--origin", str(folder / "photos")]
    process = subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield Served(_port(process), process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("The server said no address.")


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
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """The studio, opened; a test fails by what the browser complains about."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=served.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda why: complaints.append(str(why)))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.complaints = complaints  # type: ignore[attr-defined]
    page.goto("/")
    yield page
    context.close()
    assert not complaints

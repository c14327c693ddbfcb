"""Write the pictures of the studio in docs/images anew, as a browser shows it.

python docs/screens.py URL    # a server with FOVEATE_ATTRIBUTES="age emotion"
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from foveate.imaging import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

IMAGES = Path(__file__).parent / "images"
PORTRAIT = IMAGES / "astronaut.jpg"


def keep(page: Page, name: str) -> None:
    """Write what the page shows."""
    shot = Image.new_from_buffer(page.screenshot(), "")
    shot.webpsave(str(IMAGES / f"{name}.webp"), Q=85, effort=6)


def screens(url: str) -> None:
    """Write all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page(
            viewport={"width": 1280, "height": 800}, color_scheme="dark", reduced_motion="reduce"
        )
        page.goto(url)
        page.set_input_files("input[type=file] >> nth=0", PORTRAIT)
        page.wait_for_selector("[data-told=all]")
        keep(page, "studio-seen")
        page.keyboard.press("2")
        page.click("[data-name=story]")
        page.locator(".about", has_text="KB").wait_for()
        page.wait_for_timeout(2000)
        keep(page, "studio-crop")
        for name in ("width", "height", "fit", "gravity", "zoom"):
            if page.locator(f"[data-name={name}] button").count():
                page.click(f"[data-name={name}] button")
        page.keyboard.press("4")
        page.wait_for_selector("[data-filled=all]")
        page.click("text=Use it")
        page.locator(".labels", has_text="AVIF").wait_for()
        keep(page, "studio-bytes")
        browser.close()


if __name__ == "__main__":
    screens(sys.argv[1])

"""Write the pictures of the studio in docs/images anew, as a browser shows it.

python docs/screens.py URL    # a server with FOVEATE_ATTRIBUTES="age emotion",
                              # FOVEATE_PEOPLE__KEEP_CROPS=1, an empty FOVEATE_PEOPLE__FOLDER
                              # and the weights of depth
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from pictures import sample, sign
from playwright.sync_api import sync_playwright

from foveate.imaging import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

Scheme = Literal["dark", "light"]
IMAGES = Path(__file__).parent / "images"
PORTRAIT = IMAGES / "astronaut.jpg"


def keep(page: Page, name: str) -> None:
    """Write what the page shows."""
    shot = Image.new_from_buffer(page.screenshot(), "")
    shot.webpsave(str(IMAGES / f"{name}.webp"), Q=85, effort=6)


def enrol(page: Page, name: str) -> None:
    """Enrol one person from four pictures of her."""
    whole = Image.new_from_file(str(PORTRAIT))
    pictures = {
        "portrait.jpg": whole,
        "mirrored.jpg": whole.fliphor(),
        "closer.jpg": whole.crop(100, 0, 320, 340),
        "evening.jpg": whole.linear([0.6], [0.0]),
    }
    for source, image in pictures.items():
        query = urlencode({"subject": name, "source": source})
        data = image.jpegsave_buffer(Q=95)
        page.request.post(f"/v1/people/people/faces?{query}", data=data)


def open_page(
    browser: Browser, url: str, size: tuple[int, int] = (1280, 800), scheme: Scheme = "dark"
) -> Page:
    """Return a page without motion."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        base_url=url,
    )
    page.goto("/")
    return page


def drop(page: Page, picture: Path | FilePayload = PORTRAIT) -> None:
    """Let the page see the portrait or another picture, all of it."""
    page.set_input_files("input[type=file] >> nth=0", picture)
    page.wait_for_selector("[data-told=all]")


def crop(page: Page) -> None:
    """Crop for a story, and say what covers it and why it lies there."""
    page.keyboard.press("2")
    page.click("[data-name=story]")
    page.locator(".about", has_text="KB").wait_for()
    page.wait_for_timeout(2000)
    keep(page, "studio-crop")
    page.keyboard.press("w")
    page.wait_for_selector(".guides .kept")
    keep(page, "studio-why")
    page.keyboard.press("w")
    page.wait_for_timeout(1000)


def weigh(page: Page) -> None:
    """Take the fewest bytes that look good."""
    for name in ("width", "height", "fit", "gravity", "zoom"):
        if page.locator(f"[data-name={name}] button").count():
            page.click(f"[data-name={name}] button")
    page.keyboard.press("4")
    page.wait_for_selector("[data-filled=all]")
    page.click("text=Use it")
    page.locator(".labels", has_text="AVIF").wait_for()
    page.wait_for_timeout(500)
    page.wait_for_selector(".side[data-weighed=all]")
    page.locator(".side h3").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    keep(page, "studio-bytes")


def smooth(page: Page) -> None:
    """Show what of a cup of coffee nobody looks at."""
    drop(page, Path(sample("coffee")))
    page.keyboard.press("4")
    page.locator("label", has_text="Format").locator("select").first.select_option("webp")
    page.get_by_label("Smooth what nobody looks at").select_option("light")
    page.locator(".smoothing-said", has_text="instead of").wait_for()
    page.locator(".smoothing").scroll_into_view_if_needed()
    page.locator(".view").focus()
    page.keyboard.press("m")
    page.wait_for_selector(".guides image")
    page.wait_for_selector(".side[data-weighed=all]")
    page.wait_for_timeout(500)
    keep(page, "studio-smoothed")


def things(page: Page) -> None:
    """Show what is on a cup, and what is written on it."""
    for _ in range(2):  # the first look loads the networks
        drop(page, {"name": "sign.png", "mimeType": "image/png", "buffer": sign()})
        page.click("[data-panel=things]")
        page.wait_for_selector("[data-known=all]")
    page.wait_for_timeout(500)
    keep(page, "studio-things")


def touch(page: Page) -> None:
    """Click at a head, put the focus on it, and paint it as a poster."""
    drop(page)
    page.click("[data-panel=select]")
    page.wait_for_selector("[data-mask]")
    page.click(".sheet", position={"x": 230, "y": 128}, force=True)
    page.locator("[data-name=group]:not([disabled])").wait_for()
    keep(page, "studio-select")
    page.click("[data-panel=focus]")
    page.click("text=Faces, or what stands out")
    page.locator(".about", has_text="KB").wait_for()
    page.get_by_role("slider", name="Aperture").press("Home")
    page.wait_for_timeout(500)
    page.locator(".working").wait_for(state="hidden")
    keep(page, "studio-focus")
    page.click("text=All sharp")
    page.click("[data-panel=styles]")
    page.locator(".style[data-ms]").nth(9).wait_for()
    with page.expect_response(lambda answer: "/style=poster" in answer.url):
        page.click("[data-name=poster]")
    page.wait_for_timeout(1000)
    keep(page, "studio-styles")


def people(page: Page) -> None:
    """Show somebody who is enrolled."""
    enrol(page, "Eileen Collins")
    page.click("[data-panel=people]")
    page.click("[data-name='Eileen Collins']")
    page.locator(".enrolled img").nth(3).wait_for()
    page.wait_for_timeout(500)
    keep(page, "studio-people")


def others(page: Page) -> None:
    """Show the status, and a page that builds URLs."""
    for path, name in (("/status", "studio-operate"), ("/docs/options", "docs-options")):
        page.goto(path)
        page.wait_for_timeout(2500)
        keep(page, name)


def phone(page: Page) -> None:
    """Show a small screen in light, and what is said when something is in the way."""
    drop(page)
    keep(page, "studio-phone")
    page.set_input_files(
        "input[type=file] >> nth=0",
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"},
    )
    page.wait_for_selector(".notice.error")
    keep(page, "studio-trouble")


def screens(url: str) -> None:
    """Write all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = open_page(browser, url)
        drop(page)
        keep(page, "studio-seen")
        for act in (crop, weigh, smooth, things, touch, people, others):
            act(page)
        phone(open_page(browser, url, (390, 780), "light"))
        browser.close()


if __name__ == "__main__":
    screens(sys.argv[1])

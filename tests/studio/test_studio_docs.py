"""The documents in a browser: read, searched, and a URL put together."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from studio_servers import serve

from foveate.server.routes.costs import EXAMPLE as SPENT
from foveate.server.routes.costs import SUMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).parents[2] / "docs/images"
PREFIX = "/pics"
FIELD = "#page-search input"
FOUND = "#page-found [role=option]"
BUILDER = "docs/options"
ANSWERED_ELSEWHERE = ("/cdn-cgi/", "/openapi.json", "/health/", "/metrics")
"""What pages link to that is no page."""


@pytest.fixture
def page(tab: Page) -> Page:
    """Not the studio: that takes longer to open than what a test opens here."""
    return tab


@pytest.fixture(scope="module")
def beneath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server under a prefix, with a sample at its origin."""
    folder = tmp_path_factory.mktemp("beneath")
    with serve(folder, FOVEATE_SERVER__ROOT_PATH=PREFIX) as running:
        shutil.copy(IMAGES / "astronaut.jpg", folder / "photos/astronaut.png")
        yield running.url + PREFIX


def links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "a[href]", "links => links.map((link) => link.href)"
    )
    return found


def missing(page: Page, address: str) -> list[str]:
    """Return what one page lacks: pictures, places that links into it name, and its own width."""
    page.goto(address)
    page.eval_on_selector_all("img", "all => all.forEach((each) => { each.loading = 'eager'; })")
    broken: list[str] = page.evaluate(
        "Promise.all([...document.querySelectorAll('#page-main img:not([hidden])')]"
        ".map((each) => each.decode().then(() => '', () => each.src)))"
    )
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [each for each in broken if each] + ["wider than the window"] * wide


def crawl(page: Page, start: str) -> tuple[int, list[str]]:
    """Return how many pages there are, and what is wrong with any of them."""
    home = f"{urlsplit(start).scheme}://{urlsplit(start).netloc}"
    todo, seen, wrong = [start], set[str](), list[str]()
    anchors: dict[str, set[str]] = {}
    while todo:
        address = todo.pop()
        whole, _ = urldefrag(address)
        if whole in seen or not whole.startswith(home):
            continue
        seen.add(whole)
        path = urlsplit(whole).path
        if "/docs" not in path or "/docs/files/" in path:
            if not any(each in path for each in ANSWERED_ELSEWHERE):
                wrong += [whole] * (page.request.get(whole).status != 200)
            continue
        wrong += [f"{whole}: {each}" for each in missing(page, whole)]
        names = page.eval_on_selector_all("[id]", "all => all.map((each) => each.id)")
        anchors[whole] = set(names)
        wrong += [f"{whole}: two places are {each}" for each in set(names) if names.count(each) > 1]
        todo += links(page)
        anchors.setdefault("asked", set()).update(links(page))
    for asked in anchors.pop("asked"):
        whole, anchor = urldefrag(asked)
        if anchor and whole in anchors and anchor not in anchors[whole]:
            wrong.append(f"no such place: {asked}")
    return len(anchors), wrong


def test_no_page_has_a_broken_picture_or_link(page: Page) -> None:
    page.goto("/docs")
    pages, wrong = crawl(page, page.url)
    assert wrong == []
    assert pages > 30


def test_under_a_prefix_everything_is_below_it(page: Page, beneath: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    pages, wrong = crawl(page, f"{beneath}/docs")
    assert wrong == []
    assert pages > 30
    assert all(urlsplit(each).path.startswith(PREFIX) for each in links(page)
               if urlsplit(each).netloc == urlsplit(beneath).netloc)  # fmt: skip


def search(page: Page, text: str) -> list[str]:
    """Return the places that are found, without the server's own address."""
    page.fill(FIELD, text)
    page.wait_for_selector(FOUND)
    told: list[str] = page.eval_on_selector_all(FOUND, "all => all.map((each) => each.dataset.to)")
    return [urlsplit(each)._replace(scheme="", netloc="").geturl() for each in told]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("blur faces", "/docs/guides/redaction"),
        ("signed url", "/docs/guides/security#signed-urls"),
        ("cache size", "/docs/reference/settings#caching"),
        ("avif quality", "/docs/reference/settings#FOVEATE_ENCODING__AVIF_QUALITY"),
        ("SourceNotFound", "/docs/reference/errors#SourceNotFound"),
        ("segment.shadow", "/docs/reference/options#segment.shadow"),
        ("erase", "/docs/guides/privacy#erase"),
        ("grafana", "/docs/guides/deploying#grafana"),
    ],
)
def test_questions_find_their_answer_among_the_first(page: Page, asked: str, place: str) -> None:
    page.goto("/docs/tutorial")
    found = search(page, asked)
    assert any(each.startswith(place) for each in found[:3]), found


def test_search_needs_no_mouse(page: Page) -> None:
    page.goto("/docs/guides/crops")
    page.keyboard.press("/")
    page.keyboard.type("hide fac")
    page.wait_for_selector(FOUND)
    assert page.locator("#page-found mark").first.inner_text().lower() in {
        "hide",
        "hiding",
        "faces",
    }
    second = page.locator(FOUND).nth(1)
    page.keyboard.press("ArrowDown")
    assert second.get_attribute("aria-selected") == "true"
    assert page.get_attribute(FIELD, "aria-activedescendant") == second.get_attribute("id")
    expected = second.get_attribute("data-to")
    page.keyboard.press("Enter")
    page.wait_for_url(str(expected))
    page.keyboard.press("/")
    page.keyboard.type("zzzz")
    page.locator("#page-found", has_text="Nothing is found").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#page-found").is_hidden()


def test_the_index_is_asked_for_once_and_is_small(page: Page) -> None:
    page.goto("/docs")
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    search(page, "width")
    search(page, "height")
    assert len([each for each in asked if "search.json" in each]) == 1
    index = page.request.get("/docs/search.json", headers={"accept-encoding": "br"})
    assert index.headers["content-encoding"] == "br"
    assert int(index.headers["content-length"]) <= 100_000


def test_code_is_copied_without_its_button(page: Page) -> None:
    page.goto("/docs/guides/crops")
    page.locator(".code .copy").first.click()
    page.locator(".code .copy", has_text="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("foveate crops photo.jpg")
    assert "Copy" not in copied


def test_pages_read_without_scripts(browser: Browser, beneath: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{beneath}/docs")
    page.click(".menu")
    page.click("#page-contents >> text=Hiding faces")
    assert page.url == f"{beneath}/docs/guides/redaction"
    assert page.locator("h1").inner_text().startswith("Hiding faces")
    assert page.locator("#page-contents").is_hidden()
    page.click(".menu")
    page.click("#page-contents >> text=Status")
    assert page.url == f"{beneath}/status"
    context.close()


def test_a_url_is_put_together_seen_and_copied(page: Page, beneath: str) -> None:
    page.goto(f"{beneath}/{BUILDER}")
    page.wait_for_selector("#shown:not([hidden])")
    page.fill("#options [name=width]", "120")
    page.fill("#options [name=height]", "80")
    page.locator("#facts", has_text="120 \u00d7 80").wait_for()
    page.click("#copy")
    url = page.evaluate("navigator.clipboard.readText()")
    assert url.startswith(f"{beneath}/cdn-cgi/image/width=120,height=80,")
    assert page.request.get(url).status == 200


@pytest.mark.parametrize("path", ["docs", BUILDER])
def test_an_address_whose_end_is_no_code_opens_the_page_all_the_same(
    page: Page, beneath: str, path: str
) -> None:
    page.goto(f"{beneath}/{path}#%")
    page.wait_for_selector(FIELD)
    if path == BUILDER:
        page.wait_for_selector("#shown:not([hidden])")


def test_what_the_server_says_of_a_value_stands_there_and_no_broken_picture(
    page: Page, beneath: str
) -> None:
    page.goto(f"{beneath}/{BUILDER}")
    page.wait_for_selector("#shown:not([hidden])")
    page.fill("#options [name=width]", "wide")
    page.locator("#said", has_text="Option width: expected a whole number").wait_for()
    assert page.get_attribute("#options [name=width]", "aria-invalid") == "true"
    assert page.locator("#shown").is_hidden()
    page.fill("#options [name=width]", "200")
    page.wait_for_selector("#shown:not([hidden])")
    assert page.get_attribute("#options [name=width]", "aria-invalid") == "false"


def test_without_a_sample_there_is_no_picture_and_nothing_is_asked_for(page: Page) -> None:
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/{BUILDER}")
    page.locator("#url", has_text="/cdn-cgi/image/width=400").wait_for()
    page.fill("#options [name=quality]", "1000")
    page.locator("#said", has_text="Option quality").wait_for()
    assert page.locator("#shown").is_hidden()
    assert not [each for each in asked if "/cdn-cgi/" in each]


def test_long_urls_wrap(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"/{BUILDER}")
    page.fill("#source", "a" * 300 + ".jpg")
    page.complaints.clear()  # type: ignore[attr-defined]
    page.locator("#url", has_text="aaaa").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.wait_for_selector("#said .notice")
    page.complaints.clear()  # type: ignore[attr-defined]


def test_the_studio_opens_with_the_same_url(page: Page, beneath: str) -> None:
    page.goto(f"{beneath}/{BUILDER}")
    page.wait_for_selector("#shown:not([hidden])")
    page.fill("#options [name=width]", "123")
    page.locator("#facts", has_text="123 \u00d7").wait_for()
    page.click("#studio")
    page.locator(".chip", has_text="width=").wait_for()
    assert page.locator(".chip", has_text="width=").locator("input").input_value() == "123"
    page.locator(".about", has_text="123 \u00d7 400").wait_for()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_stands_in_the_way_of_anybody(
    page: Page, beneath: str, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    found: dict[Any, str] = {}
    for path in ("docs", "docs/guides/crops", "docs/reference/options", "docs/api", BUILDER):
        page.goto(f"{beneath}/{path}")
        if path == BUILDER:
            page.wait_for_selector("#shown:not([hidden])")
        if path == "docs":
            search(page, "width")
        for rule in Axe().run(page).response["violations"]:
            for node in rule["nodes"]:
                found[path, rule["id"], node["html"][:120]] = node["failureSummary"]
    assert found == {}


def test_the_whole_studio_is_a_hundred_and_fifty_kilobytes_at_most(
    browser: Browser, served: Any
) -> None:
    context = browser.new_context(base_url=served.url)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = list[int]()
    session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto("/", wait_until="networkidle")
    for panel in "123456":
        page.keyboard.press(panel)
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 10
    assert 10_000 < sum(sizes) <= 150_000, sizes
    context.close()


def test_operate_folds_what_costs_next_to_nothing_as_the_command_does(page: Page) -> None:
    def row(route: str, total: float, requests: int = 3, kind: str = "") -> dict[str, Any]:
        return {
            **SUMS,
            "route": route,
            "class": kind,
            "requests": requests,
            "cost": {"total": total},
        }

    rows = [row("image", 0.5, kind="resize"), row("shared", 0.1, 0, "shared")]
    probes = [row("/metrics", 0.000002), row("/docs", 0.000001)]
    page.route("**/v1/costs?*", lambda route: route.fulfill(json={**SPENT, "rows": rows + probes}))
    page.goto("/status")
    costs = page.get_by_role("region", name="Costs of the last 30 days")
    costs.wait_for()
    image, shared, other, whole = costs.locator("tbody tr").all_inner_texts()
    assert image.endswith("0.50000 USD")
    assert re.match("shared\\s+shared\\s+0\\s+\N{EN DASH}", shared)
    assert re.match("other\\s+\N{EN DASH}\\s+6\\s", other)
    assert other.endswith("<0.00001 USD")
    assert whole.startswith("all")


@pytest.mark.parametrize("address", ["/status", "/status/"])
def test_operate_says_what_went_wrong_and_what_to_do(page: Page, address: str) -> None:
    page.request.get("/cdn-cgi/image/width=8/lost.jpg")
    page.route("**/v1/costs?*", lambda route: route.fulfill(json=SPENT))
    page.goto(address)
    row = page.locator("tr", has_text="SourceNotFound")
    row.first.wait_for()
    assert "There is no original at this address." in row.first.inner_text()
    page.locator("td", has_text="FOVEATE_ORIGINS__FOLDER").wait_for()
    page.locator("figcaption", has_text="half within").first.wait_for()
    page.wait_for_selector(".spark polyline >> nth=1", state="attached")
    costs = page.get_by_role("region", name="Costs of the last 30 days")
    assert re.search(r"image\s+resize\s+1200\s+92.%", costs.inner_text())
    assert re.search(r"31\.0 MB\s+103\.0 MB\s+0\.00288 USD", costs.inner_text())
    row.first.locator("a").click()
    page.wait_for_url("**/docs/reference/errors#SourceNotFound")
    assert page.locator("#SourceNotFound").is_visible()

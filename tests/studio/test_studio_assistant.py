"""The assistant, brands and sizes beside a design: nothing is done that is not accepted."""

from __future__ import annotations

import json
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from designs_stand import need_letters
from endpoint_stand import Reply, endpoint
from playwright.sync_api import expect
from studio_servers import serve

from foveate.design.drawing.engine import installed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from endpoint_stand import Script
    from playwright.sync_api import Browser, Page

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)
pytest.importorskip("openai", reason="openai is not here: pip install 'foveate[design]'")

expect.set_options(timeout=30_000)

CARD = """<design version="1" name="Card" lang="en">
  <page id="card" width="400" height="300" fill="#ffffff">
    <rect id="bar" x="20" y="220" width="360" height="60" fill="#e8590c"/>
    <text id="title" role="title" x="20" y="20" width="360" height="60" size="40">Summer sale</text>
    <text id="sub" x="20" y="100" width="360" height="40" size="24">Everything must go</text>
  </page>
</design>
"""
GERMAN = CARD.replace("Summer sale", "Sommer").replace("Everything must go", "Alles muss raus")
HUGE = CARD.replace('size="40"', 'size="390"')
NORD = 'name = "Nord"\n[colours]\naccent = "#0b3d91"\nbackground = "#f4f1ea"\ntext = "#14213d"\n'


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    with endpoint(Reply(text=CARD)) as running:
        yield running


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, script: Script) -> Iterator[str]:
    need_letters()
    folder = tmp_path_factory.mktemp("assisted")
    (folder / "brands").mkdir()
    (folder / "brands" / "nord.toml").write_text(NORD)
    own = {
        "FOVEATE_DESIGNS__FOLDER": str(folder / "designs"),
        "FOVEATE_DESIGNS__BRANDS": str(folder / "brands"),
        "FOVEATE_ASSISTANT__BASE_URL": script.base_url,
        "FOVEATE_ASSISTANT__MODEL": "scripted",
    }
    with serve(folder, **own) as running:
        yield running.url


@contextmanager
def opened(browser: Browser, url: str, width: int) -> Iterator[Page]:
    """The editor with a new card; what a browser complains about is none of it."""
    xml = {"content-type": "application/xml"}
    name = httpx.post(f"{url}/v1/designs", content=CARD, headers=xml, timeout=60).json()["id"]
    context = browser.new_context(viewport={"width": width, "height": 850}, base_url=url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda why: complaints.append(str(why)))
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.complaints = complaints  # type: ignore[attr-defined]
    page.goto(f"/designs/{name}")
    page.wait_for_selector("img.drawn[data-drawn]")
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(params=[1440, 390])
def page(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The editor, on a large screen and on a telephone, where there is a language model."""
    with opened(browser, url, request.param) as page:
        yield page


@pytest.fixture
def plain(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The editor where there is none."""
    designs = str(tmp_path / "designs")
    with (
        serve(tmp_path, FOVEATE_DESIGNS__FOLDER=designs) as running,
        opened(browser, running.url, 1440) as page,
    ):
        yield page


def ask(page: Page, request: str) -> None:
    page.click("#tab-chat")
    page.fill(".asking textarea", request)
    page.keyboard.press("Enter")


def design(page: Page) -> dict[str, Any]:
    """Return the blocks of the design as it is kept, once it is."""
    expect(page.locator(".state")).to_have_text("Version 2")
    path = page.url.replace("/designs/", "/v1/designs/")
    blocks = httpx.get(path, headers={"accept": "application/json"}).json()["pages"][0]["blocks"]
    return {block["id"]: block for block in blocks}


def test_changes_are_accepted_one_by_one_and_taken_back(page: Page) -> None:
    ask(page, "make the title smaller and dark blue")
    cards = page.locator(".card")
    expect(cards).to_have_count(2)
    expect(page.locator(".card canvas[data-drawn]")).to_have_count(4)
    expect(cards.nth(1)).to_contain_text("Change color of text title")
    before = page.get_attribute("img.drawn", "data-drawn")
    page.click(".all button:has-text('See it')")
    expect(page.locator("img.drawn")).not_to_have_attribute("data-drawn", str(before))
    assert Axe().run(page).violations_count == 0
    expect(page.locator(".all .primary")).to_have_text("Accept all 2")
    cards.nth(0).locator("button:has-text('Reject')").click()
    expect(page.locator(".all .primary")).to_have_text("Accept")
    cards.nth(1).locator("button:has-text('Accept')").click()
    kept = design(page)
    assert (kept["title"]["size"], kept["title"]["color"]) == (40, "#00008b")
    expect(page.locator(".all")).to_be_hidden()
    expect(cards.nth(1)).to_contain_text("Accepted")
    page.click("button[aria-label=Undo]")
    expect(page.locator(".state")).to_have_text("Version 3")
    expect(cards.nth(1)).to_contain_text("Taken back")
    expect(cards.nth(0)).to_contain_text("Rejected")
    page.click("button[aria-label='Do it again']")
    expect(cards.nth(1)).to_contain_text("Accepted")


def test_what_is_not_certain_is_asked_back_with_its_choices(plain: Page) -> None:
    page = plain
    ask(page, "make the text red")
    page.click(".choices button:has-text('Everything must go')")
    expect(page.locator(".card")).to_contain_text("Change color of text sub")
    page.click(".all .primary")
    kept = design(page)
    assert "color" not in kept["title"]
    assert kept["sub"]["color"] != "#000000"


def test_a_model_is_offered_where_there_is_one(page: Page, plain: Page) -> None:
    for each, offered in ((page, True), (plain, False)):
        each.click("#tab-chat")
        expect(each.get_by_text("By the language model")).to_be_visible(visible=offered)


def test_where_requests_are_written_stays_small(plain: Page) -> None:
    plain.click("#tab-chat")
    box = plain.locator(".asking")
    before = box.bounding_box()
    ask(plain, "make it pop")
    plain.wait_for_selector(".answer")
    after = box.bounding_box()
    assert before
    assert after
    assert after["height"] == pytest.approx(before["height"], abs=1)


def test_what_is_chosen_is_what_it_means(page: Page) -> None:
    page.evaluate("editor.design.choose(['sub'])")
    ask(page, "make it bold")
    page.click(".all .primary")
    assert design(page)["sub"]["weight"] == 700


def test_a_model_is_followed_and_what_it_may_not_do_is_told(page: Page, script: Script) -> None:
    script.replies = [Reply(text=HUGE), Reply(text=GERMAN, pause_s=0.02)]
    ask(page, "translate it into German")
    expect(page.locator(".step.warns").first).to_contain_text("not done")
    expect(page.locator(".card")).to_have_count(2)
    assert "Asking scripted" in page.inner_text(".steps")
    page.click(".all .primary")
    assert design(page)["title"]["runs"] == ["Sommer"]


def test_an_answer_that_may_not_be_done_changes_nothing(page: Page, script: Script) -> None:
    script.replies = [Reply(text="I would rather not.")]
    ask(page, "translate it into German")
    expect(page.locator(".step[role=alert]")).to_be_visible()
    expect(page.locator(".asking button")).to_have_text("Ask")
    expect(page.locator(".state")).to_have_text("Version 1")


def test_an_answer_that_takes_long_is_stopped(page: Page, script: Script) -> None:
    script.replies = [Reply(text=GERMAN, wait_s=5)]
    ask(page, "translate it into German")
    expect(page.locator(".step.goes")).to_contain_text("Asking")
    page.click(".asking button:has-text('Stop')")
    expect(page.locator(".answer").last).to_contain_text("Stopped.")


def test_a_brand_is_seen_before_it_is_accepted(page: Page) -> None:
    page.click("#tab-brand")
    page.click("[data-brand=nord]")
    expect(page.locator(".told .change-set")).to_be_visible()
    expect(page.locator(".told button[aria-pressed=true]")).to_have_text("See it")
    assert page.evaluate("editor.design.shown.pages[0].fill") == "#f4f1ea"
    assert page.evaluate("editor.design.scene.pages[0].fill") != "#f4f1ea"
    assert Axe().run(page).violations_count == 0
    page.click("#tab-properties")
    assert page.evaluate("editor.design.draft") is None
    page.click("#tab-brand")
    page.click(".told .primary")
    assert design(page)["bar"]["fill"] == "#0b3d91"


def test_a_brand_of_a_file_is_refused_with_what_is_wrong(page: Page) -> None:
    page.click("#tab-brand")
    wrong = {"name": "a.toml", "mimeType": "application/toml", "buffer": b"colours.primary = 7"}
    with page.expect_response("**/brand") as answered:
        page.set_input_files(".branding input[type=file]", wrong)  # type: ignore[arg-type]
    assert answered.value.status == 422
    expect(page.locator(".told .wrong")).to_contain_text("colours.primary")
    page.complaints.clear()  # type: ignore[attr-defined]


def test_sizes_are_shown_opened_and_taken_along(page: Page, tmp_path: Path) -> None:
    page.click("#tab-sizes")
    while (boxes := page.locator(".size input:checked")).count():
        boxes.first.uncheck()
    for size in ("16:9", "300x300"):
        page.fill("input[name=size]", size)
        page.click(".sizing form button")
    page.click(".sizing .primary")
    expect(page.locator(".sized img")).to_have_count(2)
    expect(page.locator(".sized").first).to_contain_text("1920 × 1080")  # noqa: RUF001
    assert Axe().run(page).violations_count == 0
    with page.expect_download() as taken:
        page.click(".sizing button:has-text('zip')")
    taken.value.save_as(tmp_path / "all.zip")
    names = zipfile.ZipFile(tmp_path / "all.zip").namelist()
    assert [each.split("-")[-1] for each in names] == ["16x9.png", "300x300.png", "sizes.json"]
    with page.expect_download() as alone:
        page.click(".sized >> nth=1 >> text=Download")
    assert alone.value.suggested_filename.endswith("-300x300.png")
    page.click(".sized >> nth=0 >> text=Open")
    link = page.get_attribute(".sized a", "href")
    kept = httpx.get(page.url.split("/designs/")[0] + f"/v1/{link}").text
    assert 'width="1920" height="1080"' in kept
    assert json.dumps(link).endswith('-16x9"')


def test_an_svg_is_opened_with_what_is_otherwise_in_it(page: Page) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><script/></svg>'
    page.goto("/designs")
    file = {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": svg}
    page.set_input_files(".designing input[type=file]", file)  # type: ignore[arg-type]
    expect(page.locator(".notice li")).to_have_text("<script> is left out.")
    page.click(".notice >> text=Open it")
    page.wait_for_selector("img.drawn[data-drawn]")

"""Bytes: the table of scores, before beside after, what is copied, and the options explained."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from foveate.imaging import Image

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FACES = ".overlay g.face"
CELLS = ".sizes .button"
DONE = "[data-filled=all]"
URL_BAR = "#urlbar"
NODE = shutil.which("node")


def open_bytes(page: Page, path: str) -> None:
    page.set_input_files("input[type=file] >> nth=0", path)
    page.wait_for_selector(FACES)
    page.keyboard.press("4")
    page.wait_for_selector(".handle")


def copied(page: Page, kind: str) -> str:
    page.select_option(f"{URL_BAR} select", kind)
    page.click(f"{URL_BAR} >> text=Copy")
    page.wait_for_selector(f"{URL_BAR} >> text=Copied {kind}")
    return str(page.evaluate("navigator.clipboard.readText()"))


def chooser(page: Page, label: str) -> Locator:
    said = page.locator("span", has_text=re.compile(f"^{label}$"))
    return page.locator("label", has=said).locator("select")


def add(page: Page, option: str) -> None:
    page.fill(".more input", option)
    page.keyboard.press("Enter")


@pytest.fixture
def small(tmp_path: Path, portrait: str) -> str:
    """Her in 256 by 256 pixels: each page scores 18 pictures of what it is given."""
    file = str(tmp_path / "astronaut.png")
    Image.thumbnail(portrait, 256).pngsave(file)
    return file


@pytest.fixture
def wide(tmp_path: Path, portrait: str) -> str:
    """A picture of 1,500 by 1,000 pixels."""
    file = str(tmp_path / "wide photo.jpg")
    Image.thumbnail(portrait, 1500, height=1000, size="force").jpegsave(file, Q=92)
    return file


def test_every_cell_tells_bytes_and_score_and_the_best_is_named(page: Page, small: str) -> None:
    open_bytes(page, small)
    page.wait_for_selector(DONE)
    texts = page.locator(CELLS).all_inner_texts()
    assert len(texts) == 18
    assert all(re.match(r"\d+\.\d kB\s+\d+\.\d( best)?$", text) for text in texts)
    best = page.locator(".sizes .best")
    assert best.count() == 1
    format_, quality = str(best.get_attribute("data-cell")).split()
    told = page.request.post(
        f"/v1/score?options=format={format_},quality={quality}",
        data=Path(small).read_bytes(),
    ).json()
    label = str(best.get_attribute("aria-label"))
    assert f"score {told['score']:.1f}, fewest bytes" in label
    assert told["score"] >= 75
    assert label.startswith(f"{format_.upper()}, quality {quality}: {told['bytes'] / 1000:.1f} kB")


def test_what_is_advised_lies_between_the_cells_where_that_weighs_less(
    page: Page, small: str
) -> None:
    open_bytes(page, small)
    page.wait_for_selector(DONE)
    advised = re.match(r"(\w+), quality (\d+): ([\d.]+) kB, score ([\d.]+)$", said(page))
    assert advised
    assert float(advised[4]) >= 75
    best = page.locator(".sizes .best").inner_text().split()
    assert float(advised[3]) <= float(best[0])
    page.click("text=Use it")
    page.locator(".about", has_text=advised[1].lower()).wait_for()
    page.keyboard.down(" ")
    page.wait_for_selector("[title=Space][aria-pressed=true]")
    page.wait_for_timeout(400)
    page.keyboard.up(" ")
    page.wait_for_selector("[title=Space][aria-pressed=false]")
    assert f"format={advised[1].lower()},quality={advised[2]}" in copied(page, "URL")


def test_a_score_that_has_to_be_reached_is_found_for_this_picture(page: Page, small: str) -> None:
    open_bytes(page, small)
    chooser(page, "Format").select_option("webp")
    chooser(page, "Quality").select_option("auto:high")
    page.locator(".found-said", has_text="Found: quality").wait_for()
    page.wait_for_selector(".side[data-weighed=all]")
    told = page.locator(".side .score").all_inner_texts()
    assert all(abs(float(score) - 80) < 2 for score in told), "each format looks alike"
    assert page.get_by_label("score that it has to reach").input_value() == "80"
    assert "quality=auto:high" in copied(page, "URL")


def test_each_format_weighs_what_its_url_answers(page: Page, small: str) -> None:
    open_bytes(page, small)
    page.wait_for_selector(".side[data-weighed=all]")
    weighed = dict(zip(*(page.locator(f".side .button {which}").all_inner_texts()
                         for which in ("span:first-child", ".size")), strict=True))  # fmt: skip
    assert set(weighed) == {"AVIF", "WEBP", "JPEG"}
    page.click("[data-format=avif]")
    page.locator(".about", has_text="avif").wait_for()
    assert page.inner_text(".about").startswith("256 \u00d7 256")
    assert weighed["AVIF"] in page.inner_text(".about")


def test_what_is_smoothed_is_shown_where_and_what_that_saves(page: Page, portrait: str) -> None:
    open_bytes(page, portrait)
    chooser(page, "Format").select_option("webp")
    chooser(page, "Smooth what nobody looks at").select_option("light")
    page.locator(".smoothing-said", has_text="instead of").wait_for()
    told = re.fullmatch(r"\d+.% smoothed: ([\d.]+) kB instead of ([\d.]+) kB, \d+.% fewer\.",
                        page.inner_text(".smoothing-said"))  # fmt: skip
    assert told
    assert float(told[1]) < float(told[2])
    assert page.locator(".guides image").count() == 0
    page.locator(".view").focus()
    page.keyboard.press("m")
    page.wait_for_selector(".guides image")
    face, corner = (page.evaluate(MAPPED, at) for at in ([0.44, 0.2], [0.02, 0.3]))
    assert face == 0, "her face keeps every pixel"
    assert corner > 0
    page.click("text=Show where")
    page.wait_for_selector(".guides image", state="detached")


MAPPED = """async ([x, y]) => {
  const image = new Image();
  image.src = document.querySelector('.guides image').getAttribute('href');
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(x * image.width, y * image.height, 1, 1).data[3];
}"""


def test_one_key_shows_it_at_100_percent(page: Page, wide: str) -> None:
    open_bytes(page, wide)
    page.keyboard.press("p")
    assert page.inner_text(".tools output[aria-label=Zoom]") == "100 %"
    shown = page.locator(".sheet").bounding_box()
    assert shown
    assert shown["width"] == pytest.approx(1280)


def said(page: Page) -> str:
    return page.inner_text(".best-said")


def test_another_goal_chooses_another_cell(page: Page, small: str) -> None:
    open_bytes(page, small)
    page.wait_for_selector(DONE)
    before = page.locator(".sizes .best").get_attribute("data-cell")
    page.get_by_label("Fewest bytes at").select_option("90")
    assert page.locator(".sizes .best").get_attribute("data-cell") != before
    scores = {
        cell.get_attribute("data-cell"): float(cell.inner_text().split()[2])
        for cell in page.locator(CELLS).all()
    }
    assert scores[page.locator(".sizes .best").get_attribute("data-cell")] >= 90


def test_another_width_is_weighed_anew_and_the_old_table_ends(page: Page, wide: str) -> None:
    open_bytes(page, wide)
    page.locator(".chip", has_text="width=1280").or_(page.locator("[data-name=width]")).wait_for()
    asked: list[str] = []
    page.on("request", lambda request: "score" in request.url and asked.append(request.url))
    chooser(page, "Width").select_option("320")
    page.wait_for_selector(DONE)
    page.wait_for_timeout(500)
    assert len([url for url in asked if "width%3D320" in url]) >= 18
    assert not [url for url in asked[2:] if "width%3D1280" in url], "those for the old width ended"


def test_the_left_side_is_what_was_not_compressed_in_the_same_geometry(
    page: Page, wide: str
) -> None:
    open_bytes(page, wide)
    chooser(page, "Width").select_option("640")
    chooser(page, "Format").select_option("jpeg")
    page.locator(".about", has_text="640").wait_for()
    page.locator(".labels", has_text="Lossless").wait_for()
    size = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
    assert page.locator(".sheet .before").evaluate(size) == [640, 427]
    assert page.locator(".sheet > img:not(.before)").evaluate(size) == [640, 427]
    assert re.fullmatch(r"JPEG · \d+\.\d kB", page.locator(".labels span >> nth=1").inner_text())


def test_the_handle_is_moved_by_keys_and_put_back_by_two_clicks(page: Page, small: str) -> None:
    open_bytes(page, small)
    handle = page.locator(".handle")
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert handle.get_attribute("aria-valuenow") == "40"
    shown, cut = (page.locator(which).bounding_box() for which in (".sheet", ".handle"))
    assert shown
    assert cut
    assert cut["x"] + 1.5 == pytest.approx(shown["x"] + 0.4 * shown["width"], abs=1)
    assert "0px 153" in page.locator(".before").evaluate("each => each.style.clipPath")
    handle.dblclick()
    assert handle.get_attribute("aria-valuenow") == "50"


def test_zoom_stays_where_it_is_and_shows_pixels(page: Page, portrait: str) -> None:
    open_bytes(page, portrait)
    for _ in range(12):
        page.keyboard.press("+")
    assert page.inner_text(".tools output[aria-label=Zoom]") == "800 %"
    rendering = "each => getComputedStyle(each).imageRendering"
    assert page.locator(".sheet .before").evaluate(rendering) == "pixelated"
    before = page.locator(".sheet").bounding_box()
    page.click("[data-cell='webp 50']")
    page.locator(".about", has_text="webp").wait_for()
    assert page.locator(".sheet").bounding_box() == before
    chooser(page, "Width").select_option("320")
    page.locator(".about", has_text="320").wait_for()
    after = page.locator(".sheet").bounding_box()
    assert after
    assert before
    assert (after["x"], after["width"]) == pytest.approx((before["x"], before["width"]), abs=1)


def test_the_difference_is_drawn_eight_times_as_strong(page: Page, small: str) -> None:
    open_bytes(page, small)
    page.click("[data-cell='jpeg 40']")
    page.locator(".labels", has_text="JPEG 40").wait_for()
    page.keyboard.press("d")
    page.wait_for_selector("canvas.difference", state="visible")
    assert "8 times" in page.inner_text(".legend")
    drawn = page.evaluate(DRAWN)
    assert drawn["of"] == drawn["is"]
    assert 4 < drawn["mean"] < 80
    page.click("text=Difference")
    page.wait_for_selector("canvas.difference", state="hidden")


DRAWN = """async () => {
  const sheet = document.querySelector('.sheet');
  const pixels = (image) => {
    const canvas = new OffscreenCanvas(256, 256);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, 256, 256).data;
  };
  const [after, before, shown] = ['img:not(.before)', '.before', '.difference']
    .map((each) => pixels(sheet.querySelector(each)));
  const at = [...Array(400).keys()].map((step) => step * 4 * 161 + step % 3);
  const mean = shown.reduce((one, other) => one + other, -255 * 256 * 256) / 196608;
  return {
    of: at.map((place) => Math.min(255, 8 * Math.abs(after[place] - before[place]))),
    is: at.map((place) => shown[place]),
    mean,
  };
}"""


def test_space_shows_what_was_before_tapped_or_held(page: Page, small: str) -> None:
    open_bytes(page, small)
    page.locator(".view").focus()
    pressed = page.locator("text=Before >> nth=0")
    page.keyboard.press(" ")
    assert pressed.get_attribute("aria-pressed") == "true"
    assert page.locator(".before").evaluate("each => each.style.clipPath") == "inset(0px)"
    page.keyboard.press(" ")
    assert pressed.get_attribute("aria-pressed") == "false"
    page.keyboard.down(" ")
    assert pressed.get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(400)
    page.keyboard.up(" ")
    assert pressed.get_attribute("aria-pressed") == "false"


class Pictures(HTMLParser):
    """The addresses in HTML, each with the type and the width that is said of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, int]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        for each in re.split(r",\s+", said.get("srcset") or ""):
            if each:
                url, width = each.split()
                self.found.append((url, said.get("type") or "", int(width.removesuffix("w"))))
        if tag == "img":
            self.found.append((said["src"] or "", "", int(said["width"] or 0)))
            assert said["sizes"] == "(min-width: 60em) 50vw, 100vw"


def sizes_of(page: Page, html: str) -> list[tuple[int, int, str]]:
    """Width, height and type of all that HTML names, which is as it says."""
    parsed, told = Pictures(), []
    parsed.feed(html)
    for url, kind, width in parsed.found:
        answer = page.request.get(url)
        assert answer.ok
        image = Image.new_from_buffer(answer.body(), "")
        assert image.width == width
        assert kind in {"", answer.headers["content-type"]}
        told.append((image.width, image.height, answer.headers["content-type"]))
    return told


def test_html_of_widths_is_what_its_addresses_answer(page: Page, wide: str) -> None:
    open_bytes(page, wide)
    add(page, "height=640")
    add(page, "fit=cover")
    page.locator(".about", has_text="1280 \u00d7 640").wait_for()
    page.click(".responsive > summary")
    page.get_by_label("Widths in pixels").fill("200 400, 9000")
    page.get_by_label("how wide it is shown").fill("(min-width: 60em) 50vw, 100vw")
    page.locator(".responsive tfoot", has_text="kB").wait_for()
    html = copied(page, "HTML")
    assert html == page.inner_text(".code"), "one HTML, wherever it is copied"
    told = sizes_of(page, html)
    assert {width for width, _, _ in told} == {200, 400, 1500}
    assert {kind for _, _, kind in told} == {"image/avif", "image/webp", "image/jpeg"}
    assert all(height == round(width / 2) for width, height, _ in told)


def test_html_by_the_server_has_a_placeholder_and_names_what_it_answers(
    page: Page, small: str
) -> None:
    open_bytes(page, small)
    for option in ("width=200", "height=100", "fit=cover"):
        add(page, option)
    page.locator(".about", has_text="200 \u00d7 100").wait_for()
    html = copied(page, "HTML by the server")
    assert "url(data:image/webp;base64," in html
    url = str(re.search(r'src="([^"]+)"', html)[1])  # type: ignore[index]
    made = Image.new_from_buffer(page.request.get(url.replace("&amp;", "&")).body(), "")
    assert f'width="{made.width}" height="{made.height}"' in html
    assert made.width == 2 * made.height


def test_what_widths_weigh_adds_up(page: Page, small: str) -> None:
    open_bytes(page, small)
    page.click(".responsive > summary")
    page.get_by_label("Widths in pixels").fill("100, 200")
    page.get_by_role("checkbox", name="AVIF").uncheck()
    page.locator(".responsive tfoot td >> nth=1", has_text="kB").wait_for()
    rows = [row.split("\t") for row in page.inner_text(".responsive table").splitlines()]
    assert rows[-4][0] == "width"
    for column in (1, 2):
        one, other, both = (float(rows[at][column].removesuffix(" kB")) for at in (-3, -2, -1))
        assert one + other == pytest.approx(both, abs=0.11)
    assert rows[-1][0] == "together"


def test_curl_fetches_what_is_seen(page: Page, small: str, tmp_path: Path) -> None:
    open_bytes(page, small)
    page.click("[data-cell='webp 60']")
    add(page, "width=200")
    page.locator(".about", has_text="200 \u00d7 200").wait_for()
    subprocess.run(copied(page, "curl"), shell=True, check=True, cwd=tmp_path)  # noqa: S602
    made = Image.new_from_file(str(tmp_path / "picture.webp"))
    assert (made.width, made.height) == (200, 200)


@pytest.mark.parametrize("own", ["", "photos of it/astronaut.png"])
def test_python_makes_what_is_seen(
    page: Page, small: str, tmp_path: Path, own: str, served: Any
) -> None:
    open_bytes(page, small)
    page.click("[data-cell='jpeg 60']")
    page.locator(".about", has_text="jpeg").wait_for()
    add(page, "width=200")
    page.locator(".about", has_text="200 \u00d7 200").wait_for()
    if own:
        file = Path(served.process.args[-1]) / own
        file.parent.mkdir()
        file.write_bytes(Path(small).read_bytes())
        page.fill("input.source", own)
    program = copied(page, "Python")
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    made = Image.new_from_file(str(tmp_path / "picture.jpg"))
    assert (made.width, made.height) == (200, 200)


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.parametrize(
    ("own", "quality", "asked"),
    [("60", "undefined", "60"), ("60", "35", "35"), ("", "undefined", "")],
)
def test_the_loader_of_next_names_other_widths_of_the_same_shape(
    page: Page, small: str, tmp_path: Path, own: str, quality: str, asked: str
) -> None:
    open_bytes(page, small)
    if own:
        page.click(f"[data-cell='webp {own}']")
    for option in ("width=200", "height=100", "fit=cover"):
        add(page, option)
    page.locator(".about", has_text="200 \u00d7 100").wait_for()
    source = page.input_value("input.source")
    (tmp_path / "loader.mjs").write_text(copied(page, "Next.js"))
    code = (
        "import loader from './loader.mjs';"
        f"console.log(loader({{ src: '/{source}', width: 240, quality: {quality} }}));"
        "console.log(loader({ src: '/a b#1%20.jpg', width: 240 }));"
    )
    done = subprocess.run(
        [str(NODE), "--input-type=module", "-e", code],
        check=True, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    url, spaced = done.stdout.split()
    assert spaced.endswith("/a%20b%231%20.jpg")
    assert re.findall(r"quality=(\d+|auto)", url) == [asked] * bool(asked)
    made = Image.new_from_buffer(page.request.get(url).body(), "")
    assert (made.width, made.height) == (240, 120)


def test_options_are_explained_word_by_word(page: Page, small: str) -> None:
    open_bytes(page, small)
    add(page, "fit=cover")
    page.focus("text=Explain")
    page.keyboard.press("Enter")
    rows = {row["name"]: row for row in page.request.get("/v1/options").json()["options"]}
    told = page.inner_text("#explained")
    assert rows["fit"]["help"].replace("`", "") in told
    assert f"Without it: {rows['fit']['default'].replace('`', '')}" in told
    page.get_by_role("button", name="pad-down", exact=True).click()
    assert page.locator("[data-name=fit] input").input_value() == "pad-down"
    assert page.locator("#explained >> text=fit=pad-down").count() == 1


def test_what_the_server_says_of_an_option_stands_at_it(page: Page, small: str) -> None:
    open_bytes(page, small)
    add(page, "blur=9999")
    page.locator(".wrong-said", has_text="Option blur: expected").wait_for()
    wrong = page.locator(".chip.wrong")
    assert wrong.get_attribute("data-name") == "blur"
    field = wrong.locator("input")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == "wrong-said"
    field.fill("3")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wrong-said", state="hidden")
    add(page, "colour=red")
    page.locator(".wrong-said", has_text="no such option here: colour").wait_for()
    assert page.locator(".chip.wrong").get_attribute("data-name") == "colour"
    page.complaints.clear()  # type: ignore[attr-defined] - the browser tells of the 400


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_of_it_stands_in_the_way_of_anybody(
    page: Page, small: str, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    open_bytes(page, small)
    page.wait_for_selector(DONE)
    page.click(".responsive > summary")
    page.click("text=Explain")
    add(page, "colour=red")
    page.locator(".wrong-said", has_text="colour").wait_for()
    told = [Axe().run(page)]
    page.locator(".view").focus()
    page.keyboard.press("d")
    page.wait_for_selector("canvas.difference", state="visible")
    told.append(Axe().run(page))
    found = {
        (rule["id"], node["html"][:120]): node["failureSummary"]
        for each in told
        for rule in each.response["violations"]
        for node in rule["nodes"]
    }
    assert found == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width

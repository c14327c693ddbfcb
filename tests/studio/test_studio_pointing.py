"""What follows a finger: things that clicks select, where the focus is, styles to choose from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_studio_page import ALL_TOLD, drop

from foveate.imaging import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from studio_servers import Served

EDGE = ".guides .edge"
HEAD, FLAG = (0.45, 0.25), (0.05, 0.6)
SELECTING = ".selecting"
WORKING = ".working"


def look(page: Page, picture: str, panel: str) -> None:
    drop(page, picture)
    page.wait_for_selector(ALL_TOLD)
    page.click(f"[data-panel={panel}]")


def tap(page: Page, place: tuple[float, float], *keys: Any) -> None:
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    at = {"x": place[0] * sheet["width"], "y": place[1] * sheet["height"]}
    page.click(".sheet", position=at, modifiers=list(keys), force=True)  # type: ignore[arg-type]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    for at, act in ((start, page.mouse.down), (end, page.mouse.up)):
        page.mouse.move(sheet["x"] + sheet["width"] * at[0], sheet["y"] + sheet["height"] * at[1])
        act()


def chip(page: Page, name: str) -> Any:
    return page.locator(f"[data-name='{name}'] input")


def axed(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:99] for node in rule["nodes"]]) for rule in found]


@pytest.fixture
def gaze() -> None:
    from foveate.models.supply.weights import FileState, catalogue, verify  # noqa: PLC0415
    from foveate.settings import load  # noqa: PLC0415

    models = load().models
    card = next(card for card in catalogue(models) if card.name == "gaze")
    if verify(card, models) is not FileState.OK:
        pytest.skip("gaze is not here: foveate models pull gaze")


@pytest.mark.usefixtures("gaze")
def test_a_click_selects_a_thing_and_the_url_changes_all_but_it(page: Page, portrait: str) -> None:
    look(page, portrait, "select")
    page.wait_for_selector("[data-mask]")
    panel = page.locator(SELECTING)
    subject = str(panel.get_attribute("data-mask"))
    tap(page, HEAD)
    expect(panel).not_to_have_attribute("data-mask", subject)
    mask = str(panel.get_attribute("data-mask"))
    edge, sheet = page.locator(EDGE).bounding_box(), page.locator(".sheet").bounding_box()
    assert edge
    assert sheet
    assert edge["width"] < sheet["width"] * 3 / 4
    assert edge["x"] < sheet["x"] + HEAD[0] * sheet["width"] < edge["x"] + edge["width"]
    page.click("text=black and white around")
    page.locator(".about", has_text="kB").wait_for()
    expect(chip(page, "effect.mask")).to_have_value(mask)
    page.click("#urlbar >> text=Copy")
    page.locator("#wrong-said", has_text="names a mask").wait_for()
    made = Image.new_from_buffer(
        page.request.get(page.evaluate("navigator.clipboard.readText()")).body(), ""
    )
    there, beside = (
        made(int(x * made.width), int(y * made.height)) for x, y in ((0.45, 0.3), FLAG)
    )
    assert max(there) - min(there) > 30
    assert max(beside) - min(beside) < 12
    page.keyboard.press("z")
    expect(panel).to_have_attribute("data-mask", subject)
    expect(chip(page, "effect.mask")).to_have_value(subject)


def test_clicks_come_from_keys_boxes_and_what_is_left_out(page: Page, portrait: str) -> None:
    asked: list[dict[str, Any]] = []
    known = {"name": "object", "area": 0.1, "alternatives": [], "width": 512, "height": 512}

    def select(route: Any) -> None:
        asked.append(route.request.post_data_json["clicks"])
        route.fulfill(json={**known, "mask": f"{len(asked):a>26}"})

    page.route("**/v1/select?*", select)
    page.route("**/v1/select/*", lambda route: route.fulfill(body=Path(portrait).read_bytes()))
    look(page, portrait, "select")
    page.wait_for_selector("[data-mask]")
    page.focus(".view")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".guides .spot")).to_have_count(1)
    tap(page, FLAG, "Alt")
    expect(page.locator(".guides .spot.not")).to_have_count(1)
    drag(page, (0.25, 0.25), (0.75, 0.5))
    expect(page.locator(".guides .wish")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    last = asked[-1]
    assert last["points"] == [[0.52, 0.5]]
    assert last["not"][0] == pytest.approx(FLAG, abs=0.01)
    (box,) = last["boxes"]
    assert [box["left"], box["width"]] == pytest.approx([128, 256], abs=3)
    page.keyboard.down("Alt")
    drag(page, (0.25, 0.5), (0.5, 0.7))
    page.keyboard.up("Alt")
    page.locator("#panel .notice", has_text="A box selects").wait_for()
    expect(page.locator(".guides .wish")).to_have_count(1)
    assert axed(page) == []


def test_what_becomes_of_a_mask_may_be_chosen_before_there_is_one(
    page: Page, portrait: str
) -> None:
    picture = Path(portrait).read_bytes()
    held: list[Any] = []
    page.route("**/v1/select?*", lambda route: held.append(route))  # noqa: PLW0108
    page.route("**/v1/select/*", lambda route: route.fulfill(body=picture))
    page.route("**/cdn-cgi/image/**", lambda route: route.fulfill(body=picture))
    look(page, portrait, "select")
    page.locator(WORKING).wait_for()
    page.click("text=black and white around")
    subject = {"mask": "a" * 26, "area": 0.1, "name": "subject", "alternatives": []}
    held[0].fulfill(json={**subject, "width": 512, "height": 512})
    expect(chip(page, "effect.mask")).to_have_value("a" * 26)
    expect(chip(page, "effect.grayscale")).to_have_value("true")
    expect(page.locator(WORKING)).to_be_hidden()
    page.select_option("#urlbar select", "Next.js")
    page.click("#urlbar >> text=Copy")
    page.locator("#urlbar button", has_text="this mask is of one").wait_for()
    page.select_option("#urlbar select", "Python")
    page.click("#urlbar button.primary")
    assert "urlretrieve" in page.evaluate("navigator.clipboard.readText()")


def test_a_tap_says_what_is_sharp_and_weights_that_are_missing_are_named(
    page: Page, portrait: str
) -> None:
    picture = Path(portrait).read_bytes()
    missing: dict[str, list[str]] = {}

    def told(route: Any) -> None:
        route.fulfill(json={**route.fetch().json(), "missing": missing})

    page.route("**/v1/studio", told)
    page.route("**/cdn-cgi/image/*refocus*/**", lambda route: route.fulfill(body=picture))
    look(page, portrait, "focus")
    expect(page.get_by_role("slider", name="Aperture")).to_be_enabled()
    expect(page.locator(".chip")).to_have_count(0)  # nothing is asked for by looking
    tap(page, (0.75, 0.25))
    expect(chip(page, "refocus")).to_have_value("0.750x0.250")
    page.get_by_role("slider", name="Aperture").press("Home")
    expect(chip(page, "refocus.aperture")).to_have_value("1.4")
    assert axed(page) == []
    missing["depth"] = ["depth"]
    page.click("text=All sharp")
    expect(page.locator(".chip")).to_have_count(0)
    page.route("**/cdn-cgi/image/*light*/**", lambda route: route.fulfill(body=picture))
    look(page, portrait, "focus")
    page.locator("#panel", has_text="foveate models pull depth").wait_for()
    page.get_by_role("slider", name="Light").press("ArrowRight")
    expect(chip(page, "light")).to_have_value("0.05")
    assert page.locator("[data-name=refocus]").count() == 0
    assert page.get_by_role("slider", name="Aperture").is_disabled()


def add(page: Page, option: str) -> None:
    page.fill(".more input", option)
    page.press(".more input", "Enter")


def test_no_click_is_taken_where_what_is_shown_lies_elsewhere(page: Page, portrait: str) -> None:
    picture = Path(portrait).read_bytes()
    asked: list[Any] = []
    subject = {"mask": "a" * 26, "area": 0.1, "name": "subject", "alternatives": []}

    def select(route: Any) -> None:
        asked.append(route.request.post_data_json["clicks"]["points"])
        route.fulfill(json={**subject, "width": 512, "height": 512})

    page.route("**/cdn-cgi/image/**", lambda route: route.fulfill(body=picture))
    page.route("**/v1/select?*", select)
    page.route("**/v1/select/*", lambda route: route.fulfill(body=picture))
    look(page, portrait, "select")
    page.wait_for_selector("[data-mask]")
    page.click("text=brighten")
    page.locator(".about", has_text="kB").wait_for()
    add(page, "flip=h")
    tap(page, FLAG)
    page.locator("#panel .notice", has_text="by flip").wait_for()
    assert not any(asked)
    expect(chip(page, "effect.brightness")).to_have_value("1.4")
    page.click("button[data-value=''] >> text=only look")
    expect(page.locator(".chip")).to_have_count(1)
    tap(page, FLAG)
    expect(page.locator(".guides .spot")).to_have_count(1)
    page.click("[data-panel=focus]")
    page.click("text=Faces, or what stands out")
    expect(chip(page, "refocus")).to_have_value("auto")
    page.locator(".about", has_text="kB").wait_for()
    tap(page, FLAG)
    page.locator("#panel .notice", has_text="by flip").wait_for()
    expect(chip(page, "refocus")).to_have_value("auto")


def said_to_be_missing(page: Page, name: str) -> None:
    page.locator("#panel .error", has_text="It broke.").wait_for()
    page.locator(".style", has_text=f"⚠ {name}").wait_for()
    page.complaints.clear()  # type: ignore[attr-defined] - the browser tells of the 500


def try_again(page: Page, name: str) -> None:
    page.click("text=Try again")
    page.locator(f"[data-name={name}][data-ms]", has_text=name).wait_for()
    expect(page.locator("#panel", has_text="⚠")).to_have_count(0)


def test_styles_are_tiles_and_one_is_shown_large(page: Page, portrait: str) -> None:
    picture = Path(portrait).read_bytes()
    asked: list[str] = []
    mended = False

    def painted(route: Any) -> None:
        asked.append(route.request.url)
        if "style=stencil" in asked[-1] and not mended:
            route.fulfill(status=500, json={"error": "ModelFailed", "message": "It broke."})
        else:
            route.fulfill(body=picture)

    page.route("**/cdn-cgi/image/*style=*/**", painted)
    page.set_viewport_size({"width": 1440, "height": 400})
    look(page, portrait, "styles")
    page.locator(".style[data-ms]").nth(2).wait_for()
    page.wait_for_load_state("networkidle")
    seen = len(asked)
    assert seen < 10, "nobody sees those below"
    said_to_be_missing(page, "stencil")
    mended = True
    try_again(page, "stencil")
    page.locator(".style").last.scroll_into_view_if_needed()
    page.locator(".style[data-ms]").nth(9).wait_for()
    page.click("[data-name=poster]")
    page.locator(".about", has_text="kB").wait_for()
    expect(chip(page, "style")).to_have_value("poster")
    page.get_by_role("slider", name="Another grain").press("ArrowRight")
    expect(chip(page, "style.seed")).to_have_value("1")
    expect(page.locator(".chip")).to_have_count(2)
    page.click("text=As it is")
    expect(page.locator(".chip")).to_have_count(0)
    assert axed(page) == []


def test_the_url_is_what_was_chosen_though_a_wide_picture_is_seen_small_at_first(
    page: Page, tmp_path: Path
) -> None:
    wide = tmp_path / "wide.png"
    Image.black(1400, 8).write_to_file(str(wide))
    held: list[Any] = []
    page.route("**/cdn-cgi/image/*light=*/**", lambda route: held.append(route))  # noqa: PLW0108
    look(page, str(wide), "focus")
    with page.expect_request("**/cdn-cgi/image/**") as first:
        page.get_by_role("slider", name="Light").press("ArrowRight")
    assert "/light=0.05,width=1280/" in first.value.url
    page.locator(WORKING).wait_for()
    with page.expect_request("**/cdn-cgi/image/light=0.05/**"):
        held[0].fulfill(body=Image.black(1280, 7).write_to_buffer(".png"))
    expect(page.locator(".about")).to_have_text("")
    page.locator(WORKING).wait_for()
    assert page.locator(".sheet").evaluate("sheet => sheet.style.width") == "1400px"
    noted = {"foveate-note": "it stands still", "content-type": "image/png"}
    held[1].fulfill(body=wide.read_bytes(), headers=noted)
    page.locator(".about", has_text="1400 \N{MULTIPLICATION SIGN} 8").wait_for()
    expect(page.locator(WORKING)).to_be_hidden()
    page.locator("#urlbar", has_text="Note: it stands still.").wait_for()
    expect(page.locator(".chip")).to_have_count(1)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (844, 390), (667, 375)])
def test_what_a_finger_needs_lies_below_the_picture_on_a_phone_or_beside_it(
    browser: Browser, served: Served, portrait: str, width: int, height: int
) -> None:
    phone = {"width": width, "height": height}
    subject = {"mask": "a" * 26, "area": 0.1, "name": "subject", "alternatives": []}
    answer = Path(portrait).read_bytes()
    with browser.new_context(
        viewport=phone,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        base_url=served.url,
    ) as context:
        page = context.new_page()
        page.route("**/cdn-cgi/image/**", lambda route: route.fulfill(body=answer))
        page.route("**/v1/select?*", lambda route: route.fulfill(json=subject))
        page.route("**/v1/select/*", lambda route: route.fulfill(body=answer))
        page.goto("/")
        look(page, portrait, "select")
        page.locator("[data-mask]").wait_for()
        shown(page.get_by_role("button", name="object"))
        shown(page.get_by_role("button", name="cut out"))
        page.click("[data-panel=focus]")
        tap(page, (0.9, 0.9))
        expect(chip(page, "refocus")).to_have_value(re.compile("^0.9.*x0.9"))
        page.locator(".about", has_text="kB").wait_for()
        shown(page.get_by_role("slider", name="Aperture"))
        shown(page.get_by_role("button", name="Copy"))
        whole = page.get_by_role("button", name="Fit")
        expect(whole).to_be_hidden()
        page.focus(".view")
        page.keyboard.press("+")
        whole.click()
        expect(whole).to_be_hidden()


def shown(control: Any) -> None:
    """Assert that a finger meets a control where it lies, without anything being scrolled."""
    box = control.bounding_box()
    at = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    met = "(control, at) => control.contains(document.elementFromPoint(...at))"
    assert control.evaluate(met, at), box


def pressed(page: Page) -> Any:
    return page.locator("#panel [aria-pressed=true]").first


def focus_follows(page: Page) -> None:
    aperture = page.get_by_role("slider", name="Aperture")
    aperture.press("Home")
    expect(chip(page, "refocus")).to_have_value("auto")  # else an aperture is of nothing
    page.locator(".about", has_text="kB").wait_for()
    page.click("text=All sharp")
    expect(aperture).to_have_value("2")
    page.locator("#panel", has_text="f/2.8").wait_for()
    add(page, "refocus=auto")
    add(page, "refocus.aperture=8")
    expect(aperture).to_have_value("5")


def styles_follow(page: Page) -> None:
    page.click("[data-name=duotone]")
    add(page, "style.seed=7")
    add(page, "style.color=red")
    seed, colour = page.get_by_role("slider", name="Another grain"), page.get_by_label("Colour")
    expect(seed).to_have_value("7")
    expect(colour).to_have_value("#ff0000")
    page.click("text=As it is")
    page.click("[data-name=duotone]")
    expect(seed).to_have_value("0")
    expect(colour).not_to_have_value("#ff0000")


def select_follows(page: Page) -> None:
    page.wait_for_selector("[data-mask]")
    page.click("text=blur the rest")
    expect(pressed(page)).to_have_text("blur the rest")
    page.click("#urlbar >> text=Undo")
    expect(pressed(page)).to_have_text("only look")
    expect(page.locator(EDGE).first).to_be_attached()
    add(page, f"effect.mask={'a' * 26}")
    add(page, "effect.blur=44")
    expect(pressed(page)).to_have_text("blur")
    expect(page.get_by_role("slider", name="How strong")).to_have_value("44")


def cut_out_follows(page: Page) -> None:
    page.click("#panel [data-value=cut]")
    add(page, "segment.shadow=0.4")
    expect(page.get_by_role("slider", name="Shadow")).to_have_value("0.4")


def test_controls_show_what_the_url_says_whoever_wrote_it(page: Page, portrait: str) -> None:
    picture = Path(portrait).read_bytes()
    subject = {"mask": "a" * 26, "area": 0.1, "name": "subject", "alternatives": []}
    told = {**subject, "width": 512, "height": 512}
    page.route("**/cdn-cgi/image/**", lambda route: route.fulfill(body=picture))
    page.route("**/v1/select?*", lambda route: route.fulfill(json=told))
    page.route("**/v1/select/*", lambda route: route.fulfill(body=picture))
    look(page, portrait, "focus")
    focus_follows(page)
    page.click("[data-panel=styles]")
    styles_follow(page)
    page.click("[data-panel=select]")
    select_follows(page)
    page.click("[data-panel=cut]")
    cut_out_follows(page)
    look(page, portrait, "cut")
    expect(pressed(page)).to_have_text("nothing")


def test_a_format_that_can_be_seen_through_is_given_and_taken_back_and_a_chosen_one_stays(
    page: Page, portrait: str
) -> None:
    picture = Path(portrait).read_bytes()
    subject = {"mask": "a" * 26, "area": 0.1, "name": "subject", "alternatives": []}
    page.route("**/cdn-cgi/image/**", lambda route: route.fulfill(body=picture))
    page.route("**/v1/select?*", lambda route: route.fulfill(json=subject))
    page.route("**/v1/select/*", lambda route: route.fulfill(body=picture))
    look(page, portrait, "select")
    page.wait_for_selector("[data-mask]")
    for panel, nothing in (("select", "only look"), ("cut", "nothing")):
        page.click(f"[data-panel={panel}]")
        for chosen, cut, after in (
            ("png", "png", "png"),
            ("avif", "avif", "avif"),
            ("jpeg", "webp", "jpeg"),
            ("", "webp", ""),
        ):
            page.evaluate("(format) => studio.options.set({ format })", chosen)
            page.locator("#panel").get_by_role("button", name="cut out", exact=True).click()
            assert page.evaluate("studio.options.get('format')") == cut
            assert page.evaluate("studio.options.get('segment')") == "foreground"
            page.locator("#panel").get_by_role("button", name=nothing, exact=True).click()
            assert page.evaluate("studio.options.get('format')") == after


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (2560, "dark")])
def test_nothing_sticks_out_and_all_is_read_by_everybody(
    page: Page, portrait: str, width: int, scheme: Any
) -> None:
    picture = Path(portrait).read_bytes()
    page.route("**/cdn-cgi/image/**", lambda route: route.fulfill(body=picture))
    subject = {"mask": "a" * 26, "area": 0.1, "name": "subject", "alternatives": []}
    page.route("**/v1/select?*", lambda route: route.fulfill(json=subject))
    page.route("**/v1/select/*", lambda route: route.fulfill(body=picture))
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce", forced_colors="none")
    page.set_viewport_size({"width": width, "height": 800})
    look(page, portrait, "select")
    page.wait_for_selector("[data-mask]")
    for panel in ("select", "focus", "styles"):
        page.click(f"[data-panel={panel}]")
        page.wait_for_timeout(100)
        assert axed(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

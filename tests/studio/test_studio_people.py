"""The face index in the studio: who is enrolled, and what a face of a picture has to do with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from people_faces import face, unit

from foveate.imaging import Image
from foveate.people.keys import Keys, Scope
from foveate.people.store import LanceStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page, Route

NAME = "Eileen Collins"
ALL_TOLD = "[data-told=all]"
CROWD = 20_000


@pytest.fixture(scope="module")
def _crops() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOVEATE_PEOPLE__KEEP_CROPS", "1")
        yield


@pytest.fixture(scope="module")
def served(_crops: None, served: Any) -> Any:
    """A server that keeps crops."""
    return served


@pytest.fixture
def page(tab: Page) -> Page:
    """Not opened yet: most tests open the panel."""
    return tab


@pytest.fixture
def index(served: Any) -> Path:
    """The folder of its face index."""
    return Path(served.process.args[-1]).parent / "people"


@pytest.fixture(autouse=True)
def _nobody(index: Path, page: Page) -> Iterator[None]:
    """Begin with an empty index that needs no key."""
    yield
    page.goto("about:blank")  # what it still asks for is not there any more
    keys = Keys(index)
    for key in keys.all():
        keys.revoke(key.name)
    keys.open()
    for row in page.request.get("/v1/people").json()["collections"]:
        page.request.delete(f"/v1/people/{row['name']}")


def jpeg(image: Image) -> bytes:
    data: bytes = image.jpegsave_buffer(Q=95)
    return data


@pytest.fixture
def pictures(portrait: str) -> dict[str, bytes]:
    """One person four times: as she is, mirrored, a part of her, and darker."""
    whole = Image.new_from_file(portrait).flatten()
    return {
        "as she is.jpg": jpeg(whole),
        "mirrored.jpg": jpeg(whole.fliphor()),
        "closer.jpg": jpeg(whole.crop(100, 0, 320, 340)),
        "darker.jpg": jpeg(whole.linear(0.7, 0)),
    }


def add(page: Page, data: bytes, source: str, subject: str = "", collection: str = "team") -> None:
    query = f"source={quote(source)}" + (f"&subject={quote(subject)}" if subject else "")
    reply = page.request.post(f"/v1/people/{collection}/faces?{query}&force=true", data=data)
    assert reply.ok, reply.text()


def listed(page: Page, collection: str = "team") -> dict[str, int]:
    rows = page.request.get(f"/v1/people/{collection}/subjects").json()["subjects"]
    return {row["name"]: row["faces"] for row in rows}


def drop(page: Page, data: bytes, name: str = "a.jpg", where: str = "input[type=file]") -> None:
    file = {"name": name, "mimeType": "image/jpeg", "buffer": data}
    page.set_input_files(f"{where} >> nth=0", file)  # type: ignore[arg-type]


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.innerText")
    return text


def said(page: Page, text: str) -> Locator:
    """What the panel says, which the polite voice may say as well."""
    return page.locator("#panel").get_by_text(text)


def test_where_there_is_no_face_index_there_is_no_panel(page: Page, portrait: str) -> None:
    def without(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "people": None})

    page.route("**/v1/studio", without)
    page.goto("/people")
    drop(page, jpeg(Image.new_from_file(portrait).flatten()))
    page.wait_for_selector(ALL_TOLD)
    tabs = page.get_by_role("tab").all_inner_texts()
    assert "Operate" in tabs
    assert "People" not in tabs
    assert page.get_by_role("link", name="People").count() == 0
    assert page.get_by_role("button", name="Add to index").count() == 0


def test_without_a_collection_a_button_makes_one(page: Page) -> None:
    page.goto("/people")
    said(page, "There is no collection yet").wait_for()
    page.get_by_role("button", name="Make “people”").click()
    page.get_by_label("Find a name").wait_for()
    rows = page.request.get("/v1/people").json()["collections"]
    assert [(row["name"], row["faces"]) for row in rows] == [("people", 0)]


def test_somebody_is_found_by_a_part_of_the_name_and_called_otherwise(
    page: Page, pictures: dict[str, bytes]
) -> None:
    for source, data in pictures.items():
        add(page, data, source, NAME)
    page.request.put("/v1/people/people")
    page.goto("/people")
    page.get_by_label("Collection").select_option("team")
    page.locator(".tile img").wait_for()
    page.get_by_label("Find a name").fill("nobody")
    said(page, "Nobody's name contains").wait_for()
    page.get_by_label("Find a name").fill("COLL")
    page.locator(".tile").click()
    said(page, "4 faces in team").wait_for()
    assert focused(page) == NAME
    page.locator(".enrolled img").nth(3).wait_for()
    assert "mirrored.jpg" in page.locator(".faces").inner_text()
    page.get_by_role("button", name="Rename…").click()
    page.keyboard.press("Escape")
    assert focused(page) == "Rename…"
    page.keyboard.press("Escape")
    page.locator(".tile:focus").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Rename…").click()
    page.keyboard.type("AC/DC; 5%")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="AC/DC; 5%").wait_for()
    assert listed(page) == {"AC/DC; 5%": 4}
    page.reload()
    page.locator(".tile").wait_for()
    assert page.get_by_label("Collection").input_value() == "team", "the browser remembers it"
    page.keyboard.press("/")
    page.keyboard.type("nobody")
    said(page, "Nobody's name contains").wait_for()


def test_all_faces_are_given_to_somebody_else(page: Page, pictures: dict[str, bytes]) -> None:
    add(page, pictures["as she is.jpg"], "a.jpg", NAME)
    add(page, pictures["darker.jpg"], "b.jpg", "E. Collins")
    page.goto("/people")
    page.locator(".tile", has_text="E. Collins").click()
    page.get_by_role("button", name="Give all faces to…").click()
    page.keyboard.type("eileen")
    page.locator(f"datalist option[value='{NAME}']").wait_for(state="attached")
    page.get_by_label("Who gets the faces?").fill(NAME)
    page.keyboard.press("Enter")
    said(page, "2 faces in team").wait_for()
    assert listed(page) == {NAME: 2}


def test_who_is_erased_is_gone_only_after_a_question(
    page: Page, pictures: dict[str, bytes]
) -> None:
    for source in ("as she is.jpg", "darker.jpg"):
        add(page, pictures[source], source, NAME)
    page.goto("/people")
    page.locator(".tile").click()
    page.get_by_role("button", name="Erase…", exact=True).click()
    dialog = page.get_by_role("dialog")
    assert f"All 2 faces of {NAME} in team" in dialog.inner_text()
    assert focused(page) == "Cancel"
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert listed(page) == {NAME: 2}

    page.get_by_role("button", name="Erase the face of darker.jpg").click()
    page.get_by_role("button", name="Erase the face", exact=True).click()
    said(page, "1 face in team").wait_for()
    assert listed(page) == {NAME: 1}

    page.get_by_role("button", name="Erase…", exact=True).click()
    assert "The one face of" in dialog.inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(page, "Nobody has a name yet").wait_for()
    assert listed(page) == {}
    assert page.request.get("/v1/people/team/faces").json() == {"faces": []}
    assert "· 0 faces" in page.get_by_label("Collection").inner_text()


def test_a_group_is_named_by_one_request_and_is_gone(
    page: Page, pictures: dict[str, bytes]
) -> None:
    for source, data in pictures.items():
        add(page, data, source)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto("/people")
    page.get_by_role("button", name="Without a name").click()
    said(page, "1 group of faces that look alike").wait_for()
    page.locator(".groups .thumb img").nth(3).wait_for()
    page.get_by_label("Who is it?").fill(NAME)
    page.keyboard.press("Enter")
    said(page, "No two faces without a name look alike").wait_for()
    assert page.locator(".groups li").count() == 0
    assert listed(page) == {NAME: 4}
    assert len([url for url in asked if "/names?" in url]) == 1


def test_a_face_alone_is_named_and_taken_from_somebody_else(
    page: Page, pictures: dict[str, bytes]
) -> None:
    add(page, pictures["as she is.jpg"], "a.jpg")
    page.goto("/people")
    page.get_by_role("button", name="Without a name").click()
    page.get_by_role("button", name="Each face by itself").click()
    for name, button in (("Somebody", "Name…"), (NAME, "Somebody else…")):
        page.get_by_role("button", name="Name the face of a.jpg").click()
        page.get_by_label("Who is it?").fill(name)
        page.keyboard.press("Enter")
        said(page, "No face.").or_(page.locator(".tile", has_text=name)).wait_for()
        assert listed(page) == {name: 1}, button
        page.get_by_role("button", name="People", exact=True).click()
        page.locator(".tile").click()
        said(page, "1 face in team").wait_for()


def test_of_two_copies_one_is_kept(page: Page, pictures: dict[str, bytes]) -> None:
    add(page, pictures["as she is.jpg"], "a.jpg", NAME)
    add(page, pictures["mirrored.jpg"], "b.jpg", "Somebody")
    page.goto("/people")
    page.get_by_role("button", name="Copies").click()
    page.get_by_role("button", name=f"Keep the face of {NAME}, a.jpg").click()
    assert "of Somebody, b.jpg" in page.get_by_role("dialog").inner_text()
    page.get_by_role("button", name="Erase the other").click()
    said(page, "No picture is there twice").wait_for()
    assert listed(page) == {NAME: 1}


def test_a_face_of_seen_is_added_and_found_on_the_next_picture(
    page: Page, pictures: dict[str, bytes]
) -> None:
    page.goto("/")
    drop(page, pictures["as she is.jpg"], "first.jpg")
    page.wait_for_selector(ALL_TOLD)
    page.get_by_role("button", name="Add to index").click()
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    said(page, f"Added as {NAME}.").wait_for()
    page.locator(".alike", has_text=NAME).wait_for()
    (kept,) = page.request.get("/v1/people/people/faces").json()["faces"]
    assert (kept["subject"], kept["source"]) == (NAME, "first.jpg")

    drop(page, pictures["mirrored.jpg"])
    page.wait_for_selector(ALL_TOLD)
    match = page.locator(".alike .who")
    assert re.fullmatch(rf"{NAME}\s+(9\d|100)\u00a0%", match.inner_text())
    page.locator(".alike img").wait_for()
    match.click()
    page.get_by_role("heading", name=NAME).wait_for()
    assert page.evaluate("document.body.classList.contains('alone')")


def test_a_poor_face_is_refused_with_the_reason_and_added_all_the_same(
    page: Page, portrait: str
) -> None:
    small = jpeg(Image.thumbnail(portrait, 80).flatten())
    page.goto("/")
    drop(page, small)
    page.wait_for_selector(ALL_TOLD)
    page.get_by_role("button", name="Add to index").click()
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    said(page, "The face is too small to be found again by").wait_for()
    assert page.request.get("/v1/people").json() == {"collections": []}
    page.get_by_role("button", name="Add anyway").click()
    said(page, f"Added as {NAME}.").wait_for()
    assert listed(page, "people") == {NAME: 1}
    (complaint,) = page.complaints  # type: ignore[attr-defined]
    assert "422" in complaint
    page.complaints.clear()  # type: ignore[attr-defined]


def test_one_face_of_two_is_added_and_no_other(page: Page, portrait: str) -> None:
    whole = Image.new_from_file(portrait).flatten()
    page.goto("/")
    drop(page, jpeg(whole.join(whole.fliphor(), "horizontal")))
    page.wait_for_selector(ALL_TOLD)
    page.get_by_label("Face 2").get_by_role("button", name="Add to index").click()
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    said(page, f"Added as {NAME}.").wait_for()
    (kept,) = page.request.get("/v1/people/people/faces").json()["faces"]
    seen = page.evaluate("studio.faces[1].box")
    assert kept["box"]["left"] == pytest.approx(seen["left"], abs=1)


def test_a_crop_goes_by_the_face_of_a_card(page: Page, portrait: str) -> None:
    page.goto("/")
    drop(page, jpeg(Image.new_from_file(portrait).flatten()))
    page.wait_for_selector(ALL_TOLD)
    box = page.evaluate("studio.faces[0].box")
    page.get_by_role("button", name="Crop to this face").click()
    page.get_by_role("button", name="Face 1", pressed=True).wait_for()
    page.get_by_role("option", name="story").click()
    field = page.locator(".chip", has_text="gravity=").locator("input")
    page.locator(".about", has_text="kB").wait_for()
    across = float(field.input_value().partition("x")[0])
    wide = 512 * 9 / 16
    assert across * (512 - wide) + wide / 2 == pytest.approx(box["left"] + box["width"] / 2, abs=2)


def test_a_face_is_hidden_from_its_card(page: Page, pictures: dict[str, bytes]) -> None:
    page.goto("/")
    drop(page, pictures["as she is.jpg"])
    page.wait_for_selector(ALL_TOLD)
    page.get_by_role("button", name="Hide this face").click()
    page.get_by_role("button", name="hide faces", pressed=True).wait_for()
    page.locator(".about", has_text="kB").wait_for()
    assert page.locator(".chip").count() == 1
    assert page.locator(".chip input").input_value() == "faces"
    told = page.request.post(
        "/v1/recognise?parts=faces",
        data=page.request.get(page.evaluate("studio.bar.address()")).body(),
        headers={"accept": "application/json"},
    ).json()
    assert told["faces"] == []


def test_somebody_is_hidden_by_name_beside_others(page: Page, portrait: str) -> None:
    whole = Image.new_from_file(portrait).flatten()
    add(page, jpeg(whole), "a.jpg", f"{NAME}; 5%", "people")
    page.goto("/")
    drop(page, jpeg(whole.join(whole.gaussblur(7), "horizontal")))
    page.wait_for_selector(ALL_TOLD)
    assert page.locator(".card").count() == 2
    number = page.evaluate("studio.panels.get('seen').shown.matches.findIndex((row) => row.length)")
    page.locator(".card").nth(number).get_by_role("button", name="Hide this face").click()
    page.locator(".about", has_text="kB").wait_for()
    field = page.locator(".chip", has_text="redact.only=").locator("input")
    assert field.input_value() == f"subject:people/{NAME}%3B 5%25"


@pytest.mark.parametrize(
    ("number", "names", "patch"),
    [
        (0, [""], {"redact": "faces"}),
        (0, ["", ""], {"redact": "faces"}),
        (1, ["", "Ann"], {"redact.only": "subject:team/Ann"}),
        (0, ["", "Ann", "Bob", "Ann"], {"redact.keep": "subject:team/Ann;team/Bob"}),
        (0, ["Ann", "Ann", ""], {"redact": "faces"}),
        (0, ["", *(f"P{number}" for number in range(21))], {"redact": "faces"}),
    ],
)
def test_options_hide_one_face_where_a_url_can_say_which(
    page: Page, number: int, names: list[str], patch: dict[str, str]
) -> None:
    script = """async ([number, names]) => {
      const own = document.querySelector('script[type=module]').src;
      const { hiding } = await import(own.replace('studio.js', 'core/hide.js'));
      return hiding(number, names, 'team');
    }"""
    page.goto("/")
    told = page.evaluate(script, [number, names])
    assert told["patch"] == patch
    assert told["all"] is (len(names) > 1 and "redact" in patch)


def test_a_picture_that_is_brought_to_the_panel_says_who_is_on_it(
    page: Page, pictures: dict[str, bytes]
) -> None:
    add(page, pictures["as she is.jpg"], "a.jpg", NAME)
    page.goto("/people")
    page.get_by_role("button", name="Find by picture").click()
    drop(page, pictures["mirrored.jpg"], where=".here input[type=file]")
    said(page, "1 face, 1 of somebody who has a name here").wait_for()
    page.locator(".alike img").wait_for()
    assert NAME in page.locator(".alike").inner_text()
    page.get_by_role("button", name="Add all without a name").click()
    said(page, "1 face added without a name").wait_for()
    assert len(page.request.get("/v1/people/team/faces?named=false").json()["faces"]) == 1
    page.get_by_role("button", name="Open on the stage").click()
    page.wait_for_selector(ALL_TOLD)


def test_a_key_unlocks_the_panel_as_far_as_its_scope_goes(
    page: Page, index: Path, pictures: dict[str, bytes]
) -> None:
    add(page, pictures["as she is.jpg"], "a.jpg", NAME)
    reads = Keys(index).add("door", "team", Scope.READ)
    writes = Keys(index).add("desk", "*", Scope.WRITE)
    page.goto("/people")
    said(page, "The face index is locked").wait_for()
    field = page.get_by_label("Key", exact=True)
    field.fill("wrong")
    page.keyboard.press("Enter")
    said(page, "The key that was entered is not known here").wait_for()
    page.get_by_label("Key", exact=True).fill(reads)
    page.keyboard.press("Enter")
    page.locator(".tile img").wait_for()
    page.locator(".tile").click()
    page.locator(".enrolled img").wait_for()
    assert page.get_by_role("button", name="Erase").count() == 0
    said(page, "use one with the scope write").click()
    page.get_by_label("Key", exact=True).fill(writes)
    page.keyboard.press("Enter")
    page.locator(".tile").click()
    page.get_by_role("button", name="Erase…", exact=True).wait_for()

    page.goto("/")
    drop(page, pictures["mirrored.jpg"])
    page.wait_for_selector(ALL_TOLD)
    assert NAME in page.locator(".alike").inner_text(), "the key searches as well"
    page.locator(".alike img").wait_for()


def test_a_crowd_is_shown_page_by_page(page: Page, index: Path) -> None:
    store = LanceStore(str(index))
    store.create("crowd", "chance-1")
    rows = enumerate(unit(CROWD))
    store.add("crowd", "chance-1", [face(vector, f"P {at // 2:05}") for at, vector in rows])
    store.close()
    page.goto("/people")
    said(page, "1 to 48").wait_for(timeout=5_000)
    assert page.locator(".tile").count() == 48
    page.get_by_role("button", name="Next").click()
    said(page, "49 to 96").wait_for(timeout=2_000)
    page.get_by_label("Find a name").fill("9999")
    page.locator(".tile", has_text="P 09999").wait_for(timeout=2_000)
    assert page.locator(".tile").count() == 1


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_stands_in_the_way_of_anybody(
    page: Page, index: Path, pictures: dict[str, bytes], scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    found: dict[tuple[str, str], str] = {}
    for _ in views(page, index, pictures):
        for rule in Axe().run(page).response["violations"]:
            for node in rule["nodes"]:
                found[rule["id"], node["html"][:120]] = node["failureSummary"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert found == {}


def views(page: Page, index: Path, pictures: dict[str, bytes]) -> Iterator[None]:
    """Open one view after the other."""
    page.goto("/people")
    said(page, "There is no collection yet").wait_for()
    yield
    for number, (source, data) in enumerate(pictures.items()):
        add(page, data, source, NAME if number < 2 else "")
    yield from of_people(page)
    for view, sight in (("Without a name", ".groups img"), ("Copies", ".pair img")):
        page.get_by_role("button", name=view, exact=True).click()
        page.locator(sight).first.wait_for()
        yield
    page.get_by_role("button", name="Find by picture").click()
    drop(page, pictures["mirrored.jpg"], where=".here input[type=file]")
    page.locator(".alike img").first.wait_for()
    page.get_by_role("button", name="Add to index").click()
    yield
    page.get_by_role("button", name="Open on the stage").click()
    page.wait_for_selector(ALL_TOLD)
    yield
    Keys(index).add("door", "team", Scope.READ)
    page.goto("/people")
    said(page, "The face index is locked").wait_for()
    yield


def of_people(page: Page) -> Iterator[None]:
    page.goto("/people")
    page.locator(".tile img").wait_for()
    yield
    page.locator(".tile").click()
    page.locator(".enrolled img").first.wait_for()
    yield
    page.get_by_role("button", name="Rename…").click()
    yield
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Erase…", exact=True).click()
    yield
    page.keyboard.press("Escape")

"""Designs in other sizes: all on the page, nothing over what it was not over, all in order."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from design_measures import measured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from resizings import PAGES, SIZES, block, boxes, resized, sale, text

from foveate.design.changes.difference import difference
from foveate.design.resizing.formats import page_size
from foveate.design.resizing.lettering import Lettering
from foveate.design.resizing.parts import edges_of, inside
from foveate.design.scene.model import Fit, Page, Picture, Pin, Rectangle, Role, Scene, Stretch
from foveate.design.scene.paint import Solid
from foveate.design.tree import extent, over
from foveate.options.colours import colour
from foveate.options.grammar import asked_by

RED = Solid(colour("#d00"))
TITLES = ("logo", "title", "subtitle", "price", "button", "legal")


def assert_sound(before: Page, after: Page) -> None:
    """Nothing is off the page, and nothing lies over what it did not lie over."""
    was, now = boxes(before), boxes(after)
    for name, box in now.items():
        assert box.left >= -0.1, name
        assert box.top >= -0.1, name
        assert box.right <= after.width + 0.1, name
        assert box.bottom <= after.height + 0.1, name
    for one, other in combinations(now, 2):
        if not over(was[one], was[other]):
            assert not over(now[one], now[other], 1.0), (one, other)


@pytest.mark.parametrize("to", SIZES)
def test_a_design_fits_a_page_of_any_shape(to: str) -> None:
    scene = sale()
    made = resized(scene, to).scene
    assert (made.pages[0].width, made.pages[0].height) == page_size(to, scene.dpi)
    assert_sound(scene.pages[0], made.pages[0])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAGES, st.sampled_from(SIZES))
def test_any_page_fits_any_other(page: Page, to: str) -> None:
    made = resized(Scene(pages=(page,)), to)
    assert_sound(page, made.scene.pages[0])


@pytest.mark.parametrize("to", SIZES)
def test_no_text_is_larger_than_its_box(to: str) -> None:
    made = resized(sale(), to).scene
    for each in ("title", "subtitle", "price", "button"):
        found = block(made, each)
        assert found.hidden or measured(found).over == (0.0, 0.0), each


@pytest.mark.parametrize("to", SIZES)
def test_what_is_read_first_still_is(to: str) -> None:
    now = boxes(resized(sale(), to).scene.pages[0])
    seen = [now[name] for name in TITLES if name in now]
    for one, other in combinations(seen, 2):
        assert one.bottom <= other.top + 1 or one.right <= other.left + 1


@pytest.mark.parametrize("to", SIZES)
def test_ids_stay_and_the_same_comes_of_the_same(to: str) -> None:
    scene = sale()
    first, second = resized(scene, to), resized(scene, to)
    assert first == second
    assert [b.id for b in first.scene.pages[0].blocks] == [b.id for b in scene.pages[0].blocks]
    tags = {type(change).__name__ for change in difference(scene, first.scene).changes}
    assert tags <= {"Changed"}


def test_a_page_of_the_same_shape_is_the_page_as_much_larger() -> None:
    scene = sale()
    made = resized(scene, "540x960").scene
    for old, new in zip(scene.pages[0].blocks, made.pages[0].blocks, strict=True):
        assert (new.x, new.width) == (old.x / 2, old.width / 2)
    assert block(made, "title").size == 60


def test_a_much_smaller_page_of_the_same_shape_hides_what_could_not_be_read() -> None:
    made = resized(sale(), "108x192")
    assert "There is no room for legal on 108 x 192: it is hidden." in made.remarks
    assert block(made.scene, "legal").hidden
    assert block(made.scene, "title").size >= 6


def test_a_background_covers_the_new_page() -> None:
    for to in SIZES:
        made = resized(sale(), to).scene
        back, page = block(made, "back"), made.pages[0]
        assert (back.x, back.y, back.width, back.height) == (0, 0, page.width, page.height)


@pytest.mark.parametrize("to", ["16:9", "9:16", "leaderboard"])
def test_a_turned_ribbon_along_an_edge_stays_along_all_of_it(to: str) -> None:
    ribbon = Rectangle(id="ribbon", x=-920, y=920, width=1920, height=80, rotation=90)
    scene = sale()
    (page,) = scene.pages
    scene = replace(scene, pages=(replace(page, blocks=(ribbon, *page.blocks)),))
    (new,) = resized(scene, to).scene.pages
    seen = extent(block(resized(scene, to).scene, "ribbon"))
    assert (seen.left, seen.top) == pytest.approx((0, 0), abs=0.1)
    assert seen.height == pytest.approx(new.height, abs=0.1)
    assert seen.width < new.width / 4


def test_a_photo_is_cropped_anew_around_faces() -> None:
    photo = block(resized(sale(), "16:9").scene, "photo")
    asked, _ = asked_by(photo.options)
    assert asked["gravity"] == "face"
    assert asked["saturation"] == "1.2"
    assert float(asked["width"]) == pytest.approx(photo.width, abs=1)
    assert float(asked["height"]) == pytest.approx(photo.height, abs=1)


def test_a_crop_that_the_design_chose_stays() -> None:
    scene = sale()
    page = scene.pages[0]
    blocks = tuple(
        replace(each, options="gravity=0.2x0.8") if each.id == "photo" else each
        for each in page.blocks
        if isinstance(each, Picture) or each.id != "photo"
    )
    made = resized(replace(scene, pages=(replace(page, blocks=blocks),)), "1:1").scene
    assert asked_by(block(made, "photo").options)[0]["gravity"] == "0.2x0.8"


def test_a_logo_keeps_its_shape_and_its_corner() -> None:
    for to in SIZES:
        made = resized(sale(), to).scene
        logo, page = block(made, "logo"), made.pages[0]
        assert logo.width / logo.height == pytest.approx(260 / 80, rel=0.01)
        assert logo.x < page.width / 4
        assert logo.y < page.height / 3


def test_letters_stay_large_enough_to_be_read() -> None:
    for to in SIZES:
        made = resized(sale(), to).scene
        title = block(made, "title")
        assert measured(title).size >= 10, to


def test_what_there_is_no_room_for_is_hidden_and_said() -> None:
    scene = sale()
    page = scene.pages[0]
    lines = tuple(
        text(f"line{n}", "One line of many more", x=500, y=1340 + 25 * n, width=500, height=20)
        for n in range(9)
    )
    made = resized(replace(scene, pages=(replace(page, blocks=(*page.blocks, *lines)),)), "728x90")
    gone = [each.id for each in made.scene.pages[0].blocks if each.hidden]
    assert len(gone) == len(made.remarks) > 0
    assert not {"title", "logo", "price", "button", "photo"} & set(gone)
    assert made.remarks[0].startswith("There is no room for ")


def test_what_is_locked_is_never_hidden() -> None:
    scene = sale()
    page = scene.pages[0]
    blocks = tuple(replace(b, locked=b.role is Role.LEGAL) for b in page.blocks)
    made = resized(replace(scene, pages=(replace(page, blocks=blocks),)), "leaderboard")
    assert not block(made.scene, "legal").hidden


def test_a_badge_stays_on_its_photo() -> None:
    scene = sale()
    page = scene.pages[0]
    badge = text("badge", "-40 %", Role.DECORATION, x=740, y=600, width=220, height=90, size=60)
    scene = replace(scene, pages=(replace(page, blocks=(*page.blocks, badge)),))
    for to in ("16:9", "1:1", "facebook-cover"):
        now = boxes(resized(scene, to).scene.pages[0])
        assert over(now["badge"], now["photo"])


@pytest.mark.parametrize("to", ["16:9", "1:1", "facebook-cover"])
@pytest.mark.parametrize("high", [200, 760])
def test_a_veil_along_the_whole_side_of_a_photo_stays_along_it(to: str, high: int) -> None:
    scene = sale()
    page = scene.pages[0]
    veil = Rectangle(id="veil", x=90, y=1320 - high, width=900, height=high, fill=RED)
    made = resized(replace(scene, pages=(replace(page, blocks=(*page.blocks, veil)),)), to).scene
    now = boxes(made.pages[0])
    assert now["veil"].left == pytest.approx(now["photo"].left, abs=0.01)
    assert now["veil"].right == pytest.approx(now["photo"].right, abs=0.01)
    assert now["veil"].bottom == pytest.approx(now["photo"].bottom, abs=0.01)
    assert high < 760 or now["veil"].top == pytest.approx(now["photo"].top, abs=0.01)


def test_a_veil_with_words_on_it_stays_on_its_photo() -> None:
    page = Page(id="p", width=1080, height=1920, blocks=(
        Picture(id="photo", role=Role.PHOTO, width=1080, height=1250, src="beach.jpg"),
        Rectangle(id="veil", y=850, width=1080, height=400, fill=RED),
        text("title", "Summer sale", Role.TITLE, x=60, y=1000, width=960, height=200, size=104),
        text("legal", "While stocks last.", Role.LEGAL, x=60, y=1800, width=900, height=40),
    ))  # fmt: skip
    for to in ("16:9", "1:1", "4:5"):
        now = boxes(resized(Scene(pages=(page,)), to).scene.pages[0])
        assert now["veil"].left == pytest.approx(now["photo"].left, abs=0.01)
        assert now["veil"].right == pytest.approx(now["photo"].right, abs=0.01)
        assert now["veil"].bottom == pytest.approx(now["photo"].bottom, abs=0.01)


def label(*, at_the_top: bool) -> Scene:
    """A shop's name on a band along an edge, and what is sold, a rule and a number beside it."""
    rows = (0.0, 90.0) if at_the_top else (320.0, 0.0)
    blocks = (
        Rectangle(id="band", role=Role.BACKGROUND, y=rows[0], width=600, height=80, fill=RED),
        text("shop", "Hofladen Krause", Role.LOGO, x=30, y=rows[0] + 5, width=540, height=70,
             size=50, colour=colour("#fff")),
        text("name", "Boskoop", Role.TITLE, x=30, y=rows[1] + 20, width=340, height=110, size=46),
        text("price", "2,49 €", Role.PRICE, x=400, y=rows[1] + 20, width=170, height=110, size=50),
        Rectangle(id="rule", role=Role.DECORATION, x=30, y=rows[1] + 190, width=540, height=3,
                  fill=RED),
        text("code", "4711", Role.LEGAL, x=30, y=rows[1] + 220, width=540, height=60, size=40),
    )  # fmt: skip
    return Scene(pages=(Page(id="p", width=600, height=400, blocks=blocks),))


@pytest.mark.parametrize("to", SIZES)
@pytest.mark.parametrize("at_the_top", [True, False])
def test_what_stands_on_a_band_stays_on_it_and_nothing_else_comes_there(
    to: str, at_the_top: bool
) -> None:
    scene = label(at_the_top=at_the_top)
    page = resized(scene, to).scene.pages[0]
    assert_sound(scene.pages[0], page)
    band, now = extent(block(Scene(pages=(page,)), "band")), boxes(page)
    assert inside(now.pop("shop"), band)
    assert not any(over(band, box) for box in now.values())
    assert sum(edges_of(band, page)) == 3


def test_a_text_that_left_its_box_is_made_to_fit() -> None:
    scene = sale()
    page = scene.pages[0]
    long = text("title", "Summer sale of all that we have", Role.TITLE, x=90, y=220, width=400,
                height=100, size=120)  # fmt: skip
    blocks = tuple(long if b.id == "title" else b for b in page.blocks)
    made = resized(replace(scene, pages=(replace(page, blocks=blocks),)), "540x960").scene
    assert block(made, "title").fit is Fit.SHRINK


def panel(stretch: Stretch, **said: Any) -> Scene:
    """A title, and below it a panel with a text on it."""
    blocks = (
        text("title", "Summer sale", Role.TITLE, x=90, y=120, width=900, height=180, size=120),
        Rectangle(
            id="panel", x=90, y=500, width=900, height=400, fill=RED, stretch=stretch, **said
        ),
        text("price", "49 €", Role.PRICE, x=130, y=540, width=300, height=110, size=90),
    )
    return Scene(pages=(Page(id="p", width=1080, height=1080, blocks=blocks),))


@pytest.mark.parametrize("to", ["16:9", "2:1"])
def test_what_stretches_across_takes_the_room_and_what_lies_on_it_keeps_to_its_edges(
    to: str,
) -> None:
    still, made = (resized(panel(each), to).scene for each in (Stretch.NONE, Stretch.X))
    assert_sound(panel(Stretch.X).pages[0], made.pages[0])
    wide, narrow = block(made, "panel"), block(still, "panel")
    assert narrow.width / narrow.height == pytest.approx(900 / 400, rel=0.01)
    assert wide.width / wide.height > 1.2 * narrow.width / narrow.height
    price = block(made, "price")
    assert price.x - wide.x == pytest.approx(40 * price.width / 300, abs=2)


def test_what_stretches_down_is_as_high_as_there_is_room() -> None:
    still, made = (
        block(resized(panel(each), "9:16").scene, "panel") for each in (Stretch.NONE, Stretch.Y)
    )
    assert made.height / made.width > 1.3 * still.height / still.width


@pytest.mark.parametrize("to", SIZES)
def test_what_keeps_its_shape_does_not_stretch(to: str) -> None:
    kept = panel(Stretch.BOTH, keep_aspect=True)
    assert resized(kept, to).scene == replace_stretch(resized(panel(Stretch.NONE), to).scene)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAGES, st.sampled_from(SIZES), st.data())
def test_any_page_fits_any_other_whatever_stretches(
    page: Page, to: str, data: st.DataObject
) -> None:
    blocks = tuple(
        replace(each, stretch=data.draw(st.sampled_from(Stretch))) for each in page.blocks
    )
    page = replace(page, blocks=blocks)
    made = resized(Scene(pages=(page,)), to)
    assert_sound(page, made.scene.pages[0])


def replace_stretch(scene: Scene) -> Scene:
    (page,) = scene.pages
    blocks = tuple(
        replace(each, stretch=Stretch.BOTH, keep_aspect=True) if each.id == "panel" else each
        for each in page.blocks
    )
    return replace(scene, pages=(replace(page, blocks=blocks),))


@pytest.mark.parametrize("to", ["16:9", "9:16", "1:1", "leaderboard", "160x600", "a5"])
@pytest.mark.parametrize("pin", [(Pin.LEFT, Pin.BOTTOM), (Pin.RIGHT, Pin.TOP), (Pin.BOTTOM,)])
def test_what_is_pinned_keeps_as_far_from_its_edges(pin: tuple[Pin, ...], to: str) -> None:
    left = 40.0 if Pin.LEFT in pin else 1080.0 - 40 - 160
    seal = Rectangle(
        id="seal", x=left, y=40 if Pin.TOP in pin else 1920 - 50 - 70, width=160, height=70,
        fill=Solid(colour("#333")), pin=pin,
    )  # fmt: skip
    before = sale()
    blocks = [b for b in before.pages[0].blocks if b.id not in {"legal", "price", "logo"}]
    page = replace(before.pages[0], blocks=(*blocks, seal))
    page = resized(replace(before, pages=(page,)), to).scene.pages[0]
    made = next(block for block in page.blocks if block.id == "seal")
    by = made.height / seal.height
    if Pin.LEFT in pin:
        assert made.x == pytest.approx(40 * by, abs=0.1)
    if Pin.RIGHT in pin:
        assert page.width - made.x - made.width == pytest.approx(40 * by, abs=0.1)
    if Pin.TOP in pin:
        assert made.y <= 40 * by + 0.1
    if Pin.BOTTOM in pin:
        assert page.height - made.y - made.height == pytest.approx(50 * by, abs=0.1)


def from_right() -> Scene:
    """A banner in Arabic, with a photo at the left, and words, a price and a button beside it."""
    blocks = (
        Picture(id="photo", role=Role.PHOTO, width=520, height=628, src="lounge.jpg"),
        text("title", "تخفيضات الأثاث", Role.TITLE, x=560, y=90, width=590, height=190, size=84),
        text("price", "قريبا", Role.PRICE, x=850, y=420, width=300, height=90, size=60),
        text(
            "button", "تسوق", Role.BUTTON, x=560, y=425, width=240, height=80, size=34, fill=RED
        ),
    )  # fmt: skip
    return Scene(lang="ar", pages=(Page(id="p", width=1200, height=628, blocks=blocks),))


@pytest.mark.parametrize("to", ["1200x630", "1280x720", "2:1"])
def test_a_design_that_is_read_from_the_right_is_not_mirrored(to: str) -> None:
    now = boxes(resized(from_right(), to).scene.pages[0])
    assert now["photo"].right <= now["title"].left
    assert now["button"].right <= now["price"].left


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_row_becomes_a_column_in_the_order_in_which_it_is_read(lang: str) -> None:
    row = tuple(
        text(name, "Word " * 6, Role.BODY, x=at, y=20, width=260, height=80, size=30)
        for name, at in (("left", 20), ("middle", 320), ("right", 620))
    )
    scene = Scene(lang=lang, pages=(Page(id="p", width=900, height=120, blocks=row),))
    now = boxes(resized(scene, "300x600").scene.pages[0])
    read = sorted(now, key=lambda name: now[name].top)
    assert read == (["left", "middle", "right"] if lang == "en" else ["right", "middle", "left"])


@pytest.mark.parametrize("words", ["030 / 123 45 67 89", "+49 (0)30 123-45", "info@noon-days.de"])
def test_a_telephone_or_an_address_stays_on_one_line(words: str) -> None:
    lettering = Lettering(measured, "en", 96.0)
    phone = text("phone", words, Role.NONE, width=900, height=60, size=40)
    assert lettering.longest(phone) == lettering.line(phone)
    several = text("several", "On 3 September at noon", Role.NONE, width=900, height=60, size=40)
    assert lettering.longest(several) < lettering.line(several)

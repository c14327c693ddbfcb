from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from words_stand import ask, block

from foveate.design.scene.paint import Linear, Solid, Stop
from foveate.design.tasks.task import scene
from foveate.design.tones import contrast, oklab
from foveate.design.tree import replaced, spots, with_page
from foveate.design.words import meaning
from foveate.design.words.answer import Outcome
from foveate.design.words.assistant import understand
from foveate.design.words.described import fill_colours
from foveate.design.words.edits.contents import with_words
from foveate.design.words.room import area
from foveate.design.words.tones import STEP, named
from foveate.options.colours import Colour, colour

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")


@pytest.mark.parametrize(
    ("request_", "design", "name", "wanted"),
    [
        ("make the subline bold", "story", "sub", lambda b: b.weight == 700),
        ("den Untertitel kursiv", "story", "sub", lambda b: b.italic),
        ("le titre en majuscules", "story", "headline", lambda b: b.words == "SUMMER SALE"),
        ("subraya el precio", "story", "price", lambda b: b.decoration == "underline"),
        ("サブタイトルを32pxに", "story", "sub", lambda b: b.size == 32),
        ("set the description to 12 pt", "flyer", "body", lambda b: b.size == 25),
        ('change "Summer" to "Winter"', "story", "headline", lambda b: b.words == "Winter sale"),
        ("change 12 May to 19 May", "banner", "date", lambda b: b.words.startswith("19 May")),
        ("der Titel soll „Hallo“ lauten", "flyer", "title", lambda b: b.words == "Hallo"),
        ("set the title in the font Oswald", "flyer", "title", lambda b: b.font == "Oswald"),
        ("price to 39 €", "story", "price", lambda b: b.words == "39 €"),
        ("the price is € 12,90", "square", "price", lambda b: b.words == "€ 12.90"),
        ("the ticket price is 25 €", "banner", "price", lambda b: b.words == "25 €"),
        ("hourly rate 140 €", "card", "rate", lambda b: b.words == "140 €/h"),
        ("hide the subline", "story", "sub", lambda b: b.hidden),
        ("lock the logo", "story", "logo", lambda b: b.locked),
        ("the photo 50% transparent", "story", "photo", lambda b: b.opacity == 0.5),
        ("photo opacity 30 %", "story", "photo", lambda b: b.opacity == 0.3),
        ("corner radius 20 for the button", "story", "cta", lambda b: b.radius == (20,) * 4),
        ("round the corners of the photo", "story", "photo", lambda b: b.radius[0] > 24),
        ("square corners for the photo", "story", "photo", lambda b: b.radius == (0,) * 4),
        ("tilt the logo by 10 degrees", "story", "logo", lambda b: b.rotation == 10),
        ("turn the photo upside down", "story", "photo", lambda b: b.rotation == 180),
        ("straighten the badge", "story", "badge", lambda b: b.rotation == 0),
        ("drop shadow on the headline", "story", "headline", lambda b: b.shadow.blur > 0),
        ("add a white 6 px border to the photo", "story", "photo", lambda b: b.stroke.width == 6),
        ("make the thin line thicker", "story", "rule", lambda b: b.stroke.width > 3),
        ("more letter spacing for the name", "card", "person", lambda b: b.letter_spacing > 0),
        ("line height of the notes 1.8", "square", "notes", lambda b: b.line_height == 1.8),
        ("photo in black and white", "story", "photo", lambda b: "saturation=0" in b.options),
        ("blur the photo", "story", "photo", lambda b: "blur=8" in b.options),
        ("flip the photo", "story", "photo", lambda b: "flip=h" in b.options),
        ("replace the photo with a/b.jpg", "story", "photo", lambda b: b.src == "a/b.jpg"),
        ("remove the bold from the headline", "story", "headline", lambda b: b.weight == 400),
        ("der Titel soll nicht fett sein", "flyer", "title", lambda b: b.weight == 400),
        ("ne barre plus l'ancien prix", "story", "old-price", lambda b: b.decoration == "none"),
        ("remove the rounded corners of the photo", "story", "photo", lambda b: not any(b.radius)),
        ("less rounded corners on the cup", "square", "cup", lambda b: b.radius == (8,) * 4),
        ("blur the backdrop more", "square", "backdrop", lambda b: "blur=12" in b.options),
        ("make the backdrop less blurry", "square", "backdrop", lambda b: "blur=4" in b.options),
        (
            "remove the blur from it: backdrop",
            "square",
            "backdrop",
            lambda b: "blur" not in b.options,
        ),
        ("less contrast in the cup", "square", "cup", lambda b: "contrast=0.83" in b.options),
        ("zoom out of the portrait", "card", "portrait", lambda b: "zoom=0.1" in b.options),
        ("crop the cup around the face", "square", "cup", lambda b: "gravity=face" in b.options),
        ("make the name 2pt bigger", "card", "person", lambda b: b.size == 75),
        ("make the logo 20px wider", "banner", "logo", lambda b: b.width == 170),
        ("increase the font size of the subline by 4", "story", "sub", lambda b: b.size == 48),
        (
            "resize the logo to 120 x 40",
            "banner",
            "logo",
            lambda b: (b.width, b.height) == (120, 40),
        ),
        ("rotate the photo by -10 degrees", "story", "photo", lambda b: b.rotation == -10),
        ("change 49 € to 39 €", "story", "price", lambda b: b.words == "39 €"),
        ("statt 49 € soll 39 € da stehen", "story", "price", lambda b: b.words == "39 €"),
        ("headline in hot pink", "story", "headline", lambda b: b.colour == colour("hotpink")),
        ("título en azul marino", "story", "headline", lambda b: b.colour == colour("navy")),
        ("add a red shadow to the cup", "square", "cup", lambda b: b.shadow.colour.red == 255),
        ("align the description with the title", "flyer", "body", lambda b: b.x == 200.79),
        ("make the price stand out", "square", "price", lambda b: b.words == "€ 14.50"),
        (
            "make the logo 200 px wide",
            "banner",
            "logo",
            lambda b: b.height == 66.67,
        ),
    ],
)
def test_a_verb_changes_one_thing_of_one_block(
    request_: str, design: str, name: str, wanted: Callable[[Any], bool]
) -> None:
    answer = ask(request_, design)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert wanted(block(answer, name))
    before, after = spots(scene(design)), spots(answer.scene)
    changed = {key for key in before if before[key].block != after[key].block}
    groups = {group.id for key in changed for group in before[key].groups}
    assert changed - groups == {name}


@pytest.mark.parametrize(
    ("request_", "design", "name", "words"),
    [
        ("change the date to 19 May", "banner", "date", "19 May, 5 pm CET"),
        ("la fecha ahora es 3 de junio", "banner", "date", "3 de junio, 5 pm CET"),
        ("Ändere das Datum auf 15. November", "poster", "day", "15. November"),
        ("phone should be +49 30 555 0200", "card", "phone", "+49 30 555 0200"),
        ("change the e-mail to mira@new.example", "card", "mail", "mira@new.example"),
        ("電話番号を030-9876-5432に変更", "flyer", "phone", "030-9876-5432"),
        ("new handle: @kaffa.berlin", "square", "handle", "@kaffa.berlin"),
        ("Die Überschrift soll Winterjazz heißen", "poster", "headline", "Winterjazz"),
        ("change the subline to Hats, bags and more", "story", "sub", "Hats, bags and more"),
        ("change the title to Big Summer Sale", "story", "headline", "Big Summer Sale"),
        ("cambia el texto del botón a Comprar ahora", "story", "cta", "Comprar ahora"),
        ("Adresse: Lindenweg 9, 10115 Berlin", "card", "address", "Lindenweg 9, 10115 Berlin"),
    ],
)
def test_words_need_no_quotation_marks_where_they_can_be_nothing_else(
    request_: str, design: str, name: str, words: str
) -> None:
    answer = ask(request_, design)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert block(answer, name).words == words


@pytest.mark.parametrize(
    "request_",
    ["change the title to something shorter", "change the title to Red", "titre: gras"],
)
def test_what_may_be_a_look_is_not_written(request_: str) -> None:
    assert block(ask(request_), "headline").words == "Summer sale"


def test_a_font_that_there_is_needs_no_word_for_it() -> None:
    assert block(ask("change the title to Lora"), "headline").font == "Lora"
    everywhere = ask("use Lora everywhere")
    assert block(everywhere, "price").font == "Lora"


def test_some_words_of_a_text_can_have_a_look_of_their_own() -> None:
    runs = block(ask('make "Summer" in the headline blue'), "headline").runs
    assert (runs[0].text, runs[0].colour) == ("Summer", colour("blue"))
    runs = block(ask("make the red word of the headline green"), "headline").runs
    assert [run.colour for run in runs] == [None, colour("green")]


def test_a_group_has_the_colour_of_its_only_shape() -> None:
    answer = ask("make the badge blue")
    assert block(answer, "badge-disc").fill == Solid(colour("blue"))
    assert block(answer, "badge-text") == block(scene("story"), "badge-text")


def test_texts_that_follow_each_other_change_places_in_the_room_of_both() -> None:
    before = scene("flyer")
    body = replace(block(before, "body"), y=745.0)
    answer = understand(
        replaced(before, {"body": body}), "swap the title and the subtitle", (), meaning.nothing
    )
    title, sub = block(answer, "title"), block(answer, "sub")
    assert sub.y == pytest.approx(block(before, "title").y, abs=0.01)
    assert sub.y + sub.height <= title.y
    assert title.y + title.height < body.y


def test_what_comes_to_lie_over_something_is_told() -> None:
    assert "over “Old price”" in ask("move the price 30 px to the right").said
    assert "over" not in ask("move the price 30 px down").said


def test_letters_of_a_logo_that_are_lost_on_a_new_ground_are_told() -> None:
    assert "“Logo” can hardly be seen" in ask("make the background #7a3200").said


def test_a_badge_goes_with_its_text_and_what_else_stood_on_it_is_told() -> None:
    flat = replaced(scene("story"), {"badge": None})
    disc = replace(block(scene("story"), "badge-disc"), id="b", name="Badge", x=740, y=560)
    text = replace(block(scene("story"), "badge-text"), id="t", name="Badge text", x=760, y=640)
    page = replace(flat.pages[0], blocks=(*flat.pages[0].blocks, disc, text))
    answer = understand(replace(flat, pages=(page,)), "remove the badge", (), meaning.nothing)
    assert not {"b", "t"} & set(spots(answer.scene))
    other = replace(page, blocks=(*flat.pages[0].blocks, disc, replace(text, name="Discount")))
    answer = understand(replace(flat, pages=(other,)), "remove the badge", (), meaning.nothing)
    assert "t" in spots(answer.scene)
    assert "“Discount” stood on it" in answer.said


def test_a_band_is_not_what_the_background_of_a_page_is() -> None:
    before = scene("story")
    band = replace(block(before, "bg"), height=200)
    answer = understand(replaced(before, {"bg": band}), "background red", (), meaning.nothing)
    assert block(answer, "bg") == band
    assert answer.scene.pages[0].fill == Solid(colour("red"))


def test_things_grow_about_their_middle_a_little_and_much() -> None:
    widths = [
        block(ask(f"make the logo {how} bigger"), "logo").width for how in ("a little", "", "much")
    ]
    assert widths == pytest.approx([286, 325, 390])
    assert block(ask("make the logo smaller"), "logo").width == 208
    assert block(ask("make the logo twice as big"), "logo").width == 520


@pytest.mark.parametrize("name", ["headline", "photo", "price", "cta", "badge"])
def test_what_grows_stays_on_its_page_and_off_its_neighbours(name: str) -> None:
    before = scene("story")
    old = spots(before)[name]
    new = spots(ask(f"make the {old.block.name} much bigger").scene)[name]
    box = area(new.block)
    assert box.x >= 0
    assert box.x + box.width <= 1080
    for other in new.page.blocks:
        if other.id != name and not area(other).over(area(old.block)):
            assert not area(other).over(box), other.id


def test_what_has_no_room_to_grow_is_refused() -> None:
    answer = ask("make the background bigger")
    assert answer.outcome is Outcome.REFUSED
    assert "no room" in answer.said


def test_a_group_grows_with_all_that_is_in_it() -> None:
    answer = ask("make the discount badge 20% bigger")
    assert block(answer, "badge").width == 312
    assert block(answer, "badge-disc").width == 312
    assert block(answer, "badge-text").size == pytest.approx(100.8)


@pytest.mark.parametrize(
    ("request_", "x", "y"),
    [
        ("move the logo down by 40 px", 0, 40),
        ("décale le logo de 15 px vers la gauche", -15, 0),
        ("baja el logo 2 cm", 0, 75.59),
        ("ロゴを20px右に移動して", 20, 0),
        ("move the logo a little to the right", 27, 0),
    ],
)
def test_things_move_by_lengths_and_by_a_little(request_: str, x: float, y: float) -> None:
    logo = block(ask(request_), "logo")
    assert (logo.x - 90, logo.y - 110) == pytest.approx((x, y), abs=0.01)


def test_what_is_moved_stays_on_its_page() -> None:
    assert block(ask("move the logo up by 4000 px"), "logo").y == 0


def test_what_goes_to_a_corner_goes_to_that_of_the_page_from_within_a_group() -> None:
    answer = ask("move the price to the bottom right", "flyer")
    spot = spots(answer.scene)["price"]
    assert spot.middle[0] > spot.page.width * 2 / 3
    assert spot.middle[1] > spot.page.height * 2 / 3


def test_two_change_places_about_their_middles() -> None:
    before, after = spots(scene("story")), spots(ask("swap the price and the old price").scene)
    assert after["price"].middle[0] == pytest.approx(before["old-price"].middle[0])
    assert after["old-price"].middle == pytest.approx(before["price"].middle)


def test_a_block_is_put_below_another_one_and_behind_it() -> None:
    below = ask("move the button below the photo")
    photo = block(below, "photo")
    assert block(below, "cta").y > photo.y + photo.height
    names = [each.id for each in ask("put the logo behind the photo").scene.pages[0].blocks]
    assert names.index("logo") == names.index("photo") - 1


def test_the_front_is_above_all_and_the_back_above_the_background() -> None:
    assert block(ask("bring the photo to the front"), "photo").z == 1
    names = [each.id for each in ask("send the logo to the back").scene.pages[0].blocks]
    assert names[:2] == ["bg", "logo"]


def test_texts_are_aligned_in_their_boxes_and_others_by_their_edges() -> None:
    texts = ask("align the texts left")
    assert block(texts, "headline").align == block(texts, "legal").align == "left"
    assert block(texts, "cta") == block(scene("story"), "cta")
    photos = ask("align the photo and the thin line right")
    assert block(photos, "photo").x == 90


def test_colours_are_given_to_what_a_block_is_called_by() -> None:
    assert block(ask("make the headline dark blue"), "headline").colour == colour("darkblue")
    assert fill_colours(block(ask("the button in #00ff00"), "cta").fill) == [colour("#0f0")]
    assert block(ask("make the button text black"), "cta").colour == Colour(0, 0, 0)
    assert block(ask("make the line red"), "rule").stroke.colour == colour("red")
    assert fill_colours(block(ask("make the page white"), "bg").fill) == [colour("white")]


def test_all_letters_of_a_text_take_its_new_colour() -> None:
    headline = block(ask("die Überschrift in Grün"), "headline")
    assert [run.colour for run in headline.runs] == [None]


def test_darker_and_lighter_keep_the_hue_and_are_refused_at_the_end() -> None:
    fill = block(ask("make the background darker"), "bg").fill
    assert isinstance(fill, Linear)
    old = fill_colours(block(scene("story"), "bg").fill)
    assert all(a.red < b.red for a, b in zip(fill_colours(fill), old, strict=True))
    assert ask("make the ticket price lighter", "banner").outcome is Outcome.REFUSED


def test_more_contrast_makes_letters_readable_on_what_is_behind_them() -> None:
    before, after = scene("menu"), ask("the motto is hard to read", "menu")
    paper = fill_colours(block(before, "paper").fill)[0]
    assert contrast(block(before, "motto").colour, paper) < 4.5
    assert contrast(block(after, "motto").colour, paper) >= 4.5


def test_a_picture_is_not_behind_a_colour() -> None:
    answer = ask("make the photo red")
    assert answer.outcome is not Outcome.EDITED


def test_a_copy_has_an_id_of_its_own_and_lies_beside() -> None:
    answer = ask("duplicate the logo")
    copy = block(answer, "logo-copy")
    assert (copy.x, copy.width) == (122.4, 260)
    assert block(answer, "logo") == block(scene("story"), "logo")


@pytest.mark.parametrize(
    ("name", "shade", "wanted"),
    [("blue", "dark", "#00008b"), ("yellow", "light", "#ffffe0"), ("gold", "", "#ffd700")],
)
def test_colours_are_those_of_css_where_it_has_them(name: str, shade: str, wanted: str) -> None:
    assert named(name, shade) == colour(wanted)


@pytest.mark.parametrize(
    ("request_", "side", "wanted"),
    [
        ("make the badge 50px wider", "width", 250),
        ("make the badge 20 % wider", "width", 240),
        ("make the badge 50 px narrower", "width", 150),
        ("reduce the width of the badge by 20 %", "width", 160),
        ("increase the width of the badge by 50 px", "width", 250),
        ("make the badge twice as wide", "width", 400),
        ("widen the badge to 300 px", "width", 300),
        ("make the badge 50 px wide", "width", 50),
        ("make the badge 50 px taller", "height", 250),
        ("make the badge 50 px shorter", "height", 150),
        ("mach den Aufkleber 50 px breiter", "width", 250),
        ("mach den Aufkleber um 50 px niedriger", "height", 150),
        ("Breite vom Aufkleber auf 250 px", "width", 250),
        ("élargis le badge de 50 px", "width", 250),
        ("diminue la hauteur du badge de 20 px", "height", 180),
        ("haz la insignia 50 px más ancha", "width", 250),
        ("haz la insignia 20 px menos alta", "height", 180),
        ("バッジを50px広くして", "width", 250),
        ("バッジの幅を300pxに広げて", "width", 300),
    ],
)
def test_a_length_is_added_where_more_or_less_is_said(
    request_: str, side: str, wanted: float
) -> None:
    square = replace(block(scene("story"), "badge"), width=200.0, height=200.0)
    before = replaced(scene("story"), {"badge": square})
    answer = understand(before, request_, (), meaning.nothing)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert getattr(block(answer, "badge"), side) == wanted


def test_a_line_grows_by_what_is_said() -> None:
    assert block(ask("make the thin line 2 px thicker"), "rule").stroke.width == 5
    assert block(ask("make the thin line 2 px thick"), "rule").stroke.width == 2


@pytest.mark.parametrize(
    ("old", "request_", "wanted"),
    [
        ("1,980円", "価格を2,480円に", "2,480円"),
        ("1,980円", "価格を3,000円にして", "3,000円"),
        ("1,980円", "set the price to ¥2,480", "2,480円"),
        ("1,980円", "price to 2,480 yen", "2,480円"),
        ("1,980円", "price to 2480", "2,480円"),
        ("1,980円", "precio a 999円", "999円"),
        ("1,980円", "set the price to $25", "$25"),
        ("980円", "価格を2,480円に", "2,480円"),
        ("€ 14.50", "the price is 1.250 €", "€ 1,250.00"),
        ("1.980,00 €", "price to € 2480", "2.480,00 €"),
        ("EUR 12", "price to 15 euros", "EUR 15"),
        ("1 299 €", "price to 1 099 €", "1 099 €"),
        ("1\u202f299,00\u00a0€", "Preis auf 999 €", "999,00\u00a0€"),
        ("1\u202f299 €", "prix à 1 099 €", "1\u202f099 €"),
        ("\u0661\u066c\u0662\u0669\u0669", "price to 1099", "\u0661\u066c\u0660\u0669\u0669"),
        ("\uff11\uff0c\uff12\uff18\uff10円", "価格を980円に", "\uff19\uff18\uff10円"),
        ("CHF 1'299.\u2013", "Preis auf 1099", "CHF 1'099.\u2013"),
        ("₹1,29,999", "set the price to ₹99,999", "₹99,999"),
        ("₹99,999", "set the price to ₹1,09,999", "₹1,09,999"),
        ("2 for 49 €", "price to 39 €", "2 for 39 €"),
        ("was 59 € now 49 €", "price from 49 to 39 €", "was 59 € now 39 €"),
    ],
)
def test_a_price_is_written_as_the_old_one_was(old: str, request_: str, wanted: str) -> None:
    price = block(scene("story"), "price")
    before = replaced(scene("story"), {"price": with_words(price, old)})
    answer = understand(before, request_, (), meaning.nothing)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert block(answer, "price").words == wanted


@pytest.mark.parametrize(
    "request_",
    [
        "price minus 5 €",
        "price -5 €",
        "the price 5 € less",
        "reduce the price by 5 €",
        "Preis um 5 € senken",
        "prix moins 5 €",
        "baisse le prix de 5 €",
        "precio menos 5 €",
        "価格を5円引き",
    ],
)
def test_what_a_price_goes_down_by_is_not_what_it_becomes(request_: str) -> None:
    answer = ask(request_)
    assert (answer.outcome, answer.said) == (Outcome.ASKED, "What is the new price?")


@pytest.mark.parametrize(
    ("request_", "x"),
    [
        ("put the price on the left", 60),
        ("price on the left", 60),
        ("Preis nach links", 60),
        ("prix à gauche", 60),
        ("pon el precio a la izquierda", 60),
        ("価格を左に", 60),
        ("move the price to the left", 546),
        ("put the price a little to the left", 573),
        ("価格を左に移動", 546),
    ],
)
def test_a_side_is_a_place_but_for_what_is_moved(request_: str, x: float) -> None:
    price = replace(block(scene("story"), "price"), x=600.0, y=700.0, width=200.0, height=80.0)
    before = with_page(scene("story"), replace(scene("story").pages[0], blocks=(price,)))
    answer = understand(before, request_, (), meaning.nothing)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert block(answer, "price").x == pytest.approx(x, abs=15)


def test_who_is_put_where_another_is_is_asked_what_becomes_of_that() -> None:
    price = replace(block(scene("story"), "price"), x=600.0, y=700.0, width=200.0, height=80.0)
    other = replace(price, id="cta", name="Button", x=60.0)
    before = with_page(scene("story"), replace(scene("story").pages[0], blocks=(price, other)))
    answer = understand(before, "put the price on the left", (), meaning.nothing)
    assert answer.outcome is Outcome.ASKED
    assert "Button" in answer.said


@pytest.mark.parametrize("request_", ["make the photo higher", "das Foto höher"])
def test_higher_may_be_taller_or_further_up(request_: str) -> None:
    assert ask(request_).outcome is Outcome.ASKED


@pytest.mark.parametrize(
    "request_",
    ["make the background darker", "Hintergrund dunkler", "fond plus foncé", "背景を暗く"],
)
def test_a_page_with_a_gradient_gets_darker(request_: str) -> None:
    ends = (Stop(Colour(255, 244, 230), 0.0), Stop(Colour(255, 216, 168), 1.0))
    page = replace(scene("story").pages[0], fill=Linear(180.0, ends), blocks=())
    answer = understand(with_page(scene("story"), page), request_, (), meaning.nothing)
    assert answer.outcome is Outcome.EDITED, answer.said
    fill = answer.scene.pages[0].fill
    assert isinstance(fill, Linear)
    assert [oklab(stop.colour)[0] for stop in fill.stops] == [
        pytest.approx(oklab(stop.colour)[0] - STEP, abs=0.01) for stop in ends
    ]


def test_a_black_page_gets_no_darker() -> None:
    page = replace(scene("story").pages[0], fill=Solid(Colour(0, 0, 0)), blocks=())
    before = with_page(scene("story"), page)
    answer = understand(before, "make the page darker", (), meaning.nothing)
    assert answer.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "request_",
    [
        "translate it into German",
        "Übersetze es ins Deutsche",
        "traduis en anglais",
        "英語に翻訳して",
    ],
)
def test_translating_is_said_to_need_a_language_model(request_: str) -> None:
    answer = ask(request_)
    assert answer.outcome is Outcome.REFUSED
    assert "FOVEATE_ASSISTANT__BASE_URL" in answer.said


@pytest.mark.parametrize(
    ("old", "request_", "wanted"),
    [
        ("Until 30 September.", "change the date to 15 October", "Until 15 October."),
        ("Hasta 30 de septiembre.", "cambia la fecha al 15 de octubre", "Hasta 15 de octubre."),
    ],
)
def test_the_date_is_the_one_that_a_text_says(old: str, request_: str, wanted: str) -> None:
    legal = with_words(block(scene("story"), "legal"), old)
    answer = understand(replaced(scene("story"), {"legal": legal}), request_, (), meaning.nothing)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert block(answer, "legal").words == wanted


def test_of_two_sums_nobody_guesses_which_is_the_price() -> None:
    both = with_words(block(scene("story"), "price"), "was 59 € now 49 €")
    before = replaced(scene("story"), {"price": both})
    assert understand(before, "price to 39 €", (), meaning.nothing).outcome is Outcome.ASKED


def test_letters_on_a_block_are_coloured_and_not_the_block() -> None:
    before = block(scene("story"), "cta")
    for asked in (
        "the text on the button should be black",
        "black text on the button",
        "Schrift auf dem Knopf schwarz",
    ):
        after = block(ask(asked), "cta")
        assert (after.colour, after.fill, after.font) == (Colour(0, 0, 0), before.fill, before.font)


def test_a_font_is_not_what_a_block_is_called() -> None:
    assert ask("die Schrift vom Knopf").outcome is Outcome.ASKED
    assert block(ask("the font of the button in Black Ops One"), "cta").font == "Black Ops One"


def test_one_of_two_colours_is_asked_for() -> None:
    assert ask("make the headline red and yellow").outcome is Outcome.ASKED
    assert ask("make the headline bigger and red").outcome is not Outcome.ASKED
    both = block(ask("make the button red and its text white"), "cta")
    assert (both.colour, fill_colours(both.fill)) == (colour("white"), [colour("red")])


def test_words_are_shown_in_capitals() -> None:
    assert block(ask("show the legal line in uppercase"), "legal").words.isupper()


def test_the_exact_name_or_id_of_a_block_wins() -> None:
    price = replace(block(scene("story"), "price"), name="")
    unit = replace(block(scene("story"), "legal"), name="Grundpreis")
    title = replace(block(scene("story"), "headline"), id="name", name="")
    before = replaced(scene("story"), {"price": price, "legal": unit, "headline": title})
    for asked, wanted in (
        ("Grundpreis fett", "legal"),
        ("make the Grundpreis red", "legal"),
        ("price in green", "price"),
        ("Preis in Grün", "price"),
        ("underline the name", "name"),
    ):
        assert understand(before, asked, (), meaning.nothing).targets == (wanted,), asked

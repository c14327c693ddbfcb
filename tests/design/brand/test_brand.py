"""Brands: how they are read, and what of a design they change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from design_measures import measured

from foveate.design.brand.adapting import WHOLE, adapt
from foveate.design.brand.model import Part
from foveate.design.brand.reading import read_brand
from foveate.design.changes.applying import apply
from foveate.design.checks.model import Looks
from foveate.design.scene.model import Fit, Group, Page, Picture, Rectangle, Role, Run, Scene, Text
from foveate.design.scene.paint import Linear, PictureFill, Solid, Stop
from foveate.design.tones import contrast, oklab
from foveate.design.tree import spots
from foveate.errors import BadDesign
from foveate.options.colours import colour

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.design.brand.adapting import Branded

pytest.importorskip("lxml", reason="pip install 'foveate[design]'")

BRAND = """
name = "Nordlys"
tone = "Calm, and short."

[colours]
background = "#f4f7f9"
text = "#16242e"
muted = "#5b7384"
primary = "#0b5d7a"
accent = "#e4572e"
on_button = "#ffffff"

[fonts]
title = "Montserrat"
body = "Lora"

[sizes]
legal = 9

[logo]
src = "brand/light.svg"
on_dark = "brand/dark.svg"
"""


def solid(text: str) -> Solid:
    return Solid(colour(text))


def text(name: str, role: Role, **said: Any) -> Text:
    return Text(**{"id": name, "role": role, "width": 300.0, "height": 40.0, "size": 20.0,
                   "runs": (Run(text="Summer"),), **said})  # fmt: skip


BACK = Rectangle(id="back", role=Role.BACKGROUND, width=400, height=400, fill=solid("#ffe1b3"))
TITLE = text("title", Role.TITLE, font="Oswald", colour=colour("#7a3200"))
BUTTON = text("button", Role.BUTTON, y=100, fill=solid("#7a3200"), colour=colour("#fff"))
LEGAL = text("legal", Role.LEGAL, y=200, size=8.0)
LOGO = Picture(id="logo", role=Role.LOGO, y=300, width=80, height=40, src="old.svg")


def scene(*others: Any) -> Scene:
    blocks = (BACK, TITLE, BUTTON, LEGAL, LOGO, *others)
    return Scene(
        pages=(Page(id="page", width=400, height=400, fill=solid("#fff4e0"), blocks=blocks),)
    )


def adapted(given: Scene, toml: str = BRAND, **looks: Any) -> Branded:
    return adapt(given, read_brand(toml), Looks(**looks))


def block(made: Branded, name: str) -> Any:
    return spots(made.scene)[name].block


def test_colours_follow_what_they_are_for() -> None:
    made = adapted(scene())
    assert made.scene.pages[0].fill == solid("#f4f7f9")
    assert block(made, "back").fill == solid("#f4f7f9")
    assert block(made, "title").colour == colour("#0b5d7a")
    assert block(made, "button").fill == solid("#0b5d7a")
    assert block(made, "button").colour == colour("#fff")
    assert block(made, "legal").colour == colour("#5b7384")


def test_what_is_colourful_takes_the_accent_and_what_is_grey_lies_under() -> None:
    made = adapted(
        scene(
            Rectangle(id="dot", width=20, height=20, fill=solid("#d1002f")),
            Rectangle(id="card", width=300, height=300, fill=solid("#333333")),
            Rectangle(id="ink", width=20, height=20, fill=solid("#222222")),
        )
    )
    assert block(made, "dot").fill == solid("#e4572e")
    assert oklab(block(made, "card").fill.colour)[0] == pytest.approx(0.913, abs=0.01)
    assert block(made, "ink").fill == solid("#16242e")


def test_a_gradient_stays_as_light_and_dark_about_the_brand_s_colour() -> None:
    stops = (Stop(colour("#ffe1b3"), 0), Stop(colour("#ffb36b"), 1))
    made = adapted(scene(replace(BACK, id="fade", fill=Linear(180, stops))))
    new = block(made, "fade").fill
    assert isinstance(new, Linear)
    was = oklab(stops[0].colour)[0] - oklab(stops[1].colour)[0]
    now = oklab(new.stops[0].colour)[0] - oklab(new.stops[1].colour)[0]
    assert now == pytest.approx(was, abs=0.06)
    assert new.angle == 180


def test_what_is_transparent_stays_so_and_pictures_stay() -> None:
    picture = PictureFill("a.jpg")
    glass = Rectangle(id="glass", width=20, height=20, fill=solid("#ff000080"))
    made = adapted(scene(glass, replace(glass, id="filled", fill=picture)))
    assert block(made, "glass").fill.colour.alpha == pytest.approx(0.5, abs=0.01)
    assert block(made, "filled").fill == picture


def test_runs_that_stand_out_still_do() -> None:
    runs = (Run(text="Summer "), Run(text="sale", colour=colour("#d1002f"), font="Oswald"))
    made = block(adapted(scene(text("two", Role.TITLE, runs=runs))), "two")
    assert made.runs[1].colour == colour("#e4572e")
    assert made.runs[1].font is None


def test_fonts_follow_roles() -> None:
    made = adapted(scene(text("line", Role.NONE)))
    assert block(made, "title").font == "Montserrat"
    assert block(made, "legal").font == block(made, "line").font == "Lora"


def test_letters_are_no_smaller_than_the_brand_lets_them_be() -> None:
    made = adapted(scene())
    assert block(made, "legal").size == 12
    assert block(made, "title").size == 20


@pytest.mark.parametrize(("ground", "src"), [("#f4f7f9", "light"), ("#14101f", "dark")])
def test_the_logo_is_the_brand_s_and_whole(ground: str, src: str) -> None:
    made = block(adapted(scene(), BRAND.replace("#f4f7f9", ground)), "logo")
    assert (made.src, made.options, made.alt) == (f"brand/{src}.svg", WHOLE, "Nordlys")


def test_what_is_locked_stays_and_is_said() -> None:
    badge = Group(id="badge", width=9, height=9, locked=True, blocks=(text("in", Role.TITLE),))
    made = adapted(scene(badge))
    assert block(made, "badge") == badge
    assert "badge is locked: it stays as it is." in made.remarks


def test_a_change_set_comes_out_that_makes_it() -> None:
    before = scene()
    made = adapted(before)
    assert apply(before, made.changes) == made.scene
    assert adapted(before) == made


def test_what_a_brand_does_not_say_stays() -> None:
    before = scene()
    assert adapted(before, "").scene == before
    assert adapted(before, 'name = "Nobody"').changes.changes == ()


def white(page: Page, _: str) -> NDArray[np.uint8]:
    return np.full((round(page.height), round(page.width), 3), 255, np.uint8)


def test_letters_are_told_apart_whatever_the_brand_says() -> None:
    pale = BRAND.replace("#5b7384", "#c8d4dc")
    made = adapted(scene(), pale, below=white)
    legal = block(made, "legal").colour
    assert contrast(legal, colour("#fff")) >= 4.5
    assert legal == colour("#16242e")
    assert any("legal are in the brand's text" in said for said in made.remarks)


def test_letters_shrink_where_those_of_the_brand_do_not_fit() -> None:
    small = text("small", Role.LEGAL, size=8.0, width=60.0, height=14.0)
    made = adapted(scene(small), BRAND.replace("legal = 9", "legal = 14"), measures=measured)
    assert block(made, "small").fit is Fit.SHRINK


def test_a_brand_is_read_with_what_stands_in_for_what_it_lacks() -> None:
    brand = read_brand(BRAND)
    assert (brand.name, brand.tone) == ("Nordlys", "Calm, and short.")
    assert brand.colour(Part.PRICE) == colour("#e4572e")
    assert read_brand("").colour(Part.PRICE) is None


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("colours = 3", "colours: expected a table"),
        ("[colours]\nprimry = 'red'", r"colours\.primry: expected one of .*did you mean primary"),
        ("[colours]\nprimary = 'reddish'", r"colours\.primary: .*CSS colour"),
        ("[colours]\nprimary = '#ff000080'", "not transparent"),
        ("[fonts]\nbody = 3", r"fonts\.body: expected a text"),
        ("[sizes]\nbody = -1", r"sizes\.body: expected points"),
        ("[sizes]\nbody = true", r"sizes\.body: expected points"),
        ("[logo]\nalt = 'x'", r"logo\.src: expected a text"),
        ("colors = {}", "did you mean colours"),
        ("= nothing", "as TOML"),
        ("#" * 100_001, "at most 100000"),
    ],
)
def test_what_is_no_brand_is_refused_with_what_is_wrong(toml: str, expected: str) -> None:
    with pytest.raises(BadDesign, match=expected):
        read_brand(toml)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadDesign) as caught:
        read_brand("tone = 3\n[colours]\ntext = 'x'\n[fonts]\ntitel = 'Lora'")
    assert len(caught.value.problems) == 3


def test_a_price_on_the_accent_is_in_a_colour_of_the_brand_that_is_read_on_it() -> None:
    given = scene(text("price", Role.PRICE, y=50, fill=solid("#e8590c"), colour=colour("#fff")))
    accent = solid("#ffb000")
    toml = BRAND.replace("#e4572e", "#ffb000")

    def below(page: Page, _: str) -> NDArray[np.uint8]:
        pixels = white(page, "")
        pixels[50:90, :300] = accent.colour.rgb
        return pixels

    made = adapted(given, toml, below=below)
    price = block(made, "price")
    assert price.fill == accent
    assert price.colour == colour("#16242e")
    assert "letters of price are in the brand's text, of a contrast of 8.6:1" in " ".join(
        made.remarks
    )


def test_a_pale_price_is_in_the_primary_and_not_in_a_tint_of_the_accent() -> None:
    given = scene(text("price", Role.PRICE, y=50))
    made = adapted(given, BRAND.replace("#e4572e", "#ffb000"), below=white)
    assert block(made, "price").colour == colour("#0b5d7a")


def test_a_band_and_pills_are_seen_on_a_page_where_they_were() -> None:
    made = adapted(
        scene(
            Rectangle(id="band", role=Role.BACKGROUND, width=400, height=80, fill=solid("#2d6a4f")),
            Rectangle(id="pill", width=60, height=20, fill=solid("#fff")),
            Rectangle(id="alike", width=60, height=20, fill=solid("#e6e6e6")),
        )
    )
    assert block(made, "band").fill == solid("#e4572e")
    assert block(made, "pill").fill != block(made, "alike").fill == solid("#f4f7f9")


def test_a_logo_on_a_photo_is_in_a_colour_that_is_read_there() -> None:
    def dark(page: Page, language: str) -> NDArray[np.uint8]:
        return white(page, language) // 6

    given = scene(text("name", Role.LOGO, colour=colour("#fff")))
    made = adapted(given, below=dark)
    assert contrast(block(made, "name").colour, colour("#2a2a2a")) >= 4.5
    primary = '[colours]\nprimary = "#0b5d7a"'
    kept = adapted(given, primary, below=dark)
    assert block(kept, "name").colour == colour("#fff")
    assert any("name stay in their own colour" in each for each in kept.remarks)

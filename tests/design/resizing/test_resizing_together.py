"""What belongs together on a page, and stays so on one of another size."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from design_measures import measured
from resizings import block, resized, text

from foveate.design.resizing.lettering import Lettering
from foveate.design.resizing.parts import Kind, parts
from foveate.design.resizing.tables import with_tables
from foveate.design.scene.model import Ellipse, Group, Page, Picture, Rectangle, Role, Scene
from foveate.design.scene.paint import Solid
from foveate.design.tree import extent
from foveate.options.colours import colour

if TYPE_CHECKING:
    from foveate.design.scene.model import Block

INK = Solid(colour("#123"))
ROWS = (("Friday", "The Larks", "5 pm"), ("Saturday", "Otto", "2 pm"), ("Sunday", "Matinee", "11"))


def page(width: float, height: float, *blocks: Block) -> Scene:
    return Scene(lang="en", pages=(Page(id="p", width=width, height=height, blocks=blocks),))


def picture(name: str, x: float, y: float, width: float, height: float, **said: Any) -> Picture:
    place = {"x": x, "y": y, "width": width, "height": height}
    return Picture(**{"id": name, "role": Role.PHOTO, "src": "a.jpg", **place, **said})


def cells() -> tuple[Block, ...]:
    band = Rectangle(id="band", x=80, y=700, width=920, height=60, fill=INK)
    heads = [
        text(f"h{column}", words, x=100 + 300 * column, y=712, width=280, height=40, size=30)
        for column, words in enumerate(("Day", "Stage", "Doors"))
    ]
    rows = [
        text(f"{row}{column}", words, x=100 + 300 * column, y=780 + 60 * row, width=280, height=40,
             size=28)
        for row, line in enumerate(ROWS) for column, words in enumerate(line)
    ]  # fmt: skip
    return band, *heads, *rows


def festival() -> Scene:
    """A photo along the top with a title on it, a table, a price and a button."""
    return page(
        1080,
        1500,
        picture("hero", 0, 0, 1080, 600),
        Rectangle(id="veil", y=300, width=1080, height=300, fill=Solid(colour("#0008"))),
        text("title", "Hills festival", Role.TITLE, x=80, y=470, width=920, height=160, size=130),
        *cells(),
        text("price", "39 €", Role.PRICE, x=80, y=1100, width=300, height=120, size=100),
        text(
            "button", "Get tickets", Role.BUTTON, x=600, y=1110, width=400, height=100, size=40,
            fill=INK,
        ),
        text("legal", "No glass.", Role.LEGAL, x=80, y=1400, width=900, height=30, size=22),
    )  # fmt: skip


def test_words_in_rows_and_columns_are_one_with_the_band_over_them() -> None:
    scene = festival()
    found = with_tables(parts(scene.pages[0], Lettering(measured, "en", 96)))
    tables = [unit for unit in found.units if unit.kind is Kind.TABLE]
    assert len(tables) == 1
    assert len(tables[0].blocks) == len(cells())
    assert {unit.main.id for unit in found.units} >= {"hero", "price", "button", "legal"}


@pytest.mark.parametrize("to", ["16:9", "1:1", "9:16", "a5", "facebook-cover"])
def test_columns_of_a_table_stay_columns(to: str) -> None:
    made = resized(festival(), to).scene
    for column in range(3):
        lefts = [block(made, name).x for name in (f"h{column}", f"0{column}", f"2{column}")]
        assert max(lefts) - min(lefts) < 0.1
    tops = [block(made, f"{row}0").y for row in range(3)]
    assert all(one < other for one, other in pairwise(tops))


@pytest.mark.parametrize("to", ["16:9", "1:1", "leaderboard", "160x600", "facebook-cover"])
def test_a_title_on_a_photo_stays_on_the_page(to: str) -> None:
    after = resized(festival(), to).scene.pages[0]
    box = extent(next(each for each in after.blocks if each.id == "title"))
    assert box.left >= 0
    assert box.top >= 0
    assert box.right <= after.width
    assert box.bottom <= after.height


def test_what_is_not_in_the_way_is_not_hidden() -> None:
    made = resized(festival(), "160x600")
    shown = {each.id for each in made.scene.pages[0].blocks if not each.hidden}
    assert shown >= {"hero", "veil", "title", "price", "button", "legal"}


def lists() -> Scene:
    blocks: list[Block] = [
        text("title", "Trattoria", Role.TITLE, x=60, y=60, width=900, height=140, size=110)
    ]
    for x, name in ((60, "starters"), (560, "mains")):
        place = {"x": x, "width": 420.0}
        blocks += [
            text(f"{name}-head", name.title(), Role.NONE, y=300, height=60, size=48, **place),
            text(name, "Of the day " * 24, y=380, height=500, size=26, **place),
        ]
    button = text(
        "button", "Book", Role.BUTTON, x=60, y=940, width=300, height=90, size=40, fill=INK
    )
    return page(1080, 1080, *blocks, button)


def test_a_heading_goes_with_what_it_heads_and_lists_go_together() -> None:
    made = resized(lists(), "320x50")
    gone = {each.id for each in made.scene.pages[0].blocks if each.hidden}
    assert gone == {"starters", "starters-head", "mains", "mains-head"}
    assert len(made.remarks) == 4


@pytest.mark.parametrize("to", ["16:9", "2:1", "facebook-cover"])
def test_small_print_has_no_column_for_itself(to: str) -> None:
    scene = page(
        1080,
        1080,
        picture("photo", 60, 60, 960, 660),
        text("title", "Summer sale", Role.TITLE, x=60, y=780, width=640, height=120, size=104),
        text("price", "49 €", Role.PRICE, x=740, y=790, width=280, height=100, size=56, fill=INK),
        text("legal", "While stocks last, until August.", Role.LEGAL, x=60, y=980, width=960,
             height=40, size=26),
    )  # fmt: skip
    made = resized(scene, to).scene
    legal, title = block(made, "legal"), block(made, "title")
    assert legal.height < 2 * legal.size * legal.line_height
    assert legal.y > title.y


@pytest.mark.parametrize("to", ["9:16", "4:5", "1:1", "160x600", "facebook-cover"])
def test_an_icon_stays_over_its_words(to: str) -> None:
    blocks: list[Block] = [
        text("title", "In four steps", Role.TITLE, x=100, y=60, width=1700, height=120, size=100)
    ]
    for place, name in enumerate(("Grow", "Ship", "Roast", "Brew")):
        x = 140 + 440 * place
        blocks += [
            Ellipse(id=f"i{place}", x=x + 40, y=380, width=240, height=240, fill=INK),
            text(f"t{place}", name, x=x, y=650, width=320, height=44, size=36, weight=700),
        ]
    made = resized(page(1920, 1080, *blocks), to).scene
    for place in range(4):
        icon, words = extent(block(made, f"i{place}")), extent(block(made, f"t{place}"))
        assert icon.bottom <= words.top
        assert words.left - 1 <= icon.left + icon.width / 2 <= words.right + 1
        assert words.top - icon.bottom < icon.height


@pytest.mark.parametrize("to", ["leaderboard", "300x250", "160x600", "320x50"])
def test_a_price_in_a_group_is_not_hidden(to: str) -> None:
    price = text("price", "96 €", Role.PRICE, x=10, y=10, width=200, height=90, size=70)
    offer = Group(id="offer", x=760, y=900, width=240, height=160, blocks=(price,))
    scene = lists()
    page = scene.pages[0]
    made = resized(Scene(lang="en", pages=(replace(page, blocks=(*page.blocks, offer)),)), to)
    assert not block(made.scene, "offer").hidden

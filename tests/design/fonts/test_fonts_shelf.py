from __future__ import annotations

from pathlib import Path

import pytest

from foveate.design.fonts.shelf import Font, Shelf, shelf
from foveate.errors import FontsMissing, UnknownFont
from foveate.models.supply.card import Face
from foveate.models.supply.cards import CARDS
from foveate.settings import Models


def font(family: str, weight: int = 400, *, here: bool = True, **said: object) -> Font:
    face = Face(family=family, weight=weight, **said)  # type: ignore[arg-type]
    return Font(face, Path("font.ttf"), f"{family}-{weight}".lower(), here)


SANS = tuple(font("Sans", weight) for weight in (300, 400, 700, 900))
LEANING = font("Sans", 400, italic=True)
EVERY = font("Every", weights=(100, 900))


@pytest.mark.parametrize(
    ("weight", "italic", "expected"),
    [
        (400, False, "Sans 400"),
        (700, False, "Sans 700"),
        (350, False, "Sans 300"),
        (500, False, "Sans 400"),
        (550, False, "Sans 700"),
        (800, False, "Sans 900"),
        (1000, False, "Sans 900"),
        (1, False, "Sans 300"),
        (400, True, "Sans 400 italic"),
        (900, True, "Sans 400 italic"),
    ],
)
def test_the_nearest_weight_of_the_slant_is_taken_and_that_is_known(
    weight: int, expected: str, *, italic: bool
) -> None:
    match = Shelf((*SANS, LEANING)).match("Sans", weight, italic=italic)
    assert match.name == expected
    assert match.nearest == (expected != f"Sans {weight}{' italic' * italic}")


def test_a_variable_font_has_each_hundred_between_its_ends() -> None:
    names = [Shelf((EVERY,)).match("Every", weight).name for weight in (50, 333, 900, 950)]
    assert names == ["Every 100", "Every 300", "Every 900", "Every 900"]


def test_names_of_families_are_read_as_people_write_them() -> None:
    assert Shelf(SANS).match(" sANS ").name == "Sans 400"


def test_only_fonts_that_are_here_are_taken() -> None:
    away = font("Sans", 600, here=False)
    assert Shelf((*SANS, away)).match("Sans", 600).name == "Sans 700"


def test_a_family_that_is_not_here_names_what_fetches_all_of_it() -> None:
    away = [font("Serif", weight, here=False) for weight in (400, 700)]
    with pytest.raises(FontsMissing) as missing:
        Shelf((*SANS, *away)).match("serif")
    expected = "The font Serif is not here. Fetch it: foveate models pull serif-400 serif-700"
    assert missing.value.public == expected


def test_a_family_of_which_something_else_lies_here_is_damaged(tmp_path: Path) -> None:
    (lora, *_) = shelf(Models(folder=str(tmp_path))).families["Lora"]
    lora.path.parent.mkdir(parents=True)
    lora.path.write_bytes(b"cut off")
    with pytest.raises(FontsMissing, match=r"Lora is damaged\. Fetch it anew: foveate models pull"):
        shelf(Models(folder=str(tmp_path))).match("Lora")


def test_a_family_of_no_card_is_told_from_those_that_there_are() -> None:
    with pytest.raises(UnknownFont, match=r"Expected a font of Every, Sans; got Snas \(did you"):
        Shelf((*SANS, EVERY)).match("Snas")


def test_a_substitute_stands_in_for_what_is_not_here_and_is_known_as_one() -> None:
    match = Shelf((*SANS, font("Serif", here=False)), substitute="Sans").match("Serif", 700)
    assert (match.name, match.instead_of) == ("Sans 700", "Serif")


def test_cards_are_on_the_shelf_each_face_by_itself(tmp_path: Path) -> None:
    found = shelf(Models(folder=str(tmp_path)))
    assert len(found.fonts) == sum(len(card.faces) for card in CARDS)
    assert not any(each.here for each in found.fonts)
    assert {"Inter", "Lora", "Heebo", "Noto Sans Arabic", "Noto Sans JP"} <= set(found.families)
    assert [each.face.index for each in found.families["Noto Sans KR"]] == [1]


def test_the_operators_own_card_is_on_the_shelf(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "brand.toml").write_text(
        'name = "brand"\ntask = "font"\nbytes = 3\nlicence = "ours"\nupstream = "us"\n'
        '[[faces]]\nfamily = "Brand Sans"\nweight = 700\n'
        f'[artefact]\nfile = "brand.ttf"\nsha256 = "{"a" * 64}"\nsources = ["file:/brand.ttf"]\n'
    )
    (tmp_path / "brand.ttf").write_bytes(b"ttf")
    found = shelf(Models(folder=str(tmp_path))).match("Brand Sans", 700)
    assert (found.font.card, found.font.path) == ("brand", tmp_path / "brand.ttf")

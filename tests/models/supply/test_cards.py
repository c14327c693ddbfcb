from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from foveate.errors import BadSettings, UnknownModel
from foveate.models.supply.artefacts import CLIENTS
from foveate.models.supply.card import Client, Face, Member, ModelCard, Reference, Task
from foveate.models.supply.cards import CARDS, choose, read_cards, reference
from foveate.models.supply.extract import EXTRACTORS
from foveate.models.supply.recipes import RECIPES

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0" * 63 + "a"


def test_names_and_files_are_each_used_once() -> None:
    assert len({card.name for card in CARDS}) == len(CARDS)
    assert len({card.file for card in CARDS}) == len(CARDS)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_card_can_be_fetched_and_names_its_licence(card: ModelCard) -> None:
    assert card.extract.partition(":")[0] in EXTRACTORS
    assert {word.partition(":")[0] for word in card.build} <= set(RECIPES)
    assert card.artefact.bytes > 0
    assert card.licence
    assert card.upstream
    assert card.bytes > 0
    assert f"`{card.name}`" in reference()


def test_every_kind_of_source_has_a_client() -> None:
    assert set(CLIENTS) == set(Client)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sha256": "abc"}, "64 lower-case hex"),
        ({"sha256": SHA.upper()}, "64 lower-case hex"),
        ({"file": "../outside.onnx"}, "relative path"),
        ({"file": "/etc/weights"}, "relative path"),
        ({"file": ".pull-x/weights"}, "relative path"),
        ({"file": ""}, "relative path"),
        ({"acknowledge": "research only"}, "one word"),
        ({"build": ("onnx",), "reference": None}, "a reference to check"),
        ({"task": Task.FONT}, "faces of a font, and of fonts alone"),
        ({"faces": (Face(family="Sans"),)}, "faces of a font, and of fonts alone"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused(change: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(CARDS[0], **change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sources": ()}, "at least one source"),
        ({"sources": ("ftp://x/y",)}, "a source of pypi:"),
        ({"file": "folder/x.whl"}, "without folders"),
        ({"sha256": ""}, "64 lower-case hex"),
    ],
)
def test_an_artefact_that_cannot_be_right_is_refused(
    change: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(CARDS[0].artefact, **change)  # type: ignore[arg-type]


def test_choose_keeps_the_order_asked_for() -> None:
    assert [card.name for card in choose(CARDS, ["rocket", "astronaut"])] == ["rocket", "astronaut"]


def test_choose_names_what_there_is() -> None:
    with pytest.raises(UnknownModel, match=r"Expected one of retinaface, .*; got nobody"):
        choose(CARDS, ["retinaface", "nobody"])


def own(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)


OWN = f"""
name = "mine"
bytes = 12
licence = "MIT"
upstream = "me"
[artefact]
file = "mine.onnx"
sha256 = "{SHA}"
sources = ["https://example.com/mine.onnx"]
"""


def test_a_toml_file_is_a_card_and_a_bare_file_says_each_thing_once(tmp_path: Path) -> None:
    own(tmp_path / "cards", "mine.toml", OWN)
    (card,) = read_cards(tmp_path / "cards")
    assert (card.name, card.task, card.file, card.sha256) == ("mine", Task.CUSTOM, "mine.onnx", SHA)
    assert card.artefact.sources == ("https://example.com/mine.onnx",)
    assert (card.member, card.extract) == ("", "file")


def test_a_font_is_a_card_with_the_faces_that_are_in_its_file(tmp_path: Path) -> None:
    fields, artefact = OWN.split("[artefact]")
    faces = (
        '[[faces]]\nfamily = "Brand"\nweight = 700\n[[faces]]\nfamily = "Any"\nweights = [1, 999]\n'
    )
    own(tmp_path / "cards", "mine.toml", f'{fields}task = "font"\n{faces}[artefact]{artefact}')
    (card,) = read_cards(tmp_path / "cards")
    assert card.faces == (Face(family="Brand", weight=700), Face(family="Any", weights=(1, 999)))
    assert list(map(str, card.faces)) == ["Brand 700", "Any 1 to 999"]


@pytest.mark.parametrize("said", [{"family": " "}, {"family": "A", "weights": (900, 100)}])
def test_a_face_that_cannot_be_right_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Face(**said)


BUILT = """
build = ["onnx", "any-batch"]
beside = [{ path = "b.bin", sha256 = "%s" }]
reference = { shape = [1, 3], mul = 2.0, firsts = [[0.5, 1.0], []] }
"""


def test_a_toml_file_may_tell_what_is_built_and_how_to_check_it(tmp_path: Path) -> None:
    own(tmp_path, "mine.toml", BUILT % SHA + OWN)
    (card,) = read_cards(tmp_path)
    assert card.build == ("onnx", "any-batch")
    assert card.beside == (Member(path="b.bin", sha256=SHA),)
    assert card.reference == Reference(shape=(1, 3), mul=2, firsts=((0.5, 1.0), ()))


def test_all_bad_card_files_are_named_at_once(tmp_path: Path) -> None:
    own(tmp_path, "a.toml", OWN.replace(SHA, "short"))
    own(tmp_path, "b.toml", "name = [")
    own(tmp_path, "c.toml", 'name = "lonely"')
    own(tmp_path, "d.toml", OWN.replace("licence", "license"))
    own(tmp_path, "e.toml", OWN.replace('name = "mine"', 'name = "mine"\ntask = "lunch"'))
    own(tmp_path, "f.toml", 'build = ["onnx"]' + OWN)
    own(tmp_path, "g.toml", "reference = { shape = [1] }" + OWN)
    own(tmp_path, "h.toml", 'beside = [{ path = "b", sha256 = "short" }]' + OWN)
    with pytest.raises(BadSettings) as caught:
        read_cards(tmp_path)
    for file in "abcdefgh":
        assert f"{file}.toml: " in caught.value.public


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('name = "lonely"', "expected bytes, artefact, licence, upstream in the card, got none"),
        (
            OWN.replace("licence", "license"),
            r"in the card, got 'license' \(did you mean licence\?\)",
        ),
        (OWN.replace("sources", "source"), r"in \[artefact\], got 'source' \(did you mean sources"),
        (OWN[: OWN.index("sources")], r"expected sources in \[artefact\], got none"),
        ("reference = { shape = [1] }" + OWN, r"expected firsts in \[reference\], got none"),
        ('beside = [{ path = "b" }]' + OWN, r"expected sha256 in \[\[beside\]\], got none"),
        ("artefact = 5\n" + OWN[: OWN.index("[")], r"expected a table for \[artefact\], got '5'"),
    ],
)
def test_a_word_that_a_card_lacks_or_does_not_have_is_named(
    tmp_path: Path, text: str, complaint: str
) -> None:
    own(tmp_path, "mine.toml", text)
    with pytest.raises(BadSettings, match=complaint):
        read_cards(tmp_path)


def test_no_folder_is_no_cards(tmp_path: Path) -> None:
    assert read_cards(tmp_path / "nowhere") == ()

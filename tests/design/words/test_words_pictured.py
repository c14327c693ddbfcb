"""Requests for another picture, which is looked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.design.scene.model import Picture
from foveate.design.sought import Candidate, Sought
from foveate.design.tasks.task import scene
from foveate.design.tree import spots
from foveate.design.words import meaning
from foveate.design.words.answer import Answer, Outcome
from foveate.design.words.assistant import understand
from foveate.design.words.edits.sought import put_in

pytest.importorskip("lxml", reason="lxml is not here: pip install 'foveate[design]'")

SQUARE = scene("square")


class Shelf:
    """Has a beach, two of it."""

    def __init__(self, *, sure: float = 0.9) -> None:
        self.asked: list[str] = []
        self.sure = sure

    def __call__(self, words: str) -> Sought:
        self.asked.append(words)
        found = (
            Candidate(src="sea/beach.jpg", shows="beach, sea", sure=self.sure),
            Candidate(src="sea/other.jpg", shows="sea", sure=self.sure / 2),
        )
        return Sought(words=words, found=found, pictures=9)


def cup(answer: Answer) -> Picture:
    found = spots(answer.scene)["cup"].block
    assert isinstance(found, Picture)
    return found


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        ("replace the photo by one of a beach", "a beach"),
        ("Replace the photo with a beach.", "a beach"),
        ("the photo should show two dogs", "two dogs"),
        ("use a photo of a beach for the picture", "a beach"),
        ("ersetze das Foto durch eines mit einem Strand", "einem Strand"),
        ("tausche das Bild gegen ein Foto von Elefanten aus", "Elefanten"),
        ("das Bild soll eine Katze zeigen", "eine Katze"),
        ("remplace la photo par une plage", "une plage"),
        ("la photo doit montrer un chat", "un chat"),
        ("sustituye la foto por una de una playa", "una playa"),
        ("la foto debe mostrar un gato", "un gato"),
        ("写真を海辺の写真に変えて", "海辺"),
    ],
)
def test_another_picture_is_put_in_by_what_it_shows(request_: str, asked: str) -> None:
    shelf = Shelf()
    answer = understand(SQUARE, request_, near=meaning.nothing, library=shelf)
    assert answer.outcome is Outcome.EDITED, answer.said
    assert shelf.asked == [asked]
    assert cup(answer).src == "sea/beach.jpg"
    assert [each.src for each in answer.offers] == ["sea/other.jpg"]
    assert "90% sure" in answer.said
    assert "sea/other.jpg (45%)" in answer.said


@pytest.mark.parametrize(
    "request_",
    [
        "change the alt of the photo to 'two dogs'",
        "change the alt of the photo to two dogs",
        "ändere den Alternativtext des Fotos in „two dogs“",
        "change le texte alternatif de la photo en « two dogs »",
        'cambia el texto alternativo de la foto a "two dogs"',
        "写真の代替テキストを「two dogs」に変えて",
    ],
)
def test_another_description_looks_for_a_picture(request_: str) -> None:
    answer = understand(SQUARE, request_, near=meaning.nothing, library=Shelf())
    assert (cup(answer).src, cup(answer).alt) == ("sea/beach.jpg", "two dogs")


def test_a_picture_stays_where_none_is_sure_enough() -> None:
    shelf = Shelf(sure=0.3)
    asked = "replace the photo by one of a lion"
    answer = understand(SQUARE, asked, near=meaning.nothing, library=shelf)
    assert answer.outcome is Outcome.REFUSED
    assert answer.scene == SQUARE
    assert "None of 9 pictures surely shows \u201ca lion\u201d" in answer.said
    assert "Nearest is sea/beach.jpg" in answer.said
    asked = "set the alt text of the cup to 'a lion'"
    answer = understand(SQUARE, asked, near=meaning.nothing, library=shelf)
    before = spots(SQUARE)["cup"].block
    assert isinstance(before, Picture)
    assert (cup(answer).src, cup(answer).alt) == (before.src, "a lion")


def test_a_picture_that_shows_it_already_stays() -> None:
    put = understand(
        SQUARE, "replace the photo by a beach", near=meaning.nothing, library=Shelf()
    ).scene
    again = understand(
        put, "set the alt of the photo to 'a beach by day'", near=meaning.nothing, library=Shelf()
    )
    assert cup(again).src == "sea/beach.jpg"
    assert "shows that already" in again.said


def test_it_is_asked_which_one_where_there_is_no_library() -> None:
    answer = understand(SQUARE, "replace the photo by one of a beach", near=meaning.nothing)
    assert answer.outcome is Outcome.ASKED
    assert "name of its file" in answer.said


@pytest.mark.parametrize(
    ("request_", "verb"),
    [
        ("swap the photo and the title", "swap"),
        ("swap the photo with the title", "swap"),
        ("change the photo to grey", "grey"),
        ("change the picture to black and white", "grey"),
        ("replace the photo with a darker one", "darker"),
        ("replace the photo by cup.jpg", "source"),
    ],
)
def test_other_requests_for_pictures_stay_what_they_were(request_: str, verb: str) -> None:
    shelf = Shelf()
    assert understand(SQUARE, request_, near=meaning.nothing, library=shelf).verb == verb
    assert not shelf.asked


def test_options_stay_that_are_of_any_picture() -> None:
    options = "gravity=0.2x0.7,trim=1;2;3;4,rotate=90,saturation=0,background=remove"
    picture = Picture(id="a", src="a.jpg", width=9.0, height=9.0, options=options)
    assert put_in(picture, "b.jpg", "b").options == "saturation=0,background=remove"
    kept = replace(picture, options="gravity=face,zoom=0.3")
    assert put_in(kept, "b.jpg", "b").options == "gravity=face,zoom=0.3"

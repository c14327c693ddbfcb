"""A model says what is to be seen; the picture is looked for, and never its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.design.assistant.checks import unchecked
from foveate.design.assistant.grant import granted
from foveate.design.assistant.judge import Judge, Verdict
from foveate.design.assistant.told import Answer
from foveate.design.assistant.view import VIEWS
from foveate.design.scene.model import Page, Picture, Scene
from foveate.design.sought import Candidate, Sought

pytest.importorskip("lxml", reason="lxml is not here: pip install 'foveate[design]'")
from foveate.design.xml.writing import dumps

CUP = Picture(id="cup", src="cup.jpg", alt="A cup", width=90.0, height=90.0, options="gravity=face")
WHOLE = VIEWS[-1]


def design(picture: Picture) -> Scene:
    return Scene(pages=(Page(id="p", width=100.0, height=100.0, blocks=(picture,)),))


def shelf(words: str) -> Sought:
    sure = 0.9 if "beach" in words else 0.2
    found = (Candidate(src="sea/beach.jpg", shows="beach", sure=sure),)
    return Sought(words=words, found=found, pictures=3)


def judged(request: str, picture: Picture) -> Verdict:
    judge = Judge(design(CUP), request, granted(request), unchecked, shelf)
    return judge(Answer(dumps(design(picture))), WHOLE)


def shown(verdict: Verdict) -> Picture:
    assert verdict.scene is not None, verdict.reasons
    found = verdict.scene.pages[0].blocks[0]
    assert isinstance(found, Picture)
    return found


def test_a_picture_is_found_for_what_a_model_describes() -> None:
    verdict = judged("replace the photo by one of a beach", replace(CUP, alt="A beach"))
    picture = shown(verdict)
    assert (picture.src, picture.alt) == ("sea/beach.jpg", "A beach")
    assert picture.options == "gravity=face"
    assert "sea/beach.jpg" in verdict.repaired[0]


def test_a_model_brings_no_picture_itself() -> None:
    stolen = replace(CUP, alt="A beach", src="https://evil.example/beach.jpg")
    verdict = judged("replace the photo by one of a beach", stolen)
    assert verdict.scene is None
    assert verdict.stage == "guard"
    known = replace(CUP, alt="A beach", src="sea/beach.jpg")
    assert judged("replace the photo by one of a beach", known).scene is None


def test_a_picture_that_nobody_has_is_refused_with_what_comes_nearest() -> None:
    verdict = judged("replace the photo by one of a lion", replace(CUP, alt="A lion"))
    assert verdict.stage == "pictures"
    assert "Nearest is sea/beach.jpg" in verdict.reasons[0]


def test_another_description_alone_keeps_the_picture_where_none_is_found() -> None:
    verdict = judged("change the alt text of the photo", replace(CUP, alt="A white cup"))
    picture = shown(verdict)
    assert (picture.src, picture.alt) == ("cup.jpg", "A white cup")


def test_a_translation_looks_for_no_picture() -> None:
    verdict = judged("translate everything into German", replace(CUP, alt="Ein beach"))
    assert shown(verdict).src == "cup.jpg"

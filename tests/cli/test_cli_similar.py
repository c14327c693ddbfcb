"""`foveate similar`, as people and programs read it."""

from __future__ import annotations

from foveate.cli.similar import place, sentence
from foveate.geometry import Box
from foveate.service.similar import Comparison, Likeness
from foveate.values import Face

FACE = Face(Box(10.4, 20.6, 100, 120), 0.9, ((0.0, 0.0),) * 5)


def compared(cosine: float) -> Comparison:
    return Comparison(found=(1, 2), best=Likeness(faces=(FACE, FACE), cosine=cosine))


def test_the_answer_is_a_verdict_a_chance_and_a_cosine() -> None:
    assert sentence(compared(0.9)) == "same  over 99.9% likely one person  (cosine 0.900)"
    assert sentence(compared(0.3)).startswith("possibly  6")
    assert sentence(compared(0.0)).startswith("different  0.2%")


def test_without_faces_it_says_how_many_were_found() -> None:
    assert "0 and 3 faces" in sentence(Comparison(found=(0, 3), best=None))


def test_a_face_is_named_by_its_place() -> None:
    assert place(FACE) == "100x120 at 10,21"

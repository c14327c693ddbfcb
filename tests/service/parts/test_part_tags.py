"""Tags and features as parts: one look for both, and what else a request has seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import Detector, Glancer, Letters, Things, analyses, done, picture

from foveate.geometry.box import Box
from foveate.imaging.pixels import from_array
from foveate.service.analyse import Analyser, offered
from foveate.service.parts.tags import TAGS
from foveate.settings import Settings
from foveate.settings.work import Objects
from foveate.vision.tags import LEAST, MOST, TEMPERATURE
from foveate.vision.vocabulary import edition

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from foveate.service.analysis import Analyses

RED = from_array(np.full((240, 320, 3), (200, 20, 10), np.uint8)).pngsave_buffer()


class Counting(Glancer):
    """Counts its looks."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.shapes.append(rgb.shape)
        return super().__call__(rgb)


def told(parts: Sequence[str], seeing: Analyses) -> dict[str, Any]:
    return done(Analyser(analyses=seeing).prepare(picture(RED), parts)).to_json()


def test_tags_are_labels_a_caption_and_a_sentence() -> None:
    known = told(["tags"], analyses(Detector(None)))
    assert known["tags"]["caption"] == "coffee"
    assert known["tags"]["alt"] == "Coffee."
    labels = {row["label"]: row["score"] for row in known["tags"]["labels"]}
    assert labels.keys() == {"espresso", "coffee", "drink", "food"}
    assert labels["coffee"] == pytest.approx(0.957, abs=0.01)
    assert known.keys() == {"width", "height", "tags", "timings_ms"}
    assert known["timings_ms"].keys() == {"decode", "tags"}


def test_both_parts_are_of_one_look_at_the_whole_picture_stretched() -> None:
    look = Counting()
    seeing = analyses(Detector(None), tags=look)
    known = told(["tags", "features"], seeing)
    again = told(["features", "tags"], seeing)
    assert look.shapes == [(224, 224, 3)]
    assert known["features"] == again["features"]
    assert len(known["features"]) == 1280
    assert np.linalg.norm(known["features"]) == pytest.approx(1, abs=1e-4)
    assert known["features"][0] > 5 * known["features"][1]  # it is red


def test_faces_are_counted_only_where_the_request_has_looked_for_them() -> None:
    assert told(["tags", "faces"], analyses())["tags"]["alt"] == "A person and coffee."
    assert told(["tags"], analyses())["tags"]["alt"] == "Coffee."
    unsure = analyses(Detector(score=0.7))
    known = told(["tags", "faces"], unsure)
    assert len(known["faces"]) == 1
    assert known["tags"]["alt"] == "Coffee."


def test_what_looks_like_a_face_on_a_thing_is_that_thing() -> None:
    assert told(["tags", "faces", "objects"], analyses())["tags"]["alt"] == "A car and coffee."


def test_things_are_counted_as_they_are_told() -> None:
    for score, text in ((0.36, "A car and coffee."), (0.3, "Coffee.")):
        known = told(["tags", "objects"], analyses(Detector(None), objects=Things(score)))
        assert len(known["objects"]) == (text != "Coffee.")
        assert known["tags"]["alt"] == text
    assert told(["tags"], analyses(Detector(None)))["tags"]["alt"] == "Coffee."


def test_the_setting_of_things_says_which_are_counted() -> None:
    seeing = analyses(Detector(None))
    seeing.networks.settings = replace(seeing.networks.settings, objects=Objects(score=0.9))
    assert told(["tags", "objects"], seeing)["tags"]["alt"] == "Coffee."


def test_text_is_read_out_only_where_the_request_has_looked_for_it() -> None:
    seeing = analyses(Detector(None), letters=Letters(Box(10, 20, 100, 40)))
    known = told(["tags", "text"], seeing)
    (line,) = known["text"]
    assert known["tags"]["alt"] == f"Coffee, with the text “{line['text']}”."
    assert told(["tags"], seeing)["tags"]["alt"] == "Coffee."


def test_tags_of_other_words_or_thresholds_are_looked_for_again() -> None:
    assert {edition(), LEAST, MOST, TEMPERATURE} <= set(TAGS.settings(Settings()))


def test_people_read_the_sentence_and_the_labels() -> None:
    seeing = analyses(Detector(None))
    result = done(Analyser(analyses=seeing).prepare(picture(RED), ["tags", "features"]))
    sentences = [
        part.offer.sentence(result[part.name])
        for part in offered(["tags", "features"])
        if part.offer and part.offer.sentence
    ]
    assert sentences[0].startswith("Coffee. Tags: espresso 96%")
    assert sentences[1] == "A vector of 1280 numbers; --json has them."

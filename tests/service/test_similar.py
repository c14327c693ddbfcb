"""Comparing two pictures: the most alike faces, wherever they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import Detector, analyses, done, picture

from foveate.errors import ImageError
from foveate.geometry.box import Box
from foveate.imaging.pixels import from_array
from foveate.service.similar import Comparer, Comparison
from foveate.values import Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RED, GREEN, BLUE = (220, 0, 0), (0, 220, 0), (0, 0, 220)


class Heads(Detector):
    """Sees a face wherever a square of colour stands on black."""

    name = "heads"

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        starts = [left for left in range(0, rgb.shape[1], 10) if rgb[5, left + 5].max() > 100]
        boxes = [Box(left + 1, 1, 8, 8) for left in starts]
        return tuple(Face(box, 0.9, ((box.left, 4.0),) * 5) for box in boxes)


def row_of(*colours: tuple[int, int, int]) -> bytes:
    """A picture of squares side by side, 20 pixels each; black is nobody."""
    pixels = np.repeat(np.array([colours], np.uint8), 20, axis=0).repeat(20, axis=1)
    data: bytes = from_array(pixels).pngsave_buffer()
    return data


def compare(first: bytes, second: bytes, **more: Any) -> Comparison:
    comparer = Comparer(analyses=analyses(Heads(), **more))
    return done(comparer.prepare(picture(first), picture(second)))


BLACK = (0, 0, 0)


def test_the_most_alike_faces_are_found_among_all() -> None:
    seen = compare(row_of(RED, BLACK, GREEN), row_of(BLUE, GREEN))
    assert seen.found == (2, 2)
    assert seen.best is not None
    assert [face.box.left for face in seen.best.faces] == [42, 22]
    assert seen.best.cosine == pytest.approx(1, abs=1e-3)
    assert seen.best.verdict == "same"
    assert seen.best.probability > 0.999


def test_strangers_are_different() -> None:
    best = compare(row_of(RED), row_of(BLUE)).best
    assert best is not None
    assert best.verdict == "different"
    assert best.probability < 0.01


@pytest.mark.parametrize("pictures", [(BLACK, RED), (RED, BLACK), (BLACK, BLACK)])
def test_without_a_face_there_is_nothing_to_compare(
    pictures: Sequence[tuple[int, int, int]],
) -> None:
    seen = compare(*(row_of(colour) for colour in pictures))
    assert seen.best is None
    assert seen.to_json() == {"found": [int(colour == RED) for colour in pictures], "best": None}


def test_json_says_which_faces_and_how_much() -> None:
    answer = json.loads(json.dumps(compare(row_of(RED), row_of(RED)).to_json()))
    assert answer["best"]["verdict"] == "same"
    assert answer["best"]["cosine"] == pytest.approx(1, abs=1e-3)
    assert [face["box"]["left"] for face in answer["best"]["faces"]] == [2, 2]


def test_what_is_no_picture_is_an_error() -> None:
    with pytest.raises(ImageError):
        compare(row_of(RED), b"no picture")

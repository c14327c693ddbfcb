"""What a stage says is believed only as far as it can be so."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from foveate.errors import BadBody
from foveate.geometry.box import Box, Size
from foveate.remote.believed import (
    MOST_FACES,
    believed_embedding,
    believed_faces,
    believed_guesses,
    believed_maps,
    believed_matches,
    believed_preprocessed,
)
from foveate.service.stages.preprocess import FaceCrops, Preprocessed
from foveate.service.stages.search import SubjectMatch
from foveate.values import Face

SIZE = Size(64, 48)
FACE = Face(Box(10, 10, 20, 20), 0.9, ((15.0, 20.0),) * 5)
ANN = SubjectMatch(subject="Ann", face="f1", cosine=0.7, probability=0.9)
THUMBNAIL = np.zeros((48, 64, 3), np.uint8)


def test_a_face_may_reach_beyond_the_picture() -> None:
    assert believed_faces([FACE, replace(FACE, box=Box(-5, -5, 20, 20))], SIZE)


@pytest.mark.parametrize(
    "face",
    [
        replace(FACE, box=Box(nan, 10, 20, 20)),
        replace(FACE, box=Box(10, 10, inf, 20)),
        replace(FACE, box=Box(10, 10, -20, 20)),
        replace(FACE, box=Box(10, 10, 0, 20)),
        replace(FACE, box=Box(100, 10, 20, 20)),
        replace(FACE, box=Box(-1e9, -1e9, 2e9, 2e9)),
        replace(FACE, score=nan),
        replace(FACE, score=9e9),
        replace(FACE, landmarks=((nan, nan),) * 5),
        replace(FACE, landmarks=((1e300, 0.0),) * 5),
    ],
)
def test_a_face_that_cannot_be_there_is_not_believed(face: Face) -> None:
    with pytest.raises(BadBody, match="within 64x48"):
        believed_faces([FACE, face], SIZE)


def test_crowds_beyond_measure_are_not_believed() -> None:
    with pytest.raises(BadBody, match="at most"):
        believed_faces([FACE] * (MOST_FACES + 1), SIZE)


@pytest.mark.parametrize(
    "maps",
    [
        np.zeros((3, 12, 21), np.float32),
        np.zeros((2, 12, 20), np.float32),
        np.zeros((3, 240), np.float32),
        np.zeros((3, 12, 20), np.uint8),
        np.full((3, 12, 20), nan, np.float32),
        np.full((3, 12, 20), inf, np.float32),
        np.full((3, 12, 20), 2, np.float32),
    ],
)
def test_maps_of_another_shape_or_of_no_shares_are_not_believed(maps: Any) -> None:
    assert believed_maps(np.ones((3, 12, 20), np.float32), THUMBNAIL).any()
    with pytest.raises(BadBody, match="Expected maps"):
        believed_maps(maps, THUMBNAIL)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (Preprocessed(size=Size(0, 48), faces=(), crops=()), ()),
        (Preprocessed(size=SIZE, faces=(FACE,), crops=()), ("age",)),
        (Preprocessed(size=SIZE, faces=(FACE,), crops=(FaceCrops(crops={}),) * 3), ("age",)),
    ],
)
def test_faces_of_another_picture_and_other_crops_than_faces_are_not_believed(
    made: Preprocessed, words: tuple[str, ...]
) -> None:
    with pytest.raises(BadBody, match="Expected"):
        believed_preprocessed(made, SIZE, words)


@pytest.mark.parametrize("value", [0.0, nan, inf, 1e38])
def test_an_embedding_without_a_direction_is_not_believed(value: float) -> None:
    assert believed_embedding(np.full(512, 0.04, np.float32)).any()
    with pytest.raises(BadBody, match="length"):
        believed_embedding(np.full(512, value, np.float32))


@pytest.mark.parametrize(
    "row",
    [
        {"age": 30.0},
        {"age": {"a": 0.5}, "race": {"a": 1.0}},
        {"age": nan, "race": {"a": 1.0}},
        {"age": 30.0, "race": {}},
        {"age": 30.0, "race": 3.0},
        {"age": 30.0, "race": {"a": nan}},
        {"age": 30.0, "race": {"a": 2.0}},
    ],
)
def test_guesses_that_are_none_are_not_believed(row: dict[str, Any]) -> None:
    words, good = ("age", "race"), {"age": 30.0, "race": {"a": 1.0}}
    assert believed_guesses({**good, "more": 1.0}, words) == good
    with pytest.raises(BadBody, match="says of a face"):
        believed_guesses(row, words)


@pytest.mark.parametrize(
    "match",
    [
        replace(ANN, cosine=7.0),
        replace(ANN, cosine=nan),
        replace(ANN, probability=5.0),
        replace(ANN, subject="A\nB\0"),
        replace(ANN, subject="A" * 1000),
    ],
)
def test_matches_that_nobody_can_be_are_not_believed(match: SubjectMatch) -> None:
    assert believed_matches([ANN], 5) == (ANN,)
    with pytest.raises(BadBody, match="who a face may be"):
        believed_matches([match], 5)


def test_more_matches_than_were_asked_for_are_not_believed() -> None:
    with pytest.raises(BadBody, match="at most 5"):
        believed_matches([ANN] * 6, 5)

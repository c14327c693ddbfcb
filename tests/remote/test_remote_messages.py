"""What is said to another process is what would be said here, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

from foveate.errors import BadBody
from foveate.geometry.box import Box, Size
from foveate.remote import messages as m
from foveate.remote import stages_pb2 as pb
from foveate.remote.methods import METHODS, full_name
from foveate.service.stages.arrays import array_to_bytes
from foveate.service.stages.preprocess import CUT, MOST, FaceCrops, Preprocessed, cut_out
from foveate.service.stages.search import SubjectMatch
from foveate.values import Face

FACE = Face(Box(1 / 3, 2 / 7, 30.1, 40.2), 0.1 + 0.2, tuple((i / 3, i / 7) for i in range(5)))
NOISE = np.random.default_rng(3)


def crops() -> FaceCrops:
    return FaceCrops(
        crops={name: NOISE.integers(0, 256, shape, np.uint8) for name, shape in m.SHAPES.items()}
    )


def test_the_table_of_methods_is_what_the_proto_declares() -> None:
    declared = {
        (service.full_name, method.name, method.input_type.name, method.output_type.name)
        for service in pb.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }
    assert declared == {
        (
            full_name(each.service),
            each.name,
            each.request.DESCRIPTOR.name,
            each.reply.DESCRIPTOR.name,
        )
        for each in METHODS
    }


def test_the_shapes_of_crops_are_those_that_are_cut() -> None:
    rgb = NOISE.integers(0, 256, (300, 300, 3), np.uint8)
    face = Face(
        Box(100, 100, 80, 100), 0.9, ((120, 140), (160, 140), (140, 160), (125, 180), (155, 180))
    )
    (made,) = cut_out(rgb, [face], tuple(CUT))
    assert {name: crop.shape for name, crop in made.crops.items()} == m.SHAPES


def test_faces_and_their_crops_come_back_as_they_went() -> None:
    made = Preprocessed(size=Size(640, 480), faces=(FACE, FACE), crops=(crops(), crops()))
    wire = m.preprocessed_message(made).SerializeToString()
    back = m.preprocessed_from(pb.PreprocessReply.FromString(wire), tuple(CUT))
    assert (back.size, back.faces) == (made.size, made.faces)
    for one, other in zip(made.crops, back.crops, strict=True):
        assert all(np.array_equal(one.crops[name], other.crops[name]) for name in m.SHAPES)


def test_only_the_crops_that_are_needed_travel() -> None:
    (sent,) = m.crops_messages([crops()], [CUT["age"][0], CUT["gender"][0]])
    assert [crop.name for crop in sent.crops] == ["age-gender"]


def test_vectors_guesses_and_matches_come_back_as_they_went() -> None:
    vector = NOISE.normal(size=512).astype(np.float32)
    back = m.embedding_from(
        pb.Embedding.FromString(m.embedding_message(vector).SerializeToString())
    )
    assert back.dtype == np.float32
    assert np.array_equal(back, vector)
    row = {"age": 100 / 3, "race": {"b": 1 / 3, "a": 2 / 3}}
    said = m.guesses_from(pb.Guesses.FromString(m.guesses_message(row).SerializeToString()), row)
    assert said == row
    assert list(said["race"]) == ["b", "a"], "the order is that of the JSON"
    match = SubjectMatch(subject="ada\nlovelace", face="f1", cosine=1 / 3, probability=0.1 + 0.2)
    wire = m.matches_message([match]).SerializeToString()
    assert m.matches_from(pb.Matches.FromString(wire)) == (match,)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("embedding", np.zeros((1, 112, 111, 3), np.uint8)),
        ("embedding", np.zeros((1, 112, 112, 3), np.float32)),
        ("nothing", np.zeros((1, 112, 112, 3), np.uint8)),
    ],
)
def test_crops_that_no_network_takes_are_refused(name: str, array: np.ndarray) -> None:
    said = pb.FaceCrops(crops=[pb.Crop(name=name, array=array_to_bytes(array))])
    with pytest.raises(BadBody):
        m.crops_from([said], ("embedding",))


def test_crops_that_are_not_there_are_refused_and_so_are_crowds() -> None:
    with pytest.raises(BadBody, match="got no embedding"):
        m.crops_from([pb.FaceCrops()], ("embedding",))
    with pytest.raises(BadBody, match=f"at most {MOST} faces, got {MOST + 1}"):
        m.crops_from([pb.FaceCrops()] * (MOST + 1), ())


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_what_is_no_thumbnail_is_refused(array: np.ndarray) -> None:
    with pytest.raises(BadBody, match="height, width, 3"):
        m.thumbnail_from(array_to_bytes(array))


def test_other_numbers_of_values_than_there_are_in_a_face_are_refused() -> None:
    with pytest.raises(BadBody, match="10 numbers"):
        m.face_from(pb.Face(landmarks=[1.0]))
    with pytest.raises(BadBody, match="512 numbers"):
        m.embedding_from(pb.Embedding(values=[1.0]))

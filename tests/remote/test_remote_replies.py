"""A stage that answers what cannot be read is away: nobody who asked for faces can mend that."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import picture

from foveate.deadline import Deadline
from foveate.errors import StageAway
from foveate.remote import stages_pb2 as pb
from foveate.remote.caller import Caller
from foveate.remote.look import LooksAfar
from foveate.remote.messages import SHAPES
from foveate.remote.stages import EmbedAfar, PreprocessAfar, ReadAfar
from foveate.service.stages.arrays import array_to_bytes
from foveate.service.stages.preprocess import FaceCrops, Look
from foveate.settings import Rpc, Stages
from foveate.trace import Trace
from foveate.values import LANDMARKS

if TYPE_CHECKING:
    from foveate.geometry.box import Size
    from foveate.imaging import Image

CROPS = FaceCrops(crops={name: np.zeros(shape, np.uint8) for name, shape in SHAPES.items()})
GENDER = {"word": "gender", "labels": ["female", "male"]}
FACE = pb.Face(score=0.9, landmarks=[1.0] * 2 * len(LANDMARKS))


class Channel:
    """The way to a stage that says the same to everybody."""

    def __init__(self, reply: Any) -> None:
        self._reply = reply

    def unary_unary(self, _path: str, **_: Any) -> Channel:
        return self

    def future(self, _request: bytes, **_: Any) -> Future[Any]:
        told: Future[Any] = Future()
        told.set_result(self._reply)
        return told


def saying(reply: Any) -> Caller:
    return Caller("it", "here:1", Stages(), Rpc(), opens=lambda *_: Channel(reply))


def soon() -> Deadline:
    return Deadline(time.monotonic() + 20, threading.Event())


def guesses(*said: pb.Guess) -> pb.AnalyzeReply:
    return pb.AnalyzeReply(faces=[pb.Guesses(guesses=said)])


def test_an_embedding_of_another_length_is_a_stage_that_is_away() -> None:
    caller = saying(pb.EmbedReply(embeddings=[pb.Embedding(values=[1.0])]))
    with pytest.raises(StageAway, match="cannot be read: Expected 512 numbers"):
        asyncio.run(EmbedAfar(caller)([CROPS], soon()))


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (guesses(pb.Guess(word="age", years=30)), "got no gender"),
        (guesses(pb.Guess(**GENDER, probabilities=[1.0])), "Expected 2 probabilities"),
        (pb.AnalyzeReply(), "expected 1 rows, got 0"),
    ],
    ids=["a word", "a probability", "a face"],
)
def test_guesses_that_lack_something_are_a_stage_that_is_away(
    reply: pb.AnalyzeReply, why: str
) -> None:
    with pytest.raises(StageAway, match=why):
        asyncio.run(ReadAfar(saying(reply), ("age", "gender"))([CROPS], soon()))


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (pb.PreprocessReply(faces=[pb.Face(score=0.9)]), "numbers as landmarks, got 0"),
        (pb.PreprocessReply(faces=[FACE]), "crops of 1 faces, got those of 0"),
        (pb.PreprocessReply(faces=[FACE], crops=[pb.FaceCrops()]), "got no embedding"),
    ],
    ids=["landmarks", "a face's crops", "a crop"],
)
def test_faces_that_lack_something_are_a_stage_that_is_away(
    photo: Image, reply: pb.PreprocessReply, why: str
) -> None:
    look = Look(picture=picture(photo.pngsave_buffer()))
    with pytest.raises(StageAway, match=why):
        PreprocessAfar(saying(reply)).prepare(look).run(soon(), Trace())


class Here:
    """A network here that sees nothing anywhere."""

    name = "here"

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(self, _: np.ndarray) -> np.ndarray:
        return np.zeros((3, 2, 2), np.float32)


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2), (3, 0, 2)], ids=str)
def test_maps_of_other_shapes_are_not_believed_but_looked_for_here(shape: tuple[int, ...]) -> None:
    reply = pb.FindLooksReply(maps=array_to_bytes(np.ones(shape, np.float32)))
    with soon():
        seen = LooksAfar(Here(), saying(reply))(np.zeros((4, 4, 3), np.uint8))  # type: ignore[arg-type]
    assert np.array_equal(seen, np.zeros((3, 2, 2)))

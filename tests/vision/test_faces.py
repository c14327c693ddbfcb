from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.geometry import Box, Size
from foveate.models.runtime.engines import open_model
from foveate.models.supply.cards import CARDS, ModelCard, choose
from foveate.models.supply.weights import FileState, verify, where
from foveate.settings import Models, Runtime
from foveate.vision.faces import RetinaFace, fit_long_side, tensor
from foveate.vision.priors import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]


class FakeSession:
    """Answers what it is told for some priors, and `no face` for the others."""

    provider = "fake"

    def __init__(
        self,
        answers: Mapping[int, tuple[float, Sequence[float]]],
        shapes: Sequence[tuple[int, ...]] = (),
    ) -> None:
        self.answers = answers
        self.shapes = shapes
        self.seen: list[Array] = []

    def run(self, inputs: Mapping[str, Array]) -> Sequence[Array]:
        self.seen.append(inputs["input"])
        _, _, height, width = inputs["input"].shape
        number = count(Size(width, height))
        loc, marks = np.zeros((1, number, 4), np.float32), np.zeros((1, number, 10), np.float32)
        conf = np.tile(np.array([1, 0], np.float32), (1, number, 1))
        for prior, (score, place) in self.answers.items():
            conf[0, prior] = 1 - score, score
            loc[0, prior] = place
        return loc, conf, marks


def detector_of(session: Session, **settings: float) -> RetinaFace:
    return RetinaFace(lambda: session, **settings)  # type: ignore[arg-type]


STILL = (0.0, 0.0, 0.0, 0.0)
BLACK = np.zeros((64, 64, 3), np.uint8)


def test_the_network_sees_blue_first_and_without_the_mean() -> None:
    rgb = np.zeros((2, 3, 3), np.uint8)
    rgb[..., 0], rgb[..., 1], rgb[..., 2] = 10, 20, 30
    planes = tensor(rgb)
    assert planes.dtype == np.float32
    assert planes.shape == (1, 3, 2, 3)
    assert planes.flags.c_contiguous
    assert planes[0, :, 1, 2].tolist() == [30 - 104, 20 - 117, 10 - 127]


def test_a_picture_lies_in_the_corner_of_the_shape_that_holds_it_and_the_rest_is_mean() -> None:
    rgb = np.full((2, 3, 3), 200, np.uint8)
    planes = tensor(rgb, [(1, 3, 8, 8), (1, 3, 4, 6), (1, 3, 4, 2)])
    assert planes.shape == (1, 3, 4, 6)
    assert (planes[..., :2, :3] == tensor(rgb)).all()
    assert not planes[..., 2:, :].any()
    assert not planes[..., 3:].any()


def test_faces_of_a_padded_picture_are_where_they_are_in_the_picture() -> None:
    # 18 is a prior of the second row in a picture 64 wide: in a shape 96 wide that is prior 26.
    session = FakeSession({26: (0.9, STILL)}, shapes=[(1, 3, 96, 96)])
    (face,) = detector_of(session)(BLACK)
    assert face.box == Box(4, 4, 16, 16)
    assert session.seen[0].shape == (1, 3, 96, 96)


def test_what_the_network_sees_in_the_padding_is_no_face() -> None:
    # The last prior of the first row of cells lies at x = 92, beyond a picture 64 wide.
    assert detector_of(FakeSession({22: (0.9, STILL)}, shapes=[(1, 3, 96, 96)]))(BLACK) == ()


def test_one_likely_prior_is_one_face_with_landmarks() -> None:
    session = FakeSession({18: (0.9, STILL)})
    (face,) = detector_of(session)(BLACK)
    assert face.box == Box(4, 4, 16, 16)
    assert face.score == pytest.approx(0.9)
    assert face.landmarks == ((12.0, 12.0),) * 5
    assert session.seen[0].shape == (1, 3, 64, 64)


def test_faces_come_best_first_and_unlikely_ones_not_at_all() -> None:
    session = FakeSession({18: (0.6, STILL), 110: (0.95, STILL), 60: (0.5, STILL)})
    scores = [face.score for face in detector_of(session)(BLACK)]
    assert scores == pytest.approx([0.95, 0.6])


def test_a_lower_threshold_finds_more() -> None:
    session = FakeSession({18: (0.6, STILL), 110: (0.15, STILL)})
    assert len(detector_of(session)(BLACK)) == 1
    assert len(detector_of(session, score=0.1)(BLACK)) == 2


def test_priors_that_saw_the_same_face_agree_on_its_place() -> None:
    right = (1.25, 0.0, 0.0, 0.0)  # two pixels for a prior of 16
    (face,) = detector_of(FakeSession({18: (0.9, STILL), 20: (0.3, (-3.75, 0, 0, 0))}))(BLACK)
    assert face.box.left == pytest.approx(4 + 0.25 * 2)
    assert face.score == pytest.approx(0.9)
    (alone,) = detector_of(FakeSession({18: (0.9, right)}))(BLACK)
    assert alone.box.left == pytest.approx(6)


def test_boxes_end_at_the_edge_of_the_picture() -> None:
    (face,) = detector_of(FakeSession({1: (0.9, STILL)}))(BLACK)
    assert face.box == Box(0, 0, 20, 20)


def test_a_box_wholly_outside_is_no_face() -> None:
    assert detector_of(FakeSession({0: (0.9, (-50.0, 0.0, 0.0, 0.0))}))(BLACK) == ()


def test_the_session_is_loaded_by_the_first_picture() -> None:
    loads: list[int] = []

    def load() -> Session:
        loads.append(1)
        return FakeSession({})

    detector = RetinaFace(load)
    assert loads == []
    assert detector(BLACK) == ()
    assert loads == [1]


def test_the_name_changes_with_every_setting_that_changes_the_answer() -> None:
    session = FakeSession({})
    changes: list[dict[str, float]] = [
        {},
        {"long_side": 512},
        {"max_enlarge": 1.0},
        {"score": 0.8},
        {"nms_iou": 0.5},
    ]
    assert len({detector_of(session, **change).name for change in changes}) == len(changes)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size(4000, 3000), Size(640, 480)),
        (Size(640, 640), Size(640, 640)),
        (Size(400, 300), Size(640, 480)),
        (Size(100, 80), Size(200, 160)),
        (Size(1920, 1080), Size(640, 360)),
        (Size(12000, 1024), Size(1643, 140)),
        (Size(60000, 10), Size(2560, 1)),
        (Size(1, 1), Size(2, 2)),
    ],
)
def test_detector_size(size: Size, expected: Size) -> None:
    assert fit_long_side(size, 640, 2.0) == expected
    assert detector_of(FakeSession({})).input_size(size) == expected


# With the real network. Weights are looked for where `foveate models pull` puts them.


def card(name: str) -> ModelCard:
    return choose(CARDS, [name])[0]


@pytest.fixture(scope="module")
def settings() -> Models:
    return Models()


@pytest.fixture(scope="module")
def real(settings: Models) -> Session:
    for name in ("retinaface", "astronaut"):
        if verify(card(name), settings) is not FileState.OK:
            pytest.skip(f"{name} is not here: foveate models pull {name}")
    return open_model("retinaface", settings, Runtime(engine="onnxruntime"))


@pytest.fixture
def astronaut(real: Session, settings: Models) -> Callable[[int], Array]:
    from foveate.imaging import Image  # noqa: PLC0415 - only where the picture is there

    path: Path = where(card("astronaut"), settings)

    def at(side: int) -> Array:
        picture = Image.new_from_file(str(path))
        pixels: Array = picture.resize(side / picture.width).numpy()[..., :3]
        return pixels

    assert real.provider
    return at


BOX = [177.75, 56.89, 273.05, 177.29]
LANDMARKS = [
    [204.75, 100.99],
    [247.28, 103.39],
    [223.64, 129.45],
    [202.59, 138.21],
    [244.45, 140.42],
]


@pytest.mark.models
def test_the_network_gives_the_reference_tensors(real: Session) -> None:
    ramp = (np.arange(3 * 320 * 320) % 251 / 250).astype(np.float32)
    x = (ramp * np.float32(255) - np.float32(116)).reshape(1, 3, 320, 320)
    loc, conf, marks = real.run({"input": x})
    assert np.allclose(loc.ravel()[:4], [0.15464, 1.50905, -2.03259, -0.97766], atol=1e-3)
    assert np.allclose(conf.ravel()[:4], [0.99952, 0.00048, 0.99970, 0.00030], atol=1e-4)
    assert np.allclose(marks.ravel()[:4], [-1.88747, -1.19999, 1.72129, -1.22058], atol=1e-3)
    assert loc.mean() == pytest.approx(-0.110700, abs=1e-4)
    assert marks.mean() == pytest.approx(-0.041702, abs=1e-4)


@pytest.mark.models
@pytest.mark.parametrize("side", [512, 640])
def test_the_astronaut_is_found_where_she_is(
    real: Session, astronaut: Callable[[int], Array], side: int
) -> None:
    (face,) = detector_of(real)(astronaut(side))
    box = face.box.scaled(512 / side)
    slack = 1.5 if side == 512 else 4.0
    assert np.allclose([box.left, box.top, box.right, box.bottom], BOX, atol=slack)
    assert np.allclose(np.array(face.landmarks) * 512 / side, LANDMARKS, atol=slack + 0.5)
    assert face.score == pytest.approx(0.99948, abs=5e-3 if side != 512 else 2e-4)


@pytest.mark.models
def test_threads_on_one_session_get_equal_answers(
    real: Session, astronaut: Callable[[int], Array]
) -> None:
    detector = detector_of(real)
    pictures = [astronaut(side) for side in (200, 256, 320)]
    alone = [detector(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detector, pictures * 4))
    assert together == alone * 4


@pytest.mark.models
@pytest.mark.parametrize("shape", [(1, 1), (1, 640), (7, 3), (33, 65)])
def test_no_shape_is_too_odd(real: Session, shape: tuple[int, int]) -> None:
    assert detector_of(real)(np.full((*shape, 3), 127, np.uint8)) == ()

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from vision_fakes import Network, face_at

from foveate.enrolled import DIMENSIONS
from foveate.geometry import Box
from foveate.values import Face
from foveate.vision.embedding import MobileFaceNet, tensor
from foveate.vision.similarity import SAME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]


def corners(pixels: Array) -> Sequence[Array]:
    """Answer with the first pixel's three channels, not normalised."""
    raw = np.zeros((len(pixels), DIMENSIONS), np.float32)
    raw[:, :3] = pixels[:, :, 0, 0] * 10
    return (raw,)


def test_the_network_sees_blue_first_around_zero() -> None:
    crop = np.zeros((112, 112, 3), np.uint8)
    crop[..., 0], crop[..., 1], crop[..., 2] = 127, 255, 63
    (planes,) = tensor([crop]).values()
    assert planes.shape == (1, 3, 112, 112)
    assert planes.dtype == np.float32
    assert planes[0, :, 5, 7].tolist() == [-0.5, 1.0, 0.0]


def test_vectors_have_length_one_and_the_order_of_the_faces() -> None:
    rgb = np.zeros((120, 400, 3), np.uint8)
    rgb[:, :200], rgb[:, 200:] = (127, 127, 200), (200, 127, 127)
    embed = MobileFaceNet(lambda: Network(corners))
    vectors = embed(rgb, [face_at(10, 4, 112), face_at(280, 4, 112)])
    assert vectors.shape == (2, DIMENSIONS)
    assert vectors[:, :3] == pytest.approx(np.array([[1, 0, 0], [0, 0, 1]]), abs=1e-6)


def test_a_face_is_cut_out_as_the_template_has_it() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (150, 180, 3), np.uint8)
    network = Network(corners)
    embed = MobileFaceNet(lambda: network)
    embed(rgb, [face_at(30, 20, 112)])
    embed.of_crops([rgb[20:132, 30:142]])
    assert np.array_equal(*network.seen)


def test_without_faces_nothing_is_loaded() -> None:
    def load() -> Session:
        pytest.fail("there was nothing to embed")

    embed = MobileFaceNet(load)
    assert embed(np.zeros((9, 9, 3), np.uint8), []).shape == (0, DIMENSIONS)


BOX = Box(177.75, 56.89, 95.3, 120.4)
MARKS = (
    (204.75, 100.99),
    (247.28, 103.39),
    (223.64, 129.45),
    (202.59, 138.21),
    (244.45, 140.42),
)


@pytest.mark.models
def test_the_reference_vector(network: Callable[[str], Session], portrait: Array) -> None:
    session = network("mobilefacenet")
    (vector,) = MobileFaceNet(lambda: session)(portrait, [Face(BOX, 1.0, MARKS)])
    expected = [0.03735, 0.06014, -0.03882, 0.00480, -0.02548]
    assert vector[:5] == pytest.approx(expected, abs=4e-3)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.models
def test_a_mirrored_darker_face_is_the_same_person_and_an_upside_down_one_is_not(
    network: Callable[[str], Session], portrait: Array
) -> None:
    session = network("mobilefacenet")
    embed = MobileFaceNet(lambda: session)
    mirrored = (portrait[:, ::-1] * 0.6).astype(np.uint8)
    order = (1, 0, 2, 4, 3)
    marks = tuple((511 - MARKS[n][0], MARKS[n][1]) for n in order)
    (one,) = embed(portrait, [Face(BOX, 1.0, MARKS)])
    (two,) = embed(mirrored, [Face(BOX, 1.0, marks)])
    (three,) = embed(portrait[::-1], [Face(BOX, 1.0, MARKS)])
    assert one @ two > 0.8
    assert one @ three < SAME

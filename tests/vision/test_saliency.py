from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from vision_fakes import Network

from foveate.geometry import Size
from foveate.vision.saliency import (
    DEVIATION,
    MEAN,
    Gaze,
    ImgFocus,
    enlarged,
    people,
    people_readout,
    readout,
    tensor,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from foveate.ports import Session

Array = np.ndarray[Any, np.dtype[Any]]


def tokens_of(seen: Array) -> Sequence[Array]:
    """Answer as the network: a token for the picture, and one for each of its patches."""
    rows, columns = seen.shape[2] // 14, seen.shape[3] // 14
    patches = seen[0].reshape(3, rows, 14, columns, 14).mean((0, 2, 4)).reshape(-1, 1)
    layer = np.concatenate([np.full((1, 384), 99.0), np.repeat(patches, 384, axis=1)])
    return [layer[None].astype(np.float32), -layer[None].astype(np.float32)]


def test_pictures_come_in_few_shapes_that_are_nearly_their_own() -> None:
    shapes = {
        Gaze(lambda: Network(tokens_of)).input_size(Size(width, height))
        for width in range(100, 1000, 45)
        for height in range(100, 1000, 45)
    }
    assert len(shapes) == 9
    assert all(side % 14 == 0 for size in shapes for side in (size.width, size.height))
    assert all(size.long_side == 196 for size in shapes)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size(800, 600), Size(196, 154)),
        (Size(600, 800), Size(154, 196)),
        (Size(1, 1), Size(196, 196)),
        (Size(1920, 1080), Size(196, 112)),
        (Size(6000, 4000), Size(196, 126)),
        (Size(12_000, 10), Size(196, 84)),
    ],
)
def test_the_shape_is_the_nearest(size: Size, expected: Size) -> None:
    assert Gaze(lambda: Network(tokens_of)).input_size(size) == expected


def test_the_network_sees_rgb_about_zero() -> None:
    planes = tensor(np.full((2, 3, 3), (124, 116, 104), np.uint8))
    assert planes.shape == (1, 3, 2, 3)
    assert planes.dtype == np.float32
    assert planes.flags.c_contiguous
    assert np.abs(planes).max() < 0.02
    assert tensor(np.full((1, 1, 3), 255, np.uint8))[0, 0, 0, 0] == pytest.approx(
        (255 - MEAN[0]) / DEVIATION[0]
    )


def test_the_first_token_is_no_place() -> None:
    rgb = np.zeros((28, 42, 3), np.uint8)
    rgb[:14, 14:28] = 255
    tokens = Gaze(lambda: Network(tokens_of)).tokens(rgb)
    assert tokens.shape == (2, 3, 768)
    assert np.argwhere(tokens[..., 0] == tokens[..., 0].max()).tolist() == [[0, 1]]
    assert tokens[..., 384:] == pytest.approx(-tokens[..., :384])


def test_the_maps_have_four_cells_to_a_patch_and_the_peak_of_looks_is_one() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (154, 196, 3), np.uint8)
    seen = Gaze(lambda: Network(tokens_of))(rgb)
    assert seen.shape == (3, 44, 56)
    assert seen.dtype == np.float32
    assert seen[0].max() == 1.0
    assert seen.min() > 0
    assert seen.max() <= 1


def test_the_map_is_the_root_of_the_density_that_the_readout_gives() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (28, 28, 3), np.uint8)
    gaze = Gaze(lambda: Network(tokens_of))
    logs = enlarged(gaze.tokens(rgb) @ readout(), 4)
    assert 2 * np.log(gaze(rgb)[0]) == pytest.approx(logs - logs.max(), abs=1e-4)


def test_people_are_the_logistic_curve_of_what_their_readout_gives() -> None:
    tokens = Gaze(lambda: Network(tokens_of)).tokens(np.full((14, 14, 3), 90, np.uint8))
    weights, least = people_readout()
    odds = float(tokens[0, 0] @ weights + least)
    assert people(tokens) == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)


def test_the_readouts_come_with_the_package() -> None:
    for weights in (readout(), people_readout()[0]):
        assert weights.shape == (768,)
        assert np.isfinite(weights).all()
        assert weights.any()


def test_the_session_is_loaded_by_the_first_picture() -> None:
    loads: list[int] = []

    def load() -> Session:
        loads.append(1)
        return Network(tokens_of)

    gaze = Gaze(load)
    gaze.input_size(Size(10, 10))
    assert gaze.name.startswith("gaze-")
    assert loads == []
    gaze(np.zeros((14, 14, 3), np.uint8))
    assert loads == [1]


def test_enlarging_is_linear_between_centres_and_flat_outside() -> None:
    wide = enlarged(np.array([[0.0, 4.0]], np.float32), 2)
    assert wide.tolist() == [[0.0, 1.0, 3.0, 4.0], [0.0, 1.0, 3.0, 4.0]]
    assert enlarged(np.array([[3.0]], np.float32), 4).tolist() == [[3.0] * 4] * 4


def test_what_stands_out_is_padded_to_a_square_and_cut_out_of_it_again() -> None:
    network = Network(lambda seen: [seen[:, :1]])
    rgb = np.random.default_rng(0).integers(1, 256, (112, 224, 3), np.uint8)
    assert ImgFocus(lambda: network).input_size(Size(2000, 1000)) == Size(224, 112)
    seen = ImgFocus(lambda: network)(rgb)
    assert network.seen[0].shape == (1, 3, 224, 224)
    assert seen == pytest.approx((rgb[..., 0] - MEAN[0]) / DEVIATION[0], abs=1e-5)
    assert network.seen[0][0, 0, 0, 0] == pytest.approx(-MEAN[0] / DEVIATION[0])


@pytest.mark.models
def test_words_on_a_suit_are_read_first_and_eyes_stand_out(
    network: Callable[[str], Session], portrait: Array
) -> None:
    part = portrait[:392, :392].reshape(196, 2, 196, 2, 3).mean((1, 3)).astype(np.uint8)
    seen, *_ = Gaze(lambda: network("gaze"))(part)
    row, column = np.unravel_index(seen.argmax(), seen.shape)
    assert (row > 50, 18 < column < 30) == (True, True), "the badge with her name"
    assert seen[12:20, 28:36].mean() > 1.5 * np.median(seen), "the middle of her face"


@pytest.mark.models
def test_she_is_a_person_and_the_flag_beside_her_is_none(
    network: Callable[[str], Session], portrait: Array
) -> None:
    part = portrait[:392, :392].reshape(196, 2, 196, 2, 3).mean((1, 3)).astype(np.uint8)
    _, persons, _ = Gaze(lambda: network("gaze"))(part)
    assert persons[16:24, 28:36].min() > 0.8, "her face"
    assert persons[:8, :8].max() < 0.3, "the upper left corner"

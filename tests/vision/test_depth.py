"""Depth out of a network and a readout, drawn here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from vision_fakes import Network

from foveate.geometry.box import Size
from foveate.vision.depth import (
    Known,
    TcMonoDepth,
    along_edges,
    averaged,
    confidence,
    depth_of,
    fused,
    nearness,
    order_of,
    resized,
    standard,
)
from foveate.vision.depth_readout import LAYER, coded, decoded, order, weights

Array = np.ndarray[Any, np.dtype[Any]]


def ball(rows: int = 192, columns: int = 320) -> Array:
    """Near in the middle, and nearer further down."""
    y, x = np.mgrid[0:rows, 0:columns]
    far = np.hypot((x - columns / 2) / columns, (y - rows / 2) / rows)
    return ((far < 0.2) * 0.6 + 0.2 + 0.2 * y / rows).astype(np.float32)


def test_the_network_sees_every_picture_at_one_size_in_plain_numbers() -> None:
    given: list[Array] = []

    def answer(seen: Array) -> list[Array]:
        given.append(seen)
        return [seen.mean(axis=1, keepdims=True)]

    network = TcMonoDepth(lambda: Network(answer))
    assert network.input_size(Size(900, 1600)) == Size(320, 192)
    rgb = np.full((192, 320, 3), (255, 128, 1), np.uint8)
    near = network(rgb)
    assert given[0].shape == (1, 3, 192, 320)
    assert given[0][0, :, 0, 0].tolist() == [255, 128, 1]
    assert near.shape == (192, 320)


def test_the_readout_comes_with_the_package() -> None:
    known = weights()
    assert known.patch.shape == (LAYER,)
    assert np.isfinite(known.patch).all()
    assert known.near > 0
    assert known.log > 0


def test_the_readout_goes_by_the_later_layer_alone_and_has_no_mean() -> None:
    tokens = np.random.default_rng(0).normal(size=(4, 6, 2 * LAYER)).astype(np.float32)
    read = order(tokens)
    assert abs(float(read.mean())) < 1e-4
    changed = tokens.copy()
    changed[..., :LAYER] = 7
    assert np.array_equal(order(changed), read)


def test_what_the_readout_says_survives_as_a_map_of_bytes() -> None:
    ordered = np.linspace(-3.5, 3.5, 40, dtype=np.float32).reshape(5, 8)
    bytes_ = np.round(coded(ordered) * 255) / 255
    assert decoded(bytes_) == pytest.approx(ordered, abs=0.02)


def test_together_they_have_the_edges_of_the_network_and_the_order_of_both() -> None:
    near = ball()
    ordered = averaged(near, (44, 56))
    made = fused(near, standard(ordered))
    assert made.shape == near.shape
    assert np.corrcoef(made.ravel(), near.ravel())[0, 1] > 0.9
    # Half of the step lies between two neighbours of the network's own map.
    row = made[96, 60:130]
    assert np.diff(row).max() > 0.5 * (row.max() - row.min())


def test_a_readout_that_disagrees_moves_places_and_makes_it_unsure() -> None:
    near = ball()
    same, other = standard(averaged(near, (44, 56))), -standard(averaged(near, (44, 56)))
    assert confidence(near, same) == 1
    assert confidence(near, other) == 0
    chance = np.random.default_rng(0).normal(size=(44, 56)).astype(np.float32)
    assert 0.1 < confidence(near, chance) < 0.3


@pytest.mark.parametrize(
    "near", [np.full((192, 320), 0.4, np.float32), np.zeros((192, 320), np.float32)]
)
def test_a_flat_picture_has_no_depth_and_no_confidence(near: Array) -> None:
    found = depth_of(near, np.zeros((44, 56), np.float32))
    assert np.isfinite(found.nearness).all()
    assert found.confidence < 0.3


def test_nearness_is_between_0_and_1_and_goes_with_1_over_distance() -> None:
    logs = np.linspace(-2, 2, 400, dtype=np.float32).reshape(20, 20)
    near = nearness(logs)
    assert (near.min(), near.max()) == (0, 1)
    middle = (np.exp(0.0) - np.exp(-1.0)) / (np.exp(1.0) - np.exp(-1.0))
    assert near.ravel()[200] == pytest.approx(middle, abs=0.02)
    assert (nearness(np.zeros((5, 5), np.float32)) == 0.5).all()


def test_alone_the_readout_says_what_is_nearer_and_that_it_is_rough() -> None:
    found = order_of(standard(ball(44, 56)))
    assert found.known_by is Known.ORDER
    assert found.confidence < 0.5
    assert found.nearness[22, 28] > found.nearness[10, 5]


def test_a_map_takes_the_edges_of_the_picture() -> None:
    rgb = np.zeros((120, 160, 3), np.uint8)
    rgb[:, :80] = (220, 60, 30)
    soft = np.tile((1 - (np.arange(40) - 18) / 4).clip(0, 1).astype(np.float32), (30, 1))
    made = along_edges(soft, rgb)
    assert made.shape == (120, 160)
    assert made[60, 76] - made[60, 84] > 0.4
    assert made[60, 10] > 0.9
    assert made[60, 150] < 0.1


def test_means_of_parts_are_means_and_between_them_it_is_linear() -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert averaged(values, (2, 3)).tolist() == [[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]]
    assert resized(np.array([[[0.0, 1.0]]], np.float32), (1, 4))[0, 0].tolist() == [
        0,
        0.25,
        0.75,
        1,
    ]

"""Mattes with fake networks: what goes in, what comes out, and which network is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.vision.matting import (
    IsNet,
    Selfie,
    decided,
    of_people,
    parting,
    salient,
    stretched,
    sure,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Tensor = NDArray[np.float32]


class Network:
    """A session that answers with a function of its only input, and remembers it."""

    provider = "fake"
    shapes = ()

    def __init__(self, answer: Callable[[Tensor], Tensor]) -> None:
        self.answer = answer
        self.seen: dict[str, Tensor] = {}

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[Tensor]:
        self.seen = dict(inputs)  # type: ignore[arg-type]
        (value,) = self.seen.values()
        return [self.answer(value)]


class Saliency:
    """A saliency network that says the same of every picture."""

    name = "fake-saliency"

    def __init__(self, seen: Tensor) -> None:
        self.map = seen
        self.shape: tuple[int, ...] = ()

    def input_size(self, size: Size) -> Size:  # noqa: ARG002
        return Size(224, 200)

    def __call__(self, rgb: NDArray[np.uint8]) -> Tensor:
        self.shape = rgb.shape
        return self.map


def square(low: float, high: float, side: int = 256) -> Tensor:
    """Return a map that is `high` in its middle quarter and `low` around it."""
    values = np.full((side, side), low, np.float32)
    values[side // 4 : -side // 4, side // 4 : -side // 4] = high
    return values


def selfie(seen: Tensor, saliency: Saliency | None = None) -> tuple[Selfie, Network]:
    """Return the network that sees `seen`, whatever is there."""
    network = Network(lambda tensor: np.broadcast_to(seen[None, ..., None], tensor[..., :1].shape))
    return Selfie(lambda: network, saliency), network


def test_isnet_gets_planes_around_zero_and_its_matte_stays_in_range() -> None:
    network = Network(lambda tensor: tensor[:, :1] * 4)
    rgb = np.zeros((768, 768, 3), np.uint8)
    rgb[0, 0] = (255, 128, 0)
    matte = IsNet(lambda: network)(rgb)
    tensor = network.seen["input"]
    assert tensor.shape == (1, 3, 768, 768)
    assert tensor[0, :, 0, 0] == pytest.approx([127 / 256, 0, -0.5])
    assert matte.shape == (768, 768)
    assert (matte[0, 0], matte[0, 1]) == (1, 0)


@pytest.mark.parametrize(("level", "side"), [("balanced", 768), ("accurate", 1024)])
def test_the_level_decides_the_side_and_is_named(level: str, side: int) -> None:
    isnet = IsNet(lambda: Network(lambda tensor: tensor), level=level)
    assert isnet.input_size(Size(50, 4000)) == Size(side, side)
    assert isnet.name == f"isnet-{level}-{side}"


def test_nothing_is_loaded_before_the_first_picture() -> None:
    def load() -> Network:
        raise AssertionError("loaded too early")

    assert IsNet(load).name
    assert Selfie(load).input_size(Size(10, 10)) == Size(256, 256)


def test_selfie_looks_twice_and_takes_the_mean() -> None:
    """Its network sees red, and everything in the right half."""
    network = Network(lambda tensor: np.maximum(tensor[..., :1], right))
    right = square(0, 0)[None, ..., None].copy()
    right[:, :, 128:] = 1
    rgb = np.zeros((256, 256, 3), np.uint8)
    rgb[:, :64, 0] = 255
    matte = Selfie(lambda: network)(rgb)
    assert network.seen["input_1"].shape == (1, 256, 256, 3)
    assert matte.shape == (256, 256)
    assert (matte[:, :64] == 1).all()
    assert (matte[:, 64:] == 0.5).all()


def test_selfie_that_is_sure_of_people_needs_no_saliency() -> None:
    saliency = Saliency(square(0, 0.2))
    network, _ = selfie(square(0.02, 0.98), saliency)
    matte = network(np.zeros((256, 256, 3), np.uint8))
    assert matte[128, 128] == 1
    assert of_people(matte)
    assert saliency.shape == ()


@pytest.mark.parametrize(
    "seen",
    [square(0, 0), square(0.95, 0.99), square(0.4, 0.95)],
    ids=["nobody", "everything", "vague"],
)
def test_where_selfie_sees_no_people_saliency_decides(seen: Tensor) -> None:
    saliency = Saliency(square(0.2, 0.9, 224))
    network, _ = selfie(seen, saliency)
    matte = network(np.zeros((256, 256, 3), np.uint8))
    assert saliency.shape == (200, 224, 3)
    assert matte.shape == (224, 224)
    assert not of_people(matte)
    assert (matte[0, 0], matte[112, 112]) == (0, 1)


def test_what_is_nearly_subject_is_subject_and_the_rest_keeps_its_order() -> None:
    seen = np.array([[0.0, 0.14, 0.3, 0.5, 0.7, 0.86, 1.0]], np.float32)
    alpha = decided(seen)
    assert alpha[0, [0, 1, 5, 6]].tolist() == [0, 0, 1, 1]
    assert alpha[0, 3] == pytest.approx(0.5)
    assert 0 < alpha[0, 2] < alpha[0, 3] < alpha[0, 4] < 1


def test_without_saliency_selfie_says_what_it_sees() -> None:
    network, _ = selfie(square(0.4, 0.95))
    # 0.4 lies as far from a half as before, relative to the 0.7 of alpha that is in doubt.
    assert network(np.zeros((256, 256, 3), np.uint8))[0, 0] == pytest.approx(0.5 - 0.1 / 0.7)


def test_the_name_tells_that_saliency_may_decide() -> None:
    alone, _ = selfie(square(0, 1))
    helped, _ = selfie(square(0, 1), Saliency(square(0, 1)))
    assert alone.name == "selfie-fast-256-0.15"
    assert helped.name == "selfie-fast-256-0.15-fake-saliency"


def test_people_are_sure_when_clear_and_not_all_there_is() -> None:
    assert sure(square(0, 1))
    assert not sure(square(0.3, 1))
    assert not sure(np.ones((256, 256), np.float32))
    assert not sure(np.zeros((256, 256), np.float32))


def test_the_parting_value_lies_between_two_groups() -> None:
    assert 0.3 < parting(square(0.3, 0.8)) <= 0.8
    assert parting(np.zeros((4, 4), np.float32)) >= 0


def test_a_picture_where_nothing_stands_out_has_no_matte() -> None:
    assert not salient(np.full((10, 10), 0.2, np.float32)).any()


def test_saliency_near_the_parting_value_is_half_transparent() -> None:
    values = square(0.1, 0.9)
    values[128, 128] = 0.5
    matte = salient(values)
    assert 0 < matte[128, 128] < 1


def test_stretching_keeps_every_colour_in_its_place() -> None:
    rgb = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)
    assert (stretched(rgb, Size(6, 4)) == rgb).all()
    assert (stretched(rgb, Size(3, 8))[::2] == rgb[:, 1::2]).all()

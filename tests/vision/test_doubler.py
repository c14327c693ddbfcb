"""Doubling by networks that do what the test says, and by the one of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.vision.doubler import CONTEXT, Doubler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

CHANCE = np.random.default_rng(5)


class Checkered:
    """Doubles what it is given, every second column brighter by a tenth, the others darker."""

    provider = "a test"
    shapes: Sequence[tuple[int, ...]] = ()

    def __init__(self) -> None:
        self.noise: list[float] = []

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        x = inputs["seen"]
        assert x.dtype == np.float32
        noise = x[0, 3]
        assert (noise == noise[0, 0]).all()
        self.noise.append(float(noise[0, 0]))
        made = x[:, :3, CONTEXT:-CONTEXT, CONTEXT:-CONTEXT].astype(np.float32)
        made = made.repeat(2, 2).repeat(2, 3)
        odd = np.arange(made.shape[3]) % 2
        return [made + np.where(odd, np.float32(0.1), np.float32(-0.1))]


def off(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The mean square of what differs."""
    return float(np.square(one.astype(float) - other).mean())


def halved(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width, _ = photo.shape
    squares = photo.reshape(height // 2, 2, width // 2, 2, 3)
    return squares.mean((1, 3)).round().astype(np.uint8)


def interpolated(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width, _ = small.shape
    return to_array(brought_to(from_array(small), Size(2 * width, 2 * height)))


def test_a_picture_is_what_the_network_made_of_it_at_twice_its_sides() -> None:
    rgb = CHANCE.integers(30, 226, (70, 90, 3), np.uint8)
    made = Doubler(Checkered).doubled(rgb)
    assert made.shape == (140, 180, 3)
    by = np.where(np.arange(180) % 2, 25.5, -25.5)[:, None]
    assert np.abs(made - (rgb.repeat(2, 0).repeat(2, 1) + by)).max() <= 0.51


def test_the_network_is_told_how_strongly_a_jpeg_was_compressed() -> None:
    rgb, session = CHANCE.integers(0, 256, (9, 9, 3), np.uint8), Checkered()
    network = Doubler(lambda: session)
    network.doubled(rgb)
    network.doubled(rgb, 70)
    assert session.noise == pytest.approx([0, 0.3])


def test_one_colour_is_not_looked_at() -> None:
    rgb, session = np.full((80, 90, 3), (250, 120, 3), np.uint8), Checkered()
    made = Doubler(lambda: session).doubled(rgb, 40)
    assert made.shape == (160, 180, 3)
    assert (made == rgb[0, 0]).all()
    assert session.noise == []


def test_the_network_is_nearer_to_a_photo_than_interpolation(portrait: NDArray[np.uint8]) -> None:
    photo = portrait[60:220, 150:310]
    small = halved(photo)
    assert off(Doubler().doubled(small), photo) < 0.75 * off(interpolated(small), photo)


def test_the_network_takes_out_what_jpeg_left(portrait: NDArray[np.uint8]) -> None:
    photo = portrait[60:220, 150:310]
    jpeg = from_array(halved(photo)).jpegsave_buffer(Q=50)
    seen: NDArray[np.uint8] = Image.new_from_buffer(jpeg, "").numpy()
    made = Doubler().doubled(seen, 50)
    assert off(made, photo) < 0.85 * off(interpolated(seen), photo)
    assert off(made, photo) < off(Doubler().doubled(seen), photo), "when it knows"


def test_the_network_keeps_grey_grey_and_edges_where_they_are() -> None:
    rgb = np.full((40, 40, 3), 40, np.uint8)
    rgb[:, 20:] = 210
    made = Doubler().doubled(rgb).astype(int)
    assert np.ptp(made, axis=2).max() <= 6
    assert np.abs(made[:, :36] - 40).max() <= 8
    assert np.abs(made[:, 44:] - 210).max() <= 8

"""Enlarging tile by tile, with networks that do what the test says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.imaging import Image
from foveate.imaging.pixels import brought_to, from_array, to_array
from foveate.vision.upscaler import CONTEXT, Noise, Waifu2x

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.ports import Session

CHANCE = np.random.default_rng(5)


class Smearing:
    """Makes of each pixel four of the mean of all up to CONTEXT away: it needs all of them."""

    provider = "a test"

    def __init__(self, shapes: Sequence[tuple[int, ...]] = ()) -> None:
        self.shapes = shapes
        self.seen: list[tuple[int, ...]] = []

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        (x,) = inputs.values()
        assert x.dtype == np.float32
        self.seen.append(x.shape)
        return [smeared(x).repeat(2, 2).repeat(2, 3)]


def smeared(x: NDArray[Any]) -> NDArray[np.float32]:
    """(n, c, h, w) without CONTEXT on each side: means of squares."""
    side = 2 * CONTEXT + 1
    rows = np.lib.stride_tricks.sliding_window_view(x, side, 2).mean(-1)
    return np.lib.stride_tricks.sliding_window_view(rows, side, 3).mean(-1).astype(np.float32)


def upscaler(session: Smearing) -> Waifu2x:
    return Waifu2x(dict.fromkeys(Noise, lambda: session))


def picture(height: int, width: int) -> NDArray[np.uint8]:
    return CHANCE.integers(0, 256, (height, width, 3), np.uint8)


def whole(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What a network would say of all of a picture at once, (height, width, 3), not doubled."""
    around = np.pad(rgb, [(CONTEXT, CONTEXT)] * 2 + [(0, 0)], mode="edge")
    return smeared(around.transpose(2, 0, 1)[None].astype(np.float32))[0].transpose(1, 2, 0)


@pytest.mark.parametrize("shapes", [(), ((1, 3, 78, 78),)], ids=["any shape", "one shape"])
@pytest.mark.parametrize("size", [(1, 2), (9, 150), (70, 140)])
def test_tiles_join_without_a_seam(
    shapes: Sequence[tuple[int, ...]], size: tuple[int, int]
) -> None:
    rgb, session = picture(*size), Smearing(shapes)
    made = upscaler(session).doubled(rgb, Noise.LIGHT)
    expected = whole(rgb).repeat(2, 0).repeat(2, 1)
    assert np.abs(made.astype(float) - expected).max() <= 0.51
    if shapes:
        assert set(session.seen) == set(shapes)


def test_what_is_cleaned_keeps_its_size_and_is_what_the_network_made_of_it() -> None:
    rgb = picture(30, 20)
    made = upscaler(Smearing()).cleaned(rgb, Noise.STRONG)
    assert made.shape == rgb.shape
    assert np.abs(made.astype(float) - whole(rgb)).max() <= 0.51


def test_each_noise_has_a_network_of_its_own() -> None:
    sessions = {noise: Smearing() for noise in Noise}
    network = Waifu2x({noise: (lambda own=own: own) for noise, own in sessions.items()})  # type: ignore[misc]
    network.doubled(picture(9, 9), Noise.STRONG)
    assert [len(sessions[noise].seen) for noise in Noise] == [0, 0, 1]


def test_one_colour_is_not_looked_at() -> None:
    rgb = np.full((200, 300, 3), (250, 120, 3), np.uint8)
    session = Smearing()
    made = upscaler(session).doubled(rgb, Noise.LIGHT)
    assert (made == rgb[0, 0]).all()
    assert made.shape == (400, 600, 3)
    assert session.seen == []


def off(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """The mean square of what differs."""
    return float(np.square(one.astype(float) - other).mean())


@pytest.mark.models
def test_the_network_is_nearer_to_a_photo_than_interpolation(
    network: Callable[[str], Session], portrait: NDArray[np.uint8]
) -> None:
    photo = portrait[60:220, 150:310]
    small = photo.reshape(80, 2, 80, 2, 3).mean((1, 3)).round().astype(np.uint8)
    session = network("waifu2x")
    made = Waifu2x(dict.fromkeys(Noise, lambda: session)).doubled(small)
    interpolated = to_array(brought_to(from_array(small), Size(160, 160)))
    assert off(made, photo) < 0.75 * off(interpolated, photo)


@pytest.mark.models
def test_the_network_takes_out_what_jpeg_left(
    network: Callable[[str], Session], portrait: NDArray[np.uint8]
) -> None:
    photo = np.ascontiguousarray(portrait[60:220, 150:310])
    jpeg = from_array(photo).jpegsave_buffer(Q=30)
    seen: NDArray[np.uint8] = Image.new_from_buffer(jpeg, "").numpy()
    session = network("waifu2x-noise2")
    cleaned = Waifu2x({Noise.STRONG: lambda: session}).cleaned(seen, Noise.STRONG)
    assert off(cleaned, photo) < 0.85 * off(seen, photo)

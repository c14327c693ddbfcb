"""Mattes and depths of the frames of an animation: steady where the picture is, and never late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from foveate.vision.depth import Depth, Known
from foveate.vision.steady import Clip, small_enough, steady_depths, steady_mattes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Map = NDArray[np.float32]
    Frame = NDArray[np.uint8]

COUNT = 8
GROUND: Frame = np.random.default_rng(7).integers(60, 180, (12, 16, 3)).astype(np.uint8)


def scene(left: int | None) -> tuple[Frame, Map]:
    """A red block before a patterned wall of 64 x 48, and where it is."""
    frame, truth = GROUND.repeat(4, 0).repeat(4, 1), np.zeros((48, 64), np.float32)
    if left is not None:
        frame[14:34, left : left + 16] = (230, 20, 30)
        truth[14:34, left : left + 16] = 1
    return frame, truth


def clip_of(lefts: Sequence[int | None]) -> tuple[Clip, list[Map]]:
    frames, truths = zip(*map(scene, lefts), strict=True)
    return Clip(frames), list(truths)


def flicker(mattes: Sequence[Map], truths: Sequence[Map]) -> float:
    """How much more neighbours differ than they should."""
    return float(np.mean(np.abs(np.diff(mattes, axis=0) - np.diff(truths, axis=0))))


def test_what_blinks_is_steady_and_what_moves_is_no_later() -> None:
    clip, truths = clip_of([4 + 2 * number for number in range(COUNT)])
    seen = [matte.copy() for matte in truths]
    seen[3][24:] = 0
    noise = np.random.default_rng(0).normal(0, 0.15, (COUNT, 48, 64)).astype(np.float32)
    seen = [(matte + extra).clip(0, 1) for matte, extra in zip(seen, noise, strict=True)]
    steady = steady_mattes(seen, clip)
    assert flicker(steady, truths) < 0.4 * flicker(seen, truths)
    for matte, truth in zip(steady, truths, strict=True):
        inside = (matte > 0.5) & (truth > 0.5)
        assert inside.sum() / ((matte > 0.5) | (truth > 0.5)).sum() > 0.8


def test_the_subject_of_the_first_frame_stays_the_subject() -> None:
    clip, truths = clip_of([20] * COUNT)
    other = np.zeros_like(truths[0])
    other[5:30, 48:62] = 1
    seen = [truths[0], *[np.maximum(truths[0], other)] * 3, *[other] * 2, *truths[:2]]
    for matte in steady_mattes(seen, clip, one_subject=True):
        assert np.abs(matte - truths[0]).max() < 0.05
    assert steady_mattes(seen, clip)[3][5:30, 48:62].min() > 0.3


def test_another_scene_has_another_subject() -> None:
    first, other = scene(4)[0], 255 - scene(None)[0][::-1]
    mattes = [np.zeros((48, 64), np.float32) for _ in range(4)]
    for number, matte in enumerate(mattes):
        matte[10:30, (4 if number < 2 else 40) :][:, :16] = 1
    steady = steady_mattes(mattes, Clip([first, first, other, other]), one_subject=True)
    assert all(np.array_equal(one, two) for one, two in zip(steady, mattes, strict=True))


def test_the_rarer_kind_of_matte_is_not_believed() -> None:
    clip, truths = clip_of([20] * COUNT)
    seen = list(truths)
    seen[4] = np.ones((30, 40), np.float32)
    assert np.abs(steady_mattes(seen, clip)[4] - truths[4]).max() < 0.05


def test_depth_keeps_its_scale_when_something_nearer_comes_into_view() -> None:
    clip, truths = clip_of([None, None, 4, 6, 8])
    wall = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(48, 0)
    # Each map is stretched over its own frame, so that the wall sinks below what is nearer.
    maps = [wall if not truth.any() else np.maximum(wall * 0.6, truth) for truth in truths]
    depths = [Depth(near, 0.5 + number / 10, Known.NETWORK) for number, near in enumerate(maps)]
    steady = steady_depths(depths, clip)
    assert {round(depth.confidence, 2) for depth in steady} == {0.7}
    for depth in steady:
        assert np.abs(depth.nearness[:, 40:60] - wall[:, 40:60]).max() < 0.15


def test_mattes_are_no_finer_than_is_of_use() -> None:
    assert small_enough(np.zeros((768, 512), np.float32)).shape == (384, 256)
    assert small_enough(np.zeros((256, 200), np.float32)).shape == (256, 200)


def test_a_subject_that_goes_is_gone() -> None:
    clip, truths = clip_of([20, 20, 20, None, None, None])
    for matte, truth in zip(steady_mattes(truths, clip, one_subject=True), truths, strict=True):
        assert np.abs(matte - truth).mean() < 0.01

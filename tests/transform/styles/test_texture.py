from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.transform.styles.study import Study
from foveate.transform.styles.texture import grain, paper, specks, strokes


def study(seed: int = 0) -> Study:
    shape = (240, 320)
    return Study(
        rgb=np.zeros((*shape, 3), np.float32),
        matte=np.ones(shape, np.float32),
        found=False,
        size=Size(320, 240),
        seed=seed,
    )


@pytest.mark.parametrize("sigma", [0.0, 1.0, 8.0])
def test_grain_is_as_strong_at_every_size_and_goes_by_its_seed(sigma: float) -> None:
    noise = grain(study(), 5, sigma)
    assert noise.shape == (240, 320)
    assert noise.std() == pytest.approx(1, abs=0.02)
    assert np.array_equal(noise, grain(study(), 5, sigma))
    assert not np.array_equal(noise, grain(study(1), 5, sigma))
    assert not np.array_equal(noise, grain(study(), 6, sigma))


def test_coarse_grain_changes_slowly() -> None:
    fine, coarse = (np.abs(np.diff(grain(study(), 1, sigma))).mean() for sigma in (1.0, 8.0))
    assert coarse < fine / 4


def test_paper_is_light_all_over() -> None:
    assert paper(study()).mean() == pytest.approx(1, abs=0.005)
    assert 0.002 < paper(study()).std() < 0.05


def test_specks_lie_where_they_are_asked_for_and_more_where_more_are() -> None:
    share = np.zeros((240, 320), np.float32)
    share[:, 100:200], share[:, 200:] = 0.1, 0.4
    drops = specks(study(), 3, share)
    none, few, many = (
        drops[:, part].mean() for part in (slice(100), slice(100, 200), slice(200, 320))
    )
    assert none == 0
    assert 0 < few < many / 3


def test_strokes_run_along_their_angle() -> None:
    flat = strokes(study(), 1, length=20, width=1.5, angle=0)
    steep = strokes(study(), 1, length=20, width=1.5, angle=90)
    assert np.abs(np.diff(flat, axis=1)).mean() < 0.3 * np.abs(np.diff(flat, axis=0)).mean()
    assert np.abs(np.diff(steep, axis=0)).mean() < 0.3 * np.abs(np.diff(steep, axis=1)).mean()

from __future__ import annotations

import numpy as np
import pytest

from foveate.geometry.box import Size
from foveate.transform.styles.study import Study
from foveate.transform.styles.tones import covered, flattened, levels, slope, toned


def study(grey: np.ndarray, matte: np.ndarray | None = None) -> Study:
    height, width = grey.shape
    return Study(
        rgb=np.repeat(grey[..., None], 3, -1).astype(np.float32),
        matte=np.ones(grey.shape, np.float32) if matte is None else matte,
        found=matte is not None,
        size=Size(width, height),
    )


def test_levels_part_the_weight_as_asked() -> None:
    tone = np.linspace(0, 1, 10_000, dtype=np.float32)
    assert levels(tone, np.ones_like(tone), (0.25, 0.5)) == pytest.approx([0.25, 0.5], abs=0.01)
    upper = (tone > 0.5).astype(np.float32)
    assert levels(tone, upper, (0.5,)) == pytest.approx([0.75], abs=0.01)


def test_flattening_takes_texture_away_and_keeps_an_edge() -> None:
    y, x = np.mgrid[0:80, 0:80]
    steps = np.where(x < 40, 0.2, 0.8).astype(np.float32)
    rough = steps + 0.02 * np.sin(x * 1.7 + y * 2.3).astype(np.float32)
    smooth = flattened(rough, 4, 0.08)
    assert smooth[10:70, 8:32].std() < 0.25 * rough[10:70, 8:32].std()
    assert smooth[40, 44] - smooth[40, 35] > 0.5


def test_a_crisp_edge_is_a_pixel_wide_wherever_it_lies() -> None:
    x = np.linspace(0, 3, 30, dtype=np.float32)[None].repeat(5, 0)
    share = covered(x, 1.47)
    assert set(np.flatnonzero((share[2] > 0) & (share[2] < 1))) <= {13, 14, 15}
    assert share[2, :13].max() == 0
    assert share[2, 16:].min() == 1


def test_slope_is_the_change_from_pixel_to_pixel() -> None:
    y, x = np.mgrid[0:9, 0:9].astype(np.float32)
    assert slope(2 * x)[4, 4] == pytest.approx(2)
    assert slope(3 * y)[4, 4] == pytest.approx(3)


@pytest.mark.parametrize(("low", "high"), [(0.05, 0.3), (0.6, 0.95)])
def test_dark_and_light_subjects_both_use_all_tones(low: float, high: float) -> None:
    y, x = np.mgrid[0:200, 0:200]
    grey = low + (high - low) * (0.5 + 0.5 * np.sin(x / 9) * np.sin(y / 9))
    matte = ((x - 100) ** 2 + (y - 100) ** 2 < 70**2).astype(np.float32)
    inside = toned(study(grey.astype(np.float32), matte))[matte > 0]
    assert inside.min() < 0.1
    assert inside.max() > 0.9

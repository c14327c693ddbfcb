from __future__ import annotations

import numpy as np
import pytest
from imaging_pictures import plain

from foveate.geometry.box import Size
from foveate.imaging.drawing import canvas
from foveate.imaging.drawing.heatmap import HEAT, with_heatmap, with_outline

GREY = plain(200, 100, 120, 120, 120)


def test_heat_goes_from_cold_to_hot_and_leaves_the_photo_readable() -> None:
    ramp = np.tile(np.linspace(0.2, 0.8, 64, dtype=np.float32), (32, 1))
    cold, hot = (with_heatmap(GREY, ramp)(x, 50) for x in (1, 198))
    assert cold[2] > cold[0] + 15
    assert hot[0] > hot[2] + 40
    checks = GREY.draw_rect([220, 220, 220], 100, 0, 100, 100, fill=True)
    dark, light = (with_heatmap(checks, ramp)(x, 50) for x in (98, 101))
    assert sum(light) - sum(dark) > 100


def test_the_scale_climbs_evenly_in_lightness() -> None:
    lightness = [canvas.solid(Size(1, 1), c).colourspace("lab")(0, 0)[0] for c in HEAT]
    assert min(np.diff(lightness)) > 9
    assert max(np.diff(lightness)) < 16


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0])
def test_a_map_without_a_difference_adds_nothing(value: float) -> None:
    assert with_heatmap(GREY, np.full((4, 4), value, np.float32)) is GREY


def test_the_line_runs_where_the_matte_passes_one_half_and_nowhere_else() -> None:
    matte = np.zeros((100, 200), np.float32)
    matte[:, 60:] = 1.0
    drawn = with_outline(GREY, matte, 3)
    assert min(drawn(60, 50)) > 230
    assert max(drawn(56, 50)) < 110
    for x in (20, 50, 70, 199):
        assert drawn(x, 50) == [120, 120, 120]
    profile = drawn.crop(0, 50, 200, 1).numpy()[0, :, 0]
    assert 2 <= np.count_nonzero(profile > 200) <= 4


def test_a_soft_edge_is_drawn_at_its_half() -> None:
    drawn = with_outline(GREY, np.tile(np.linspace(0, 1, 200, dtype=np.float32), (100, 1)), 3)
    brightest = int(drawn.numpy()[50, :, 0].argmax())
    assert brightest == pytest.approx(100, abs=2)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_matte_without_an_edge_has_no_line(value: float) -> None:
    drawn = with_outline(GREY, np.full((9, 9), value, np.float32), 3)
    assert abs(drawn - GREY).max() == 0

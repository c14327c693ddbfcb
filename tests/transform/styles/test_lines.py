from __future__ import annotations

import numpy as np

from foveate.transform.styles.lines import along, drawn, flow


def test_flow_runs_along_an_edge() -> None:
    y, x = np.mgrid[0:80, 0:80].astype(np.float32)
    across, down = flow(1 / (1 + np.exp(-(x + y - 80))), 3)
    assert abs(across[40, 40] + down[40, 40]) < 0.05
    assert np.hypot(across[40, 40], down[40, 40]) > 0.99


def test_a_dark_line_is_drawn_and_light_paper_is_not() -> None:
    tone = np.full((100, 100), 0.9, np.float32)
    tone[49:52, 10:90] = 0.2
    line = drawn(tone, width=1.5)
    assert line[50, 20:80].min() > 0.5
    assert line[20].max() < 0.1
    assert line[46, 50] < 0


def test_a_gap_in_a_line_is_closed_along_its_way_alone() -> None:
    plane = np.zeros((21, 41), np.float32)
    plane[10] = 1
    plane[10, 19:22] = 0
    way = np.ones_like(plane), np.zeros_like(plane)
    closed = along(plane, way, 6)
    assert closed[10, 20] > 0.5
    assert closed[9].max() == 0

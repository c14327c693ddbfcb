from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from foveate.imaging.pixels import from_array

PROGRAM = Path(__file__).with_name("memory_peaks.py")
WIDTH, HEIGHT = 1800, 1400
FULL = f"width={WIDTH},height={HEIGHT},fit=squeeze"
SLACK = 8 * 1024 * 1024
"""What an interpreter and the libraries take on the way, whatever the picture."""
pytestmark = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux counts")


@pytest.mark.parametrize(
    ("bands", "how", "asked"),
    [
        (
            3,
            {"interlace": True},
            (
                "width=60",
                f"{FULL},format=jpeg,quality=95",
                f"{FULL},format=webp",
                f"{FULL},format=tiff",
                f"{FULL},format=jxl",
                f"{FULL},format=gif",
                f"{FULL},blur=200,format=jpeg",
                f"{FULL},effect.blur=0.5,effect.lens=0.5,effect.mask=line:0x0x1x1,format=jpeg",
                "width=60,trim=border",
                "width=60,format=png ++++++++++",
            ),
        ),
        (4, {}, (f"{FULL},format=png", f"{FULL},format=tiff", "width=900,format=webp")),
    ],
    ids=["opaque", "transparent"],
)
def test_estimates_are_upper_bounds(
    bands: int, how: dict[str, bool], asked: tuple[str, ...], tmp_path: Path
) -> None:
    rng = np.random.default_rng(7)
    rough = rng.integers(0, 256, (HEIGHT // 4, WIDTH // 4, bands), np.uint8)
    source, overlay = tmp_path / "source", tmp_path / "overlay"
    large = from_array(rough).resize(4)
    source.write_bytes(large.pngsave_buffer(compression=1, **how))
    overlay.write_bytes(from_array(rough).resize(3).pngsave_buffer(compression=1))
    command = [sys.executable, str(PROGRAM), str(source), str(overlay), *asked]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    rows = json.loads(ran.stdout)
    assert [row[0] for row in rows] == list(asked)
    low = [row for row in rows if row[2] > row[1] + SLACK]
    assert not low
    # Nor so large that they say nothing.
    assert min(estimate / (peak + SLACK) for _, estimate, peak in rows) < 3

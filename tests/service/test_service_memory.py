from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.geometry.box import Size
from foveate.service.memory import decoded_bytes
from foveate.values import Facts, ImageFormat

FACTS = Facts(format=ImageFormat.TIFF, stored=Size(100, 50), bytes=700)


@pytest.mark.parametrize(
    ("facts", "frames", "expected"),
    [
        (FACTS, 1, 700 + 5000 * 4),
        (replace(FACTS, pixel_bytes=16), 1, 700 + 5000 * 16),
        (replace(FACTS, pixel_bytes=3), 7, 700 + 5000 * 3 * 7),
        (replace(FACTS, held_bytes=90_000), 7, 700 + 5000 * 4 * 7 + 90_000),
    ],
)
def test_samples_count_for_each_frame_and_what_is_held_once(
    facts: Facts, frames: int, expected: int
) -> None:
    assert decoded_bytes(facts, frames) == expected

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from foveate.sandboxed.levels import of_bits, sixteen_bit


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (np.array([0, 128, 255], np.uint8), [0, 128 * 257, 65_535]),
        (np.array([0, 40_000], np.int32), [0, 40_000]),
        (np.array([-100, 0, 100], np.int32), [0, 32_768, 65_535]),
        (np.array([0, 10**6], np.int64), [0, 65_535]),
        (np.array([0.0, 0.5, 1.0], np.float32), [0, 32_768, 65_535]),
        (np.array([0.0, 127.5, 255.0]), [0, 32_768, 65_535]),
        (np.array([0.0, 65_535.0]), [0, 65_535]),
        (np.array([-2.0, 0.0, 2.0]), [0, 32_768, 65_535]),
        (np.array([0.5, np.nan, np.inf, -np.inf]), [32_768, 0, 65_535, 0]),
        (np.array([7.0e9, 7.0e9]), [0, 0]),
    ],
)
def test_numbers_of_any_kind_become_levels(numbers: Any, expected: list[int]) -> None:
    assert sixteen_bit(numbers).tolist() == expected


@pytest.mark.parametrize(
    ("numbers", "bits", "expected"),
    [
        (np.array([0, 1], np.uint8), 1, [0, 255]),
        (np.array([0, 15], np.uint8), 4, [0, 255]),
        (np.array([0, 4095], np.uint16), 12, [0, 65_535]),
        (np.array([0, 9000], np.uint16), 12, [0, 65_535]),
        (np.array([9, 10], np.uint8), 8, [9, 10]),
        (np.array([0.25], np.float32), 32, [0.25]),
    ],
)
def test_few_bits_use_the_whole_range(numbers: Any, bits: int, expected: list[float]) -> None:
    assert of_bits(numbers, bits).tolist() == expected


@pytest.mark.parametrize("number", ["<f4", ">f4", ">i4"])
def test_many_rows_are_told_as_few_are(number: str) -> None:
    many = np.linspace(-3, 70_000, 900 * 700, dtype=number).reshape(900, 700)
    whole = np.linspace(0, 65_535, many.size).reshape(many.shape)
    assert np.abs(sixteen_bit(many).astype(float) - whole).max() < 2
    bits = (np.arange(900 * 700) % 4096).astype(">u2").reshape(900, 700)
    assert np.abs(of_bits(bits, 12) - bits.astype(float) * 65_535 / 4095).max() <= 0.5


def test_numbers_on_the_way_take_little_beside_the_picture() -> None:
    values = np.linspace(-3, 70_000, 6_000_000, dtype=np.float32).reshape(2000, 3000)
    tracemalloc.start()
    levels = sixteen_bit(values)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * levels.nbytes

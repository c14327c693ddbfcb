"""Sums, runs, names and numbers: what files are made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foveate.datasets.rle import compressed, decoded
from foveate.datasets.shards import statistics
from foveate.datasets.shards.coco import mask_of
from foveate.datasets.shards.crc32c import POLYNOMIAL, crc32c, masked
from foveate.datasets.shards.example import byte_features
from foveate.datasets.shards.names import LONGEST, LONGEST_STEM, is_file, shortened, stem
from foveate.errors import BadOption


def bit_by_bit(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


@given(st.binary(max_size=1000))
def test_sums_are_those_of_the_definition(data: bytes) -> None:
    assert crc32c(data) == bit_by_bit(data)


def test_sums_are_those_of_the_standard() -> None:
    """RFC 3720, B.4; and the mask of LevelDB, by which TFRecord goes."""
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
    assert masked(b"foo") != crc32c(b"foo")


@given(st.lists(st.integers(0, 1 << 30), max_size=20))
def test_runs_come_back_from_the_text_of_coco(runs: list[int]) -> None:
    assert decoded(compressed(runs)) == runs


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        {"size": [2, 2]},
        {"size": [2], "counts": "4"},
        {"size": [2, 2], "counts": "525"},
        {"size": [2, 2], "counts": "P"},
        {"size": [2, 2], "counts": 7},
        [[1, 2, 3]],
        [7],
    ],
)
def test_what_is_no_mask_of_coco_is_refused(said: object) -> None:
    with pytest.raises(BadOption, match="Expected"):
        mask_of(said)


@given(st.lists(st.text(alphabet="aB./~_é猫\x00\\", max_size=8), unique=True, max_size=20))
def test_names_of_other_keys_are_other_names(keys: list[str]) -> None:
    names = [stem(key) for key in keys]
    assert len(set(names)) == len(names)
    for name in names:
        assert "." not in name
        assert "\\" not in name
        assert "" not in name.split("/")


def test_long_keys_have_names_that_file_systems_take() -> None:
    long = ["x" * 5000 + end for end in "ab"]
    names = [stem(key) for key in long]
    assert names[0] != names[1]
    assert max(map(len, names)) <= LONGEST


def test_keys_of_many_folders_have_names_that_buckets_take() -> None:
    folders = "商品写真/" * 40
    names = [shortened(stem(folders + end)) for end in ("a", "b", "a/" * 300)]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= LONGEST_STEM
    assert all(is_file(f"train/{name}.jpg") for name in names)


@pytest.mark.parametrize("data", [b"\x0a", b"\x0a\xff", b"\x0a\x05abc", b"\xff" * 20, b"\x08\x01"])
def test_what_is_no_example_is_refused(data: bytes) -> None:
    with pytest.raises(BadOption, match="Example"):
        byte_features(data)


COUNTS = st.dictionaries(
    st.sampled_from("abc"),
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 9), max_size=3),
    max_size=3,
)


@settings(max_examples=20)
@given(st.lists(COUNTS, max_size=6), st.randoms(use_true_random=False))
def test_counts_add_up_in_any_order(many: list[dict[str, dict[str, int]]], chance: object) -> None:
    whole = statistics.total(many)
    chance.shuffle(many)  # type: ignore[attr-defined]
    assert statistics.total([statistics.total(many[:3]), *many[3:]]) == whole

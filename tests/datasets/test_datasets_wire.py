from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.datasets.sample import Bitmap, Instance, Made, Polygons, Sample
from foveate.datasets.wire import made_from_json, made_to_json, sample_from_json, sample_to_json
from foveate.errors import BadOption
from foveate.geometry.box import Box, Size

TEXT = st.text(max_size=12)
REAL = st.floats(-1e6, 1e6)
SIDE = st.floats(0, 1e6)
BOXES = st.builds(Box, REAL, REAL, SIDE, SIDE)
RING = st.lists(st.tuples(REAL, REAL), min_size=3, max_size=6).map(tuple)
POLYGONS = st.lists(RING, min_size=1, max_size=3).map(lambda rings: Polygons(tuple(rings)))
BITMAPS = st.just(Bitmap(Size(4, 3), (5, 2, 5)))
ATTRIBUTES = st.dictionaries(TEXT, st.one_of(TEXT, REAL, st.booleans()), max_size=3)
INSTANCES = st.lists(
    st.builds(
        Instance,
        label=TEXT,
        box=st.none() | BOXES,
        mask=st.none() | POLYGONS | BITMAPS,
        attributes=ATTRIBUTES,
    ),
    max_size=3,
).map(tuple)
KNOWN: dict[str, Any] = {
    "group": TEXT,
    "labels": st.lists(TEXT, max_size=3).map(tuple),
    "instances": INSTANCES,
    "attributes": ATTRIBUTES,
}
SAMPLES = st.builds(Sample, key=TEXT, source=TEXT, digest=TEXT, split=TEXT, **KNOWN)
MADE = st.builds(
    Made,
    key=TEXT,
    data=st.just(b"picture"),
    ext=TEXT,
    size=st.builds(Size, st.integers(1, 9999), st.integers(1, 9999)),
    targets=st.just({"matte.png": b"matte"}),
    **KNOWN,
)


@given(SAMPLES)
def test_a_sample_comes_back_from_json_to_the_last_bit(sample: Sample) -> None:
    assert sample_from_json(json.loads(json.dumps(sample_to_json(sample)))) == sample


@given(MADE)
def test_what_is_made_comes_back_from_json_to_the_last_bit(made: Made) -> None:
    said = json.loads(json.dumps(made_to_json(made)))
    assert made_from_json(said, made.data, made.targets) == made


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {1: "key"},
        {"key": 7},
        {"key": "x" * 5000},
        {"labels": "cat"},
        {"labels": [7]},
        {"instances": {}},
        {"instances": [[]]},
        {"instances": [{"box": [0, 0, 1]}]},
        {"instances": [{"box": [0, 0, 1, -1]}]},
        {"instances": [{"box": [0, 0, 1, float("nan")]}]},
        {"instances": [{"box": [0, 0, 1, True]}]},
        {"instances": [{"mask": {"rings": [[[1, 2, 3]]]}}]},
        {"instances": [{"mask": {"rings": [[1, 2]]}}]},
        {"instances": [{"mask": {"size": [2, 2], "counts": [1, 2]}}]},
        {"instances": [{"mask": {"size": [2, 2], "counts": [5, -1]}}]},
        {"instances": [{"mask": {"size": [0, 2], "counts": []}}]},
        {"instances": [{"mask": {}}]},
        {"attributes": []},
        {"attributes": {"a": None}},
        {"attributes": {"a": float("inf")}},
        {"attributes": dict.fromkeys(map(str, range(1001)), 1)},
        {"attributes": dict.fromkeys(map(str, range(100)), "x" * 4000)},
        {"instances": [{"box": [1e10, 0, 1, 1]}]},
        {"instances": [{"box": [0, 0, 10**300, 1]}]},
        {"instances": [{"mask": {"rings": [[[1, -1e308]]]}}]},
    ],
)
def test_what_is_no_sample_is_refused(said: object) -> None:
    with pytest.raises(BadOption, match="xpected"):
        sample_from_json(said)


@pytest.mark.parametrize("size", [None, [1], [0, 1], [1.5, 2], [1, 10**9]])
def test_what_was_made_has_a_size(size: object) -> None:
    with pytest.raises(BadOption, match="size"):
        made_from_json({"key": "a", "ext": "png", "size": size}, b"", {})

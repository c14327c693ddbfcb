"""Depth inside of files that are made here: found, turned the right way, and never trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from depth_files import jpeg, photo, ramp, with_apple, with_dynamic, with_gdepth
from heif_files import HVCC, Item, aux, full, heif, ispe
from hypothesis import given, settings
from hypothesis import strategies as st
from imaging_pictures import LIMITS, with_orientation

from foveate.errors import BrokenImage
from foveate.imaging.depth_map import depth_inside
from foveate.imaging.heic_depth import MAX_PIXELS, depth_size
from foveate.imaging.jpeg_depth import depth_of
from foveate.imaging.pixels import from_array
from foveate.imaging.probe import probe
from foveate.imaging.xmp import MAX_BYTES, said, tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

PHOTO, RAMP = photo(), jpeg(ramp())
INVERSE = {"Format": "RangeInverse", "Near": "0.4", "Far": "8"}
LINEAR = {"Format": "RangeLinear", "Near": "1", "Far": "9"}
FILES = {
    "in extended XMP": with_gdepth(PHOTO, RAMP, INVERSE),
    "behind the picture": with_dynamic(PHOTO, RAMP, INVERSE),
    "behind another file": with_dynamic(PHOTO, RAMP, INVERSE, b"\xff\xd8\xff" + bytes(300)),
    "Apple's depth": with_apple(PHOTO, RAMP, "depth"),
}
"""In all of them what is white is far."""


def near(data: bytes, long_side: int = 512) -> NDArray[np.float32] | None:
    return depth_inside(data, probe(data, LIMITS), long_side)


@pytest.mark.parametrize("name", FILES)
def test_depth_is_found_wherever_cameras_put_it_and_1_is_the_nearest(name: str) -> None:
    found = near(FILES[name])
    assert found is not None
    assert found.shape == (48, 64)
    left, right = found[:, :1].mean(), found[:, -4:].mean()
    assert left > 0.95
    assert right < 0.05
    assert (np.diff(found.mean(0)) < 0.02).all()


def test_disparity_is_near_where_it_is_white() -> None:
    found = near(with_apple(PHOTO, RAMP, "disparity"))
    assert found is not None
    assert found[:, :4].mean() < 0.05
    assert found[:, -4:].mean() > 0.95


def test_what_apple_lists_beside_is_no_depth() -> None:
    assert near(with_apple(PHOTO, RAMP, "portraiteffectsmatte")) is None


def test_distances_become_their_inverse() -> None:
    found = near(with_gdepth(PHOTO, RAMP, LINEAR))
    assert found is not None
    # From 1 to 9 the middle is 5: (1/5 - 1/9) / (1 - 1/9) of the way to the nearest.
    assert found[:, 31:33].mean() == pytest.approx(0.1, abs=0.03)


def test_a_map_of_depth_may_be_png_and_is_no_larger_than_asked() -> None:
    png: bytes = from_array(ramp()).pngsave_buffer()
    found = near(with_gdepth(PHOTO, png, INVERSE), 32)
    assert found is not None
    assert found.shape == (24, 32)


def test_depth_is_turned_with_the_picture() -> None:
    turned: bytes = with_orientation(
        from_array(np.zeros((96, 128, 3), np.uint8)), 6
    ).jpegsave_buffer()
    found = near(with_gdepth(turned, RAMP, INVERSE))
    assert found is not None
    assert found.shape == (64, 48)
    assert found[:4].mean() > 0.95  # what was left is up
    assert found[-4:].mean() < 0.05


@pytest.mark.parametrize(
    "data",
    [
        with_gdepth(PHOTO, RAMP, {}),
        with_gdepth(PHOTO, RAMP, {**LINEAR, "Near": "9", "Far": "1"}),
        with_gdepth(PHOTO, RAMP, {**LINEAR, "Far": "nan"}),
        with_gdepth(PHOTO, b"no picture", INVERSE),
        with_gdepth(PHOTO, RAMP[:200], INVERSE),
        with_gdepth(PHOTO, jpeg(ramp(64, 64)), INVERSE),
        with_gdepth(PHOTO, jpeg(np.full((48, 64), 90, np.uint8)), INVERSE),
        with_dynamic(PHOTO, RAMP, {"Format": "Other"}),
        PHOTO,
    ],
    ids=[
        "unsaid",
        "near is far",
        "no number",
        "junk",
        "cut off",
        "other shape",
        "flat",
        "odd",
        "none",
    ],
)
def test_what_cannot_be_the_depth_of_this_picture_is_none(data: bytes) -> None:
    assert near(data) is None


def test_a_piece_of_extended_xmp_that_lacks_makes_it_none() -> None:
    data = with_gdepth(PHOTO, RAMP, INVERSE, piece=500)
    at = data.index(
        b"http://ns.adobe.com/xmp/extension/", data.index(b"http://ns.adobe.com/xmp/extension/") + 9
    )
    assert near(data[:at] + b"x" + data[at + 1 :]) is None


def test_xmp_with_a_dtd_or_beyond_what_phones_write_is_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert tree(bomb) is None
    assert tree(b"<x>" + bytes(MAX_BYTES) + b"</x>") is None
    root = tree(b'<!-- fine --><x xmlns:g="urn:g" g:Near="1"/>')
    assert root is not None
    assert said(root, "urn:g") == {"Near": "1"}


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_broken_file_never_surprises(name: str, data: Any) -> None:
    whole = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(2, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(4, len(whole)))])
    try:
        found = depth_of(cut)
    except BrokenImage:
        return
    assert found is None or len(found.data) <= len(cut)


DEPTH = b"urn:mpeg:hevc:2015:auxid:2"


def heic(kind: bytes = DEPTH, size: bytes = ispe()) -> bytes:
    """Return a HEIC with a map of bare bytes, which libheif takes: near at the right."""
    properties = (full(b"mskC", bytes([8])), size, aux(kind))
    depth = Item(b"mski", properties, ramp(64, 64).tobytes(), hidden=True)
    return heif({1: Item(), 2: depth}, [(b"auxl", 2, (1,))])


def test_the_depth_of_a_heic_is_known_without_decoding_anything() -> None:
    assert depth_size(heic()) == (64, 64)
    assert depth_size(heic(b"urn:mpeg:hevc:2015:auxid:1")) is None
    assert depth_size(heif({1: Item()})) is None


def test_a_map_in_a_heic_that_would_be_too_large_is_none_before_it_is_decoded() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    assert depth_size(heic(size=ispe(side, side))) is None


def test_the_depth_of_a_heic_lies_over_the_picture() -> None:
    found = near(heic())
    assert found is not None
    assert found.shape == (64, 64)
    assert found[:, :2].mean() < 0.05
    assert found[:, -2:].mean() > 0.95


def test_a_heic_whose_depth_does_not_decode_is_one_without() -> None:
    broken = heif(
        {1: Item(), 2: Item(properties=(HVCC, ispe(), aux(DEPTH)), data=bytes(200), hidden=True)},
        [(b"auxl", 2, (1,))],
    )
    assert near(broken) is None


def png(levels: NDArray[np.uint8]) -> bytes:
    data: bytes = from_array(levels).pngsave_buffer()
    return data


@pytest.mark.parametrize("coded", [png, jpeg])
def test_a_map_of_one_pixel_is_none(coded: Any) -> None:
    square = jpeg(np.zeros((40, 40), np.uint8))
    assert near(with_gdepth(square, coded(np.full((1, 1), 9, np.uint8)), INVERSE)) is None


@pytest.mark.parametrize(
    ("first", "last"), [("1e-320", "1e-319"), ("1e300", "1.7e308"), ("1e-300", "1e300")]
)
def test_distances_that_nothing_can_have_are_no_surprise(first: str, last: str) -> None:
    about = {"Format": "RangeLinear", "Near": first, "Far": last}
    found = near(with_gdepth(PHOTO, RAMP, about))
    assert found is None or (np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1)

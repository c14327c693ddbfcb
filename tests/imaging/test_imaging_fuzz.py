"""Damaged files end as an ImageError or as a picture, never as anything else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imaging_pictures import HEIC, LIMITS, animation, files, quarters

from foveate.errors import ImageError
from foveate.imaging.colour import to_srgb
from foveate.imaging.decode import open_image
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.probe import probe

FILES = {
    name: data for name, data in files(quarters(24, 16)).items() if name not in {"svg", "heic"}
}
FILES |= {
    "animation": animation([20] * 3, width=6, height=6).webpsave_buffer(lossless=True),
    "progressive": quarters(24, 16).jpegsave_buffer(interlace=True),
    "interlaced": quarters(24, 16).pngsave_buffer(interlace=True),
}
CAREFUL = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def outcome(data: bytes) -> str:
    try:
        facts = probe(data, LIMITS)
        image = to_srgb(open_image(data, facts, frames=-1))
        return "picture" if encode(image, EncodeOptions(format="png", fast=True)) else "nothing"
    except ImageError as error:
        return type(error).__name__


def damaged(file: bytes, data: st.DataObject) -> bytes:
    whole = bytearray(file)
    for _ in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    return bytes(whole[: data.draw(st.integers(0, len(whole)))])


@pytest.mark.parametrize("name", FILES)
def test_the_undamaged_file_is_a_picture(name: str) -> None:
    assert outcome(FILES[name]) == "picture"


@pytest.mark.parametrize("name", FILES)
@CAREFUL
@given(data=st.data())
def test_damage_is_an_image_error_or_a_picture(name: str, data: st.DataObject) -> None:
    assert outcome(damaged(FILES[name], data)) != "nothing"


@settings(CAREFUL, max_examples=8)
@given(data=st.data())
def test_damage_to_heic_is_an_image_error_or_a_picture(data: st.DataObject) -> None:
    assert outcome(damaged(HEIC, data)) != "nothing"

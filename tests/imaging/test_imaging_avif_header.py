from __future__ import annotations

import struct

import pytest
from imaging_pictures import files, quarters

from foveate.errors import BrokenImage
from foveate.imaging.avif_header import read_avif


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ({"subsample_mode": "on"}, 13.5),
        ({"subsample_mode": "off"}, 18.0),
        ({"subsample_mode": "off", "bitdepth": 12}, 18.0),
    ],
)
def test_what_decoding_holds_follows_from_the_chroma(
    options: dict[str, object], held: float
) -> None:
    avif = quarters().heifsave_buffer(compression="av1", effort=0, **options)
    assert read_avif(avif).held_a_pixel == held


def test_without_a_configuration_the_most_is_assumed() -> None:
    assert read_avif(files()["avif"].replace(b"av1C", b"free")).held_a_pixel == 18


def test_boxes_without_end_are_refused() -> None:
    with pytest.raises(BrokenImage, match="boxes"):
        read_avif(files()["avif"] + struct.pack(">I4s", 8, b"free") * 2_000)

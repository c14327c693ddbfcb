from __future__ import annotations

from dataclasses import replace

import pytest

from foveate.geometry.box import Size
from foveate.options.grammar import parse_options
from foveate.service.memory import decoded_bytes, near_bytes
from foveate.settings import Limits
from foveate.transform.layout import lay_out
from foveate.values import Facts, ImageFormat

MIB = 1024 * 1024
FACTS = Facts(format=ImageFormat.TIFF, stored=Size(100, 50), bytes=700)


@pytest.mark.parametrize(
    ("facts", "frames", "expected"),
    [
        (FACTS, 1, 700 + 5000 * 4),
        (replace(FACTS, pixel_bytes=16), 1, 700 + 5000 * 16),
        (replace(FACTS, pixel_bytes=3), 7, 700 + 5000 * 3 * 7),
        (replace(FACTS, decoder="tiff"), 1, 36 * MIB + 3 * 700 + 5000 * 44),
        (
            replace(FACTS, decoder="pillow", format=ImageFormat.QOI),
            3,
            36 * MIB + 2100 + 15_000 * 17,
        ),
        (replace(FACTS, decoder="pillow", format=ImageFormat.JP2), 1, 36 * MIB + 2100 + 5000 * 30),
        (replace(FACTS, format=ImageFormat.HEIC), 1, 36 * MIB + 2100 + 5000 * 12),
        (replace(FACTS, held_bytes=90_000), 7, 700 + 5000 * 4 * 7 + 90_000),
    ],
)
def test_samples_count_for_each_frame_and_what_is_held_once(
    facts: Facts, frames: int, expected: int
) -> None:
    assert decoded_bytes(facts, frames) == expected


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("trim.left=10,trim.width=40,redact=faces", 15_000),
        ("width=20,height=20,fit=cover,gravity=face,zoom=1,redact=text", 15_000),
        ("width=20,redact=faces", 0),
        ("trim.left=10,trim.width=40", 0),
    ],
)
def test_a_part_in_which_something_is_hidden_is_decoded_anew(asked: str, near: int) -> None:
    facts = replace(FACTS, pixel_bytes=3)
    layout = lay_out(parse_options(asked).options, facts.size, Limits())
    assert near_bytes(layout, facts) == near


def test_a_process_takes_no_more_than_it_is_allowed() -> None:
    largest = replace(FACTS, decoder="codec", format=ImageFormat.JXL, stored=Size(10_000, 10_000))
    assert decoded_bytes(largest) < 1600 * MIB


@pytest.mark.parametrize("kind", ImageFormat)
def test_every_decoder_has_its_estimate(kind: ImageFormat) -> None:
    for decoder in ("pillow", "psd", "codec", "tiff", "bmp", "netpbm"):
        assert decoded_bytes(replace(FACTS, decoder=decoder, format=kind)) > 36 * MIB

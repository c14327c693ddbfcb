from __future__ import annotations

import gc
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from heif_files import Item, heif
from imaging_pictures import HEIC, SVG, close, corners

from foveate.errors import BrokenImage, TimedOut
from foveate.geometry.box import Size
from foveate.imaging import heic
from foveate.imaging.heic_header import read_header
from foveate.imaging.sandbox import PROGRAM, ask, picture

if TYPE_CHECKING:
    from pathlib import Path


def test_an_answer_is_facts_and_a_body() -> None:
    answer = ask("svg", SVG, "2", timeout_s=10)
    assert (answer["width"], answer["height"], answer["bands"]) == (80, 60, 4)
    assert len(answer["body"]) == 80 * 60 * 4
    assert bytes(answer["body"][:4]) == b"\xdc\x1e\x1e\xff"


def test_pixels_outlive_the_answer_they_came_in() -> None:
    image = picture(ask("svg", SVG, "1", timeout_s=10)).linear(1, 0).cast("uchar")
    gc.collect()
    assert close(corners(image)[:1], [(220, 30, 30, 255)])


def test_a_decoder_that_fails_says_why() -> None:
    with pytest.raises(BrokenImage, match="exit 1"):
        ask("heic", HEIC[:100], "48", "64", timeout_s=10)


def test_a_decoder_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimedOut, match="heic"):
        ask("heic", HEIC, "48", "64", timeout_s=0.001)


def test_a_decoder_that_crashes_takes_nobody_along() -> None:
    # The wrapper around libheif stumbles over an item whose type is not text.
    data = HEIC.replace(b"\0Exif\0", b"\0Exi\x80\0", 1)
    size, _ = read_header(data)
    with pytest.raises(BrokenImage, match="exit -11"):
        heic.decode(data, size)


def test_other_pixels_than_the_header_promised_are_not_even_tried() -> None:
    data = heif({1: Item(data=bytes(9))})
    with pytest.raises(BrokenImage, match="Decoder plugin"):
        heic.decode(data, Size(64, 64))
    with pytest.raises(BrokenImage, match=r"\(9, 9\) as in the header, got \(64, 64\)"):
        heic.decode(data, Size(9, 9))


@pytest.mark.parametrize(
    ("work", "failure"),
    [
        pytest.param(
            "bytes(65 << 20)",
            "MemoryError",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="macOS does not bound it"),
        ),
        ("[open('large', 'ab').write(bytes(1 << 20)) for _ in range(65)]", "File too large"),
    ],
)
def test_its_memory_and_what_it_writes_are_bounded(work: str, failure: str, tmp_path: Path) -> None:
    code = f"import runpy; runpy.run_path({str(PROGRAM)!r})['confine'](64 << 20, 5); {work}"
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    assert failure in ran.stderr.decode()

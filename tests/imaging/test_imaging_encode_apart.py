from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.deadline import Deadline
from foveate.errors import ClientDisconnected, EncodeFailed, TimedOut
from foveate.imaging.encode import EncodeOptions, encode
from foveate.imaging.encode_apart import encoded_apart
from foveate.imaging.fields import with_delays, with_numbers
from foveate.imaging.pixels import from_array
from foveate.imaging.stop import watched

if TYPE_CHECKING:
    from foveate.imaging import Image

FREE_S = 2.0
"""A busy machine is slow; what is not stopped takes twice that and more."""


def noise(width: int, height: int) -> Image:
    return from_array(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


def moving(frame: Image) -> Image:
    """Return two frames, the second one mirrored."""
    pages = {"page-height": frame.height, "n-pages": 2, "loop": 3}
    joined = frame.join(frame.fliphor(), "vertical")
    return with_delays(with_numbers(joined, pages), [40, 90])


def children() -> set[str]:
    threads = Path("/proc/self/task").iterdir()
    return {child for each in threads for child in (each / "children").read_text().split()}


@pytest.mark.parametrize(
    ("saver", "how"),
    [
        ("pngsave", {"palette": True, "Q": 90, "effort": 3}),
        ("gifsave", {"effort": 1, "keep": 0}),
        ("webpsave", {"effort": 2, "Q": 80}),
        ("heifsave", {"compression": "av1", "Q": 60, "effort": 0, "bitdepth": 8}),
    ],
)
def test_bytes_are_those_of_the_same_encoder_here(saver: str, how: dict[str, Any]) -> None:
    for image in (noise(40, 30), noise(40, 30).bandjoin(100), moving(noise(20, 16))):
        assert encoded_apart(image, saver, how) == getattr(image, f"{saver}_buffer")(**how)


def test_the_profile_goes_along() -> None:
    image = noise(16, 16).icc_transform("p3", input_profile="srgb")
    how = {"palette": True, "keep": "icc"}
    written = encoded_apart(image, "pngsave", how)
    assert written == image.pngsave_buffer(**how)
    assert b"iCCP" in written


def test_an_encoder_that_fails_says_why() -> None:
    with pytest.raises(EncodeFailed, match=r"exit 1.*gifsave.*hurry"):
        encoded_apart(noise(8, 8), "gifsave", {"hurry": 1})


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (EncodeOptions(format="png", quality=90, explicit_quality=True), (6000, 4000)),
        (EncodeOptions(format="gif"), (2000, 1000)),
        (EncodeOptions(format="avif", avif_effort=6), (800, 500)),
        (EncodeOptions(format="webp", quality=100, webp_effort=6), (1200, 1000)),
        (EncodeOptions(format="webp", webp_effort=6), (5000, 4000)),
    ],
    ids=lambda value: value.format if isinstance(value, EncodeOptions) else "",
)
def test_every_encoder_stops_although_it_has_all_pixels(
    options: EncodeOptions, size: tuple[int, int]
) -> None:
    image = noise(*size)
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        encode(watched(image), options)
    assert time.monotonic() - started < 0.3 + FREE_S


@pytest.mark.parametrize(
    "options",
    [EncodeOptions(format="gif"), EncodeOptions(format="webp", quality=100, webp_effort=6)],
    ids=["gif", "webp"],
)
def test_what_moves_stops_within_its_frames(options: EncodeOptions) -> None:
    frames = noise(200, 200 * 240)
    image = with_numbers(frames, {"page-height": 200, "n-pages": 240})
    started = time.monotonic()
    with pytest.raises(TimedOut), Deadline(started + 0.3):
        encode(watched(image), options)
    assert time.monotonic() - started < 0.3 + FREE_S


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read in /proc")
def test_an_encoder_ends_when_nobody_waits_for_it() -> None:
    image, gone, before = noise(2000, 1000), threading.Event(), children()
    timer = threading.Timer(0.3, gone.set)
    timer.start()
    with pytest.raises(ClientDisconnected), Deadline(time.monotonic() + 60, gone):
        encode(watched(image), EncodeOptions(format="gif"))
    timer.join()
    assert children() == before

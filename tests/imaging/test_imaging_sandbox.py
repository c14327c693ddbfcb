from __future__ import annotations

import pytest
from imaging_pictures import HEIC, LIMITS

from foveate.errors import BrokenImage, TimedOut
from foveate.imaging.probe import probe
from foveate.imaging.sandbox import ask


def test_an_answer_is_facts_and_a_body() -> None:
    answer = ask("heic-header", HEIC, timeout_s=10)
    assert (answer["width"], answer["height"], answer["alpha"]) == (48, 64, False)
    assert bytes(answer["body"]) == b""


def test_a_decoder_that_fails_says_why() -> None:
    with pytest.raises(BrokenImage, match="exit 1"):
        ask("heic", HEIC[:100], timeout_s=10)


def test_a_decoder_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimedOut, match="heic"):
        ask("heic", HEIC, timeout_s=0.001)


def test_a_decoder_that_crashes_takes_nobody_along() -> None:
    # The wrapper around libheif stumbles over an item whose type is not text.
    with pytest.raises(BrokenImage, match="exit -11"):
        probe(HEIC.replace(b"\0Exif\0", b"\0Exi\x80\0", 1), LIMITS)

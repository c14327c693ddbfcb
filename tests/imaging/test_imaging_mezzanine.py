"""Pixels that are kept for who asks again, and what is not kept."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest
from imaging_pictures import LIMITS, quarters

from foveate.deadline import NEVER, Deadline
from foveate.errors import TimedOut
from foveate.imaging.mezzanine import Mezzanine, Undecoded
from foveate.imaging.pixel_source import PixelSource
from foveate.imaging.pixels import to_array
from foveate.imaging.probe import probe
from foveate.storage.source import Source
from foveate.trace import Trace
from foveate.values import Lifetime

if TYPE_CHECKING:
    from foveate.imaging import Image

SIDE = 64
HALF, EIGHTH = 1 + 3 * (SIDE // 2) ** 2, 3 * (SIDE // 8) ** 2
"""Bytes of a picture at half its size, with a name of one letter, and at an eighth."""


class Decoder:
    """Decodes squares, and remembers how fine."""

    def __init__(self) -> None:
        self.shrinks: list[int] = []

    def __call__(self, shrink: int) -> Image:
        self.shrinks.append(shrink)
        return quarters(SIDE // shrink, SIDE // shrink).copy_memory()


def size_of(shrink: int) -> int:
    return 3 * (SIDE // shrink) ** 2


def asked(mezzanine: Mezzanine, name: str, *shrinks: int) -> list[int]:
    """Return by how much the decoder shrank for each time that it had to decode."""
    decode = Decoder()
    for shrink in shrinks:
        mezzanine.pixels(Undecoded(name, decode, size_of, NEVER), shrink)
    return decode.shrinks


def test_all_sizes_of_a_source_take_two_decodes_at_most() -> None:
    assert asked(Mezzanine(4 * HALF), "a", 8, 8, 4, 2, 4, 8) == [8, 2]
    assert asked(Mezzanine(16 * HALF), "a", 2, 4, 8, 2) == [2]


def asked_as_sets(mezzanine: Mezzanine, *names: str) -> list[list[int]]:
    """Return by how much the decoder shrank each of these for a narrow and a wide answer."""
    return [asked(mezzanine, name, 8, 2) for name in names]


def test_where_most_come_back_for_more_the_first_decode_is_for_all() -> None:
    mezzanine = Mezzanine(16 * HALF)
    assert asked_as_sets(mezzanine, *"abcdefg") == [[8, 2]] * 7
    assert asked_as_sets(mezzanine, *"hijkl") == [[2]] * 5


def test_sources_that_are_expected_again_make_room_for_each_other_in_a_half_of_it() -> None:
    mezzanine = Mezzanine(4 * HALF)
    asked_as_sets(mezzanine, *"abcdefgh")
    assert [asked(mezzanine, name, 8) for name in "ijk"] == [[2]] * 3
    assert [asked(mezzanine, name, 2) for name in "hg"] == [[], []]
    assert asked(mezzanine, "i", 2) == [2]
    assert mezzanine.used_bytes <= 4 * HALF


def test_who_comes_back_for_what_is_kept_already_changes_nothing_for_others() -> None:
    mezzanine = Mezzanine(64 * HALF)
    for number in range(20):
        asked(mezzanine, f"small {number}", 8, 8, 8)
    assert asked(mezzanine, "a", 8) == [8]


def test_where_sources_are_asked_for_once_they_are_soon_decoded_for_that_alone() -> None:
    mezzanine = Mezzanine(64 * HALF)
    asked_as_sets(mezzanine, *"abcdefgh")
    once = [asked(mezzanine, f"once {number}", 8) for number in range(20)]
    assert once[:2] == [[2], [2]]
    assert once[-8:] == [[8]] * 8


def test_a_coarser_size_is_what_the_decoder_would_have_made_and_made_once() -> None:
    decode, mezzanine = Decoder(), Mezzanine(16 * HALF)
    fine = mezzanine.pixels(Undecoded("a", decode, size_of, NEVER), 2)
    coarse = [mezzanine.pixels(Undecoded("a", decode, size_of, NEVER), 8) for _ in range(2)]
    assert fine is not None
    assert coarse[0] is coarse[1] is not None
    assert (to_array(coarse[0]) == to_array(decode(8))).all()
    assert mezzanine.used_bytes == HALF + EIGHTH


def test_an_odd_side_shrinks_as_the_decoder_rounds_it() -> None:
    mezzanine = Mezzanine(10**7)
    data = quarters(1147, 893).jpegsave_buffer()
    source = Source(data, "1", probe=partial(probe, limits=LIMITS), key="a")
    made = [pixels_of(source, mezzanine).pixels(scale) for scale in (0.5, 0.25, 0.125)]
    alone = [PixelSource(source, NEVER, Trace()).pixels(scale) for scale in (0.5, 0.25, 0.125)]
    assert [(m.width, m.height) for m in made] == [(a.width, a.height) for a in alone]


def test_what_is_transparent_lends_no_colour_to_what_is_not() -> None:
    mezzanine, clear = Mezzanine(10**7), quarters(800, 800).bandjoin(0).copy(interpretation="srgb")
    source = Source(clear.webpsave_buffer(), "1", probe=partial(probe, limits=LIMITS), key="a")
    fine, coarse = (pixels_of(source, mezzanine).pixels(scale) for scale in (0.5, 0.125))
    assert coarse.width == fine.width == 400


def test_what_is_too_fine_to_be_kept_is_left_to_whoever_asks() -> None:
    decode, mezzanine = Decoder(), Mezzanine(4 * HALF)
    assert mezzanine.pixels(Undecoded("a", decode, size_of, NEVER), 1) is None
    assert mezzanine.pixels(Undecoded("a", decode, size_of, NEVER), 1) is None
    assert decode.shrinks == []
    assert mezzanine.used_bytes == 0


def test_sources_asked_for_once_take_a_quarter_and_push_nothing_out() -> None:
    mezzanine = Mezzanine(4 * HALF)
    for name in "abc":
        assert asked(mezzanine, name, 8, 2) == [8, 2]
    for number in range(20):
        asked(mezzanine, f"once {number}", 8)
    assert mezzanine.used_bytes <= 4 * HALF
    assert [asked(mezzanine, name, 2) for name in "abc"] == [[], [], []]
    mezzanine.let_go()
    assert mezzanine.used_bytes == 3 * HALF


def test_what_was_asked_for_again_longest_ago_makes_room() -> None:
    mezzanine = Mezzanine(2 * HALF)
    for name in "abc":
        asked(mezzanine, name, 8, 2)
    assert mezzanine.used_bytes == 2 * HALF
    assert [asked(mezzanine, name, 2) for name in "cb"] == [[], []]
    assert asked(mezzanine, "a", 2) == [2]


def test_without_room_nothing_is_kept() -> None:
    mezzanine = Mezzanine(0)
    assert asked(mezzanine, "a", 8, 8) == []
    assert mezzanine.used_bytes == 0


def test_who_asks_at_the_same_time_waits_for_one_decode() -> None:
    began, go, decode = threading.Event(), threading.Event(), Decoder()

    def slowly(shrink: int) -> Image:
        began.set()
        assert go.wait(10)
        return decode(shrink)

    mezzanine = Mezzanine(4 * HALF)
    ask = partial(mezzanine.pixels, Undecoded("a", slowly, size_of, NEVER), 8)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask) for _ in range(2)]
        assert began.wait(10)
        with pytest.raises(TimedOut):
            mezzanine.pixels(Undecoded("a", slowly, size_of, Deadline(time.monotonic())), 8)
        go.set()
        first, second = (each.result() for each in both)
    assert first is second
    assert decode.shrinks == [8]


def test_a_decode_that_failed_is_tried_again() -> None:
    mezzanine = Mezzanine(4 * HALF)

    def fail(_: int) -> Image:
        raise TimedOut("too long")

    with pytest.raises(TimedOut):
        mezzanine.pixels(Undecoded("a", fail, size_of, NEVER), 8)
    assert asked(mezzanine, "a", 8) == [2]


def pixels_of(source: Source, mezzanine: Mezzanine, deadline: Deadline = NEVER) -> PixelSource:
    return PixelSource(source, deadline, Trace(), mezzanine=mezzanine)


def kept(version: str = "1", *, side: int = 800, **told: bool) -> Source:
    data = quarters(side, side).jpegsave_buffer(Q=95)
    lifetime = Lifetime(**told)
    return Source(data, version, lifetime, partial(probe, limits=LIMITS), key="a")


def test_pixels_outlive_the_request_that_decoded_them() -> None:
    mezzanine, source = Mezzanine(10**7), kept()
    gone = Deadline(time.monotonic() + 60, threading.Event())
    first = to_array(pixels_of(source, mezzanine, gone).pixels(1 / 8))
    assert gone.cancelled is not None
    gone.cancelled.set()
    time.sleep(0.1)
    assert (to_array(pixels_of(source, mezzanine).pixels(1 / 8)) == first).all()
    assert mezzanine.used_bytes >= 3 * 100**2


def test_what_was_decoded_already_is_a_hit() -> None:
    mezzanine = Mezzanine(10**7)
    asking = [pixels_of(kept(), mezzanine) for _ in range(2)]
    for each in asking:
        each.pixels(1 / 8)
    assert [each.trace.lookups for each in asking] == [
        (("mezzanine", "miss"),),
        (("mezzanine", "hit"),),
    ]


@pytest.mark.parametrize(
    "source", [kept(private=True), kept(upload=True), kept(version=""), kept(side=640)]
)
def test_what_nobody_may_ask_for_again_or_is_small_is_not_kept(source: Source) -> None:
    mezzanine = Mezzanine(10**7)
    for _ in range(2):
        pixels_of(source, mezzanine).pixels(1 / 8)
    assert mezzanine.used_bytes == 0


@pytest.mark.parametrize(("version", "purges"), [("2", 0), ("1", 1)], ids=["version", "purge"])
def test_after_a_new_version_or_a_purge_a_source_is_another_picture(
    version: str, purges: int
) -> None:
    mezzanine = Mezzanine(10**7)
    pixels_of(kept(), mezzanine).pixels(1 / 8)
    red = Source(
        (quarters(800, 800) * 0).cast("uchar").jpegsave_buffer(),
        version,
        probe=partial(probe, limits=LIMITS),
        key="a",
        purges=purges,
    )
    assert to_array(pixels_of(red, mezzanine).pixels(1 / 8)).max() == 0
    mezzanine.forget()
    assert mezzanine.used_bytes == 0


@pytest.mark.parametrize("scale", [0.5, 0.1])
def test_whoever_looks_sees_the_same_whatever_is_answered_and_kept(scale: float) -> None:
    mezzanine, source = Mezzanine(10**7), kept()
    cold = pixels_of(source, mezzanine).at(0.25)
    seen = cold.thumbnail(source.facts.size.within(200))
    pixels_of(source, mezzanine).pixels(scale)
    warm = pixels_of(source, mezzanine).at(0.25)
    warm.pixels(scale)
    assert (warm.thumbnail(source.facts.size.within(200)) == seen).all()

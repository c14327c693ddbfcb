"""The process of our own handler: what of a chunk is bounded, and how a bound is told of."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from datasets_slow import SlowBucket, SlowDisk
from datasets_stand import a_server, ask_for, cats

from foveate.datasets.chunks import Part
from foveate.datasets.handlers.builtin.installed import BuiltIn
from foveate.datasets.handlers.builtin.telling import at_most, told_bytes
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.making import Bench
from foveate.datasets.sample import Instance, Polygons, Sample
from foveate.datasets.shards.finish import ShardFormats
from foveate.errors import HandlerFailed
from foveate.imaging.pixels import from_array
from foveate.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.datasets.handlers.builtin.process import OwnProcess
    from foveate.datasets.raw.places import Place
    from foveate.datasets.seams import Filled

SAMPLE_S = 2.0
SMALL = {"width": 32, "height": 32}
LONG = {"width": 1200, "height": 1200, "variations_per_sample": 1000}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Return what chunks of two pictures of noise are made with."""
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(2):
        noise = np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8)
        from_array(noise).jpegsave(str(raw / f"{number:03}.jpg"))
    server = a_server(tmp_path)
    known = server.registry.of("cats")
    return Bench(
        dataset=ask_for(server, cats()),
        pictures=server.registry.place(known),
        installed=server.installed.of("doubling", "1.0"),
        formats=ShardFormats(),
        shelf=server.shelf,
        work=tmp_path / "work",
        digests={each.source: each.digest for each in server.registry.look(known).samples},
    )


def started(bench: Bench, config: dict[str, Any], **limits: Any) -> OwnProcess:
    ours = BuiltIn(Settings(), Limits(**limits))
    whole = json.loads(ours.canonical(config))
    del whole["shards"]
    return ours.start(whole, bench.pictures)


def filled(bench: Bench, config: dict[str, Any], **limits: Any) -> Filled | None:
    with started(bench, config, **limits) as handler:
        return list(handler.chunk(bench, Part("train", 0, samples_of(bench)), ()))[-1]


def samples_of(bench: Bench) -> list[Sample]:
    return [
        Sample(key=source.removesuffix(".jpg"), source=source, digest=digest)
        for source, digest in sorted(bench.digests.items())
    ]


def test_reading_and_writing_are_not_the_time_of_a_handler(bench: Bench) -> None:
    slow = replace(bench, pictures=cast("Place", SlowBucket(bench.pictures)), formats=SlowDisk())
    made = filled(slow, SMALL, sample_s=SAMPLE_S)
    assert made is not None
    assert sum(each.samples for each in made.shards) == 2


def test_who_ends_it_does_not_wait_for_storage(bench: Bench) -> None:
    slow = replace(bench, pictures=cast("Place", SlowBucket(bench.pictures, 60)))
    with started(slow, SMALL) as handler:
        began = time.monotonic()
        threading.Timer(1, handler.end).start()
        with pytest.raises(HandlerFailed):
            list(handler.chunk(slow, Part("train", 0, samples_of(slow)), ()))
    assert time.monotonic() - began < 30


def test_what_is_made_of_a_picture_is_bounded_in_time(bench: Bench) -> None:
    wanted = "000.jpg: expected an answer within 2 s"
    with pytest.raises(HandlerFailed, match=wanted):
        filled(bench, LONG, sample_s=SAMPLE_S)


def test_what_is_made_of_a_picture_is_counted_as_it_is_made_and_told_of_plainly(
    bench: Bench,
) -> None:
    wanted = r"^000.jpg: expected at most 2000000 bytes of one sample, got 2\d{6}\.$"
    with pytest.raises(HandlerFailed, match=wanted) as met:
        filled(bench, LONG, output_bytes=2_000_000)
    assert met.value.log == ""


@pytest.mark.parametrize("less", [0, 1])
def test_as_much_may_be_told_of_a_picture_in_a_whole_chunk_as_of_one_alone(
    bench: Bench, less: int
) -> None:
    ring = tuple((8 + number / 7, 8 + number % 13) for number in range(90))
    things = tuple(Instance(label="\U0001f600", mask=Polygons((ring,))) for _ in range(10))
    sample = replace(samples_of(bench)[0], instances=things, attributes={"digits": 10**300})
    config = {**SMALL, "matte": True, "variations_per_sample": 3}
    with started(bench, config) as handler:
        handler.ask(sample, bench.picture(sample), 0)
        made = handler.answer()()
    limits = {"told_bytes": sum(map(told_bytes, made)) - less}
    assert limits["told_bytes"] > 30_000
    assert all(told_bytes(each) <= at_most(each) for each in made)

    def whole() -> list[Any]:
        with started(bench, config, **limits) as handler:
            return list(handler.chunk(bench, Part("train", 0, [sample]), ("\U0001f600",)))

    def alone() -> list[Any]:
        with started(bench, config, **limits) as handler:
            handler.ask(sample, bench.picture(sample), 0)
            return handler.answer()()

    for ask in (whole, alone):
        if less:
            with pytest.raises(HandlerFailed, match="expected heads of at most"):
                ask()
        else:
            assert ask()

"""Chunks that our own handler makes by itself, and those that are left to all of them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from datasets_slow import Full
from datasets_stand import (
    Chunking,
    Doubling,
    a_server,
    ask_for,
    at_work,
    contents,
    ended,
    made,
    pictures,
)

from foveate.datasets.chunks import Part
from foveate.datasets.chunkwise import by_itself
from foveate.datasets.dataset import State
from foveate.datasets.handlers.builtin.installed import BuiltIn
from foveate.datasets.handlers.limits import Limits
from foveate.datasets.handlers.process import HandlerProcess
from foveate.datasets.identity import Request
from foveate.datasets.sample import Sample
from foveate.datasets.shards.finish import ShardFormats
from foveate.imaging.pixels import from_array
from foveate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.handlers.builtin.process import OwnProcess
    from foveate.datasets.preparer import Preparer
    from foveate.datasets.seams import Pictures

PICTURES = 11
ASKED = Request(
    "cats",
    "foveate",
    "",
    {
        "width": 32,
        "height": 32,
        "crop": "random",
        "variations_per_sample": 2,
        "shards": {"samples": 2},
    },
)


class Stranger(BuiltIn):
    """The same handler, of which each picture is asked."""

    def start(self, config: Mapping[str, Any], pictures: Pictures) -> OwnProcess:
        limits = replace(self.limits, threads=sys.maxsize)
        return cast("OwnProcess", HandlerProcess(self.program(config), limits, pictures))


@pytest.fixture(autouse=True)
def raw(tmp_path: Path) -> Path:
    """Have pictures, of which one is none."""
    folder = tmp_path / "raw"
    folder.mkdir()
    for number in range(PICTURES):
        noise = np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8)
        from_array(noise).jpegsave(str(folder / f"{number:03}.jpg"))
    (folder / "004.jpg").write_bytes(b"no picture")
    return folder


def ours(tmp_path: Path, name: str = "ours", **more: Any) -> Preparer:
    handler = more.pop("handler", None) or BuiltIn(Settings(), Limits())
    place = str(tmp_path / f"datasets-{name}")
    formats = more.pop("formats", None) or ShardFormats()
    return a_server(tmp_path, place, name=name, handler=handler, formats=formats, **more)


def test_chunks_made_alone_have_the_bytes_of_those_that_are_made_together(tmp_path: Path) -> None:
    two, one = ours(tmp_path, "two", workers=2), ours(tmp_path, "one", workers=1)
    strange = ours(tmp_path, "strange", workers=2, handler=Stranger(Settings(), Limits()))
    there = [worked(each, ask_for(each, ASKED)) for each in (two, one, strange)]
    assert {each.state for each in there} == {State.READY}
    assert {each.samples for each in there} == {2 * (PICTURES - 1)}
    files = [
        contents(server, each) for server, each in zip((two, one, strange), there, strict=True)
    ]
    assert files[0] == files[1] == files[2]
    assert len([name for name in files[0] if name.endswith(".tar")]) == 6


def test_chunks_that_are_not_full_are_made_together_whichever_split_they_are_of(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        pictures(tmp_path / name / "raw", 20)
    alone, together = Chunking(), Doubling()
    # Of 20 pictures 15 are for training, in chunks of 4, 4, 4 and 3, and 5 are not, of 4 and 1.
    asked = Request("cats", "doubling", "1.0", {"shards": {"samples": 4}})
    by_chunks = a_server(tmp_path / "one", handler=alone, workers=3)
    by_samples = a_server(tmp_path / "two", handler=together, workers=3)
    there = [made(each, asked) for each in (by_chunks, by_samples)]
    assert sorted(alone.alone) == ["train-00000", "train-00001", "train-00002"]
    assert there[0].progress["samples"] == len(alone.worked) == 20
    assert contents(by_chunks, there[0]) == contents(by_samples, there[1])


@pytest.mark.parametrize(
    ("full", "workers", "alone"),
    [(7, 4, 4), (5, 64, 0), (6, 64, 6), (63, 64, 63), (69, 64, 64), (70, 64, 70), (64, 64, 64)],
)
def test_no_more_is_left_to_all_of_them_than_a_server_can_hand_out(
    full: int, workers: int, alone: int
) -> None:
    sample = Sample(key="1", source="1.png", digest="ab")
    whole = [Part("train", number, [sample] * 2) for number in range(full)]
    part = Part("val", 0, [sample])
    assert by_itself([part, *whole], 2, workers) == whole[:alone]


def test_one_chunk_for_each_split_is_not_left_to_one_handler_each(tmp_path: Path) -> None:
    pictures(tmp_path / "one" / "raw", 20)
    handler = Chunking()
    server = a_server(tmp_path / "one", handler=handler, workers=2)
    asked = Request("cats", "doubling", "1.0", {"shards": {"samples": 500}})
    assert made(server, asked).state is State.READY
    assert handler.alone == []


def test_a_picture_that_changed_is_named_however_far_away_it_was_read(
    tmp_path: Path, raw: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = ours(tmp_path, workers=2)
    dataset = ask_for(server, ASKED)
    kept = (raw / "005.jpg").stat()
    (raw / "005.jpg").write_bytes((raw / "005.jpg").read_bytes()[::-1])
    os.utime(raw / "005.jpg", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    failed = worked(server, dataset)
    assert failed.error == "RawChanged"
    assert "005.jpg has other bytes" in caplog.text
    assert ask_for(server, ASKED).id != dataset.id


def test_a_full_disk_is_waited_for_and_is_no_fault_of_the_dataset(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = ours(tmp_path, workers=2, formats=Full())
    dataset = ask_for(server, ASKED)

    async def go() -> State:
        async with at_work(server):
            async with asyncio.timeout(30):
                while "It waits for room" not in caplog.text:
                    await asyncio.sleep(0.01)
            return server.store.of(dataset.id).state

    assert asyncio.run(go()) is not State.FAILED


def test_shards_larger_than_what_a_handler_may_write_are_no_files_of_its_own(
    tmp_path: Path,
) -> None:
    of = BuiltIn(Settings(), Limits(disk_bytes=64 * 1024))
    asked = {"width": 600, "variations_per_sample": 2, "flip": "both", "shards": {"samples": 3}}
    server = ours(tmp_path, handler=of)
    dataset = worked(server, ask_for(server, Request("cats", "foveate", "", asked)))
    assert (dataset.state, dataset.message) == (State.READY, "")
    assert dataset.bytes > 10 * 64 * 1024


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are found in /proc")
def test_a_handler_that_is_killed_in_a_chunk_is_told_of_with_its_picture(tmp_path: Path) -> None:
    server = ours(tmp_path, workers=2)
    dataset = ask_for(
        server,
        Request(
            "cats",
            "foveate",
            "",
            {
                **ASKED.config,
                "blur": 20.0,
                "width": 1200,
                "height": 1200,
                "variations_per_sample": 4,
            },
        ),
    )

    async def go() -> Dataset:
        async with at_work(server):
            async with asyncio.timeout(60):
                while not (found := [each for each in children() if writes(each, ".tar")]):
                    await asyncio.sleep(0.01)
            os.kill(found[0], signal.SIGKILL)
            return await ended(server, dataset)

    failed = asyncio.run(go())
    assert failed.state is State.FAILED
    assert ".jpg: expected an answer, got exit code -9" in failed.message
    assert not list(children())


def test_who_stops_waits_for_no_chunk_and_leaves_nobody_behind(tmp_path: Path) -> None:
    server = ours(tmp_path, workers=2)
    asked = {**ASKED.config, "blur": 20.0, "width": 1200, "height": 1200}
    dataset = ask_for(server, Request("cats", "foveate", "", asked))

    async def go() -> float:
        async with at_work(server):
            async with asyncio.timeout(60):
                while not list(tmp_path.rglob("*.tar")):
                    await asyncio.sleep(0.01)
            began = asyncio.get_running_loop().time()
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(go()) < 5
    assert not list(children())
    assert not server.store.of(dataset.id).has_ended


def worked(server: Preparer, dataset: Dataset) -> Dataset:
    async def go() -> Dataset:
        async with at_work(server):
            return await ended(server, dataset, 30)

    return asyncio.run(go())


def children() -> Iterator[int]:
    """Yield the handlers of this process that run."""
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                said = (each / "cmdline").read_bytes()
                parent = (each / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if b"builtin.child" in said and int(parent) == os.getpid():
                yield int(each.name)


def writes(number: int, suffix: str) -> bool:
    """Return whether a process has a file of that suffix open."""
    try:
        return any(
            each.readlink().suffix == suffix for each in Path(f"/proc/{number}/fd").iterdir()
        )
    except OSError:  # it ended, or closed that one
        return False

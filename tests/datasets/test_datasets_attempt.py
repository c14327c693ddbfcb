"""One attempt at a dataset: what of it is the dataset's fault, and what a server only lacks."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from datasets_stand import Doubling, a_server, ask_for, at_work, cats, ended, made

from foveate.datasets.dataset import State
from foveate.datasets.raw.raw import Kind, Raw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from foveate.datasets.dataset import Dataset
    from foveate.datasets.preparer import Preparer


def nothing(_: Preparer, __: Path) -> None:
    """Let a server be as it is."""


def no_raw(server: Preparer, _: Path) -> None:
    server.registry.remove("cats")


def other_raw(server: Preparer, tmp_path: Path) -> None:
    no_raw(server, tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "000.png").write_bytes(b"another one")
    server.registry.add(Raw(name="cats", kind=Kind.FOLDER, place=str(tmp_path / "other")))


def bad_raw(server: Preparer, tmp_path: Path) -> None:
    no_raw(server, tmp_path)
    (tmp_path / "empty").mkdir()
    raw = f'{{"kind": "folder", "place": "{tmp_path / "empty"}"}}'
    (server.registry.folder / "cats.json").write_text(raw)


@pytest.mark.parametrize(
    ("lacks", "pin"), [(nothing, "cd"), (no_raw, "ab"), (other_raw, "ab"), (bad_raw, "ab")]
)
def test_what_a_server_lacks_is_made_by_who_was_asked_and_fails_nobodys_dataset(
    tmp_path: Path, lacks: Callable[[Preparer, Path], None], pin: str,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    asked = a_server(tmp_path)
    lacking = a_server(tmp_path, name="two", handler=Doubling(pin=pin))
    lacks(lacking, tmp_path)
    dataset = ask_for(asked, cats())

    async def go() -> tuple[Dataset, Dataset, Dataset]:
        async with at_work(lacking):
            # Somebody looks there how it is, while who was asked begins anew.
            await asyncio.to_thread(lacking.desk.elsewhere, dataset.id)
            while "left to other servers" not in caplog.text:
                await asyncio.sleep(0.005)
            left = lacking.store.of(dataset.id)
            async with at_work(asked):
                return left, await ended(asked, dataset), await ended(lacking, dataset)

    left, at_asked, at_lacking = asyncio.run(asyncio.wait_for(go(), 20))
    assert (left.state, left.error) == (State.QUEUED, "")
    assert (at_asked.state, at_lacking.state) == (State.READY, State.READY)
    assert caplog.text.count("left to other servers") == 1


def test_what_a_server_was_asked_for_and_lacks_now_it_fails_for_all(tmp_path: Path) -> None:
    server, other = a_server(tmp_path), a_server(tmp_path, name="two")
    dataset = other.desk.elsewhere(ask_for(server, cats()).id)
    assert dataset.heard
    ask_for(other, cats())
    server.registry.remove("cats")

    async def go() -> Dataset:
        async with at_work(server):
            return await ended(server, dataset)

    assert asyncio.run(asyncio.wait_for(go(), 20)).error == "UnknownRaw"
    heard = other.desk.elsewhere(dataset.id)
    assert (heard.state, heard.heard) == (State.QUEUED, False)  # it is noted with its next look
    assert made(other, cats(times=1)).state is State.READY
    assert other.store.of(dataset.id).error == "UnknownRaw"


@pytest.mark.parametrize("after", [0, 4])
def test_a_folder_that_is_away_for_a_moment_fails_no_dataset(tmp_path: Path, after: int) -> None:
    handler = Doubling(pace_s=0.05 if after else 0.0)
    server = a_server(tmp_path, handler=handler, workers=1)
    server.rest_s = 0.05
    raw, away = tmp_path / "raw", tmp_path / "away"

    async def go() -> Dataset:
        dataset = await asyncio.to_thread(ask_for, server, cats())
        if not after:
            raw.rename(away)
        async with at_work(server):
            while len(handler.worked) < after:
                await asyncio.sleep(0.002)
            if after:
                raw.rename(away)
            while dataset.id not in server._resting:  # noqa: SLF001 - nothing tells of it
                assert not server.store.of(dataset.id).has_ended
                await asyncio.sleep(0.002)
            away.rename(raw)
            return await ended(server, dataset)

    assert asyncio.run(asyncio.wait_for(go(), 20)).state is State.READY


def test_raw_data_that_changes_and_is_registered_no_more_holds_up_no_other_dataset(
    tmp_path: Path,
) -> None:
    handler = Doubling(pace_s=0.02)
    server = a_server(tmp_path, handler=handler, workers=1)

    async def go() -> Dataset:
        async with at_work(server):
            dataset = await asyncio.to_thread(ask_for, server, cats())
            while not handler.worked:
                await asyncio.sleep(0.002)
            server.registry.remove("cats")
            picture = tmp_path / "raw" / "007.png"
            kept = picture.stat()
            picture.write_bytes(b"PICTURE 7 ")
            os.utime(picture, ns=(kept.st_atime_ns, kept.st_mtime_ns))
            return await ended(server, dataset)

    assert asyncio.run(asyncio.wait_for(go(), 20)).error == "RawChanged"
    assert server._rests == 0.0  # noqa: SLF001 - nothing tells of it

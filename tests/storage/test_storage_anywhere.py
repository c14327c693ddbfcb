from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

import pytest
from storage_origin import no_descriptors

from foveate.errors import (
    BadUrl,
    OriginNotAllowed,
    SourceNotFound,
    SourceTimeout,
    SourceTooLarge,
    Unavailable,
)
from foveate.geometry.box import Size
from foveate.settings import Limits, Origins
from foveate.storage.anywhere import Anywhere
from foveate.values import Facts, ImageFormat

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def facts(data: bytes) -> Facts:
    return Facts(format=ImageFormat.PNG, stored=Size(1, 1), bytes=len(data))


def anywhere(**limits: int) -> Anywhere:
    return Anywhere(Origins(read_timeout_s=0.3), Limits(**limits), facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a b.png", "ü%41#.png"])
async def test_a_file_is_found_by_its_name_and_by_its_url(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"picture")
    for key in (str(file), file.as_uri()):
        source = await anywhere().read(key)
        assert source.data == b"picture"
        assert source.facts.bytes == 7


@pytest.mark.parametrize("key", ["gone.png", "file:///gone.png", "\0", "/", "x" * 5000])
async def test_what_is_no_file_is_named(key: str) -> None:
    with pytest.raises(SourceNotFound, match="Expected a picture file"):
        await anywhere().read(key)


async def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    file.write_bytes(bytes(11))
    with pytest.raises(SourceTooLarge, match="at most 10 bytes"):
        await anywhere(max_bytes=10).read(str(file))


async def test_a_pipe_is_read_until_its_writer_is_done(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("wb", buffering=0) as file:
            for _ in range(5):
                file.write(bytes(50_000))
                time.sleep(0.02)

    writing = asyncio.create_task(asyncio.to_thread(write))
    assert (await anywhere().read(str(pipe))).data == bytes(250_000)
    await writing


async def test_a_pipe_to_which_nobody_writes_is_a_timeout(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(SourceTimeout):
        await asyncio.wait_for(anywhere().read(str(pipe)), 10)
    held = os.open(pipe, os.O_RDWR)
    try:
        os.write(held, b"a few bytes, and then silence")
        with pytest.raises(SourceTimeout):
            await asyncio.wait_for(anywhere().read(str(pipe)), 10)
    finally:
        os.close(held)


async def test_a_device_without_end_is_too_large() -> None:
    with pytest.raises(SourceTooLarge):
        await anywhere(max_bytes=3_000_000).read("/dev/zero")


async def test_no_descriptor_left_says_nothing_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"picture")
    await anywhere().read(str(file))
    with no_descriptors(), pytest.raises(Unavailable):
        await anywhere().read(str(file))


async def test_private_addresses_and_strange_schemes_stay_refused() -> None:
    with pytest.raises(OriginNotAllowed):
        await anywhere().read("http://127.0.0.1:1/a.png")
    with pytest.raises(BadUrl):
        await anywhere().read("ftp://example.com/a.png")

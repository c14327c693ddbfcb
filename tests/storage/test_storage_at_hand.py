from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from foveate.storage.at_hand import MOST_BYTES, NOWAIT, read_at_hand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def written(tmp_path: Path) -> Iterator[int]:
    """Yield the descriptor of a file whose three bytes are in memory, as they were just written."""
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    descriptor = os.open(file, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.skipif(not NOWAIT, reason="only Linux can be asked not to wait for a disk")
def test_what_is_in_memory_is_read_whole_wherever_its_reader_stands(written: int) -> None:
    os.lseek(written, 2, os.SEEK_SET)
    assert read_at_hand(written, 3) == b"abc"


@pytest.mark.parametrize("size", [4, MOST_BYTES + 1])
def test_a_file_that_was_cut_short_and_a_large_one_are_left_to_a_thread(
    written: int, size: int
) -> None:
    with pytest.raises(BlockingIOError):
        read_at_hand(written, size)


def test_what_cannot_be_asked_not_to_wait_is_left_to_a_thread() -> None:
    reader, writer = os.pipe()
    with pytest.raises(BlockingIOError):
        read_at_hand(reader, 1)
    os.close(reader)
    os.close(writer)

"""Files of which only what is read is fetched."""

from __future__ import annotations

import os

from foveate.storage.ranged import PIECE, ranged


def test_only_what_is_read_is_fetched() -> None:
    data, asked = os.urandom(3 * PIECE), list[tuple[int, int]]()

    def read(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return data[start:stop]

    with ranged(len(data), read) as file:
        assert file.read(10) == data[:10]
        assert file.seek(-20, os.SEEK_END) == len(data) - 20
        assert file.read() == data[-20:]
        assert file.read(1) == b""
        assert asked == [(0, PIECE), (len(data) - 20, len(data))]
        file.seek(0)
        assert file.read() == data
        file.seek(len(data) + 5)
        assert file.read(1) == b""

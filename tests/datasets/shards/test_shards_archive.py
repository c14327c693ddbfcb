from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.datasets.shards.archive import Entry, Layout
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "id/README.md": b"",
    "id/a.tar": bytes(range(256)) * 9,
    "id/猫.json": b"{}",
    "z": b"y" * 70,
}


def entry_of(name: str, data: bytes) -> Entry:
    return Entry(name, len(data), zlib.crc32(data))


LAYOUT = Layout([entry_of(name, data) for name, data in FILES.items()])


def reader(name: str, start: int, stop: int) -> Iterator[bytes]:
    for at in range(start, stop, 300):
        yield FILES[name][at : min(stop, at + 300)]


WHOLE = b"".join(LAYOUT.read(0, LAYOUT.size, reader))


def test_an_archive_is_a_zip_of_all_files() -> None:
    assert len(WHOLE) == LAYOUT.size
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        told = archive.infolist()[0]
        assert told.date_time == (1980, 1, 1, 0, 0, 0)
        assert told.external_attr >> 16 == 0o100644


@given(st.integers(0, len(WHOLE) + 9), st.integers(0, len(WHOLE) + 9))
def test_any_range_is_a_part_of_the_whole(start: int, stop: int) -> None:
    assert b"".join(LAYOUT.read(start, stop, reader)) == WHOLE[start:stop]


class Virtual(io.RawIOBase):
    """An archive that zipfile may look into where it likes, of files of zeros."""

    def __init__(self, layout: Layout) -> None:
        self._layout, self._at = layout, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._layout.size)[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        stop = self._layout.size if size < 0 else self._at + size
        data = b"".join(self._layout.read(self._at, stop, zeros))
        self._at += len(data)
        return data


def zeros(_: str, start: int, stop: int) -> Iterator[bytes]:
    yield bytes(stop - start)


def test_beyond_four_gibibytes_it_is_a_zip_still() -> None:
    small = entry_of("after", bytes(10))
    entries = [
        Entry("large", 5 << 30, 0),
        small,
        Entry("exact", (1 << 32) - 1, 0),
        entry_of("e", b""),
    ]
    with zipfile.ZipFile(Virtual(Layout(entries))) as archive:  # type: ignore[arg-type]
        told = [(each.filename, each.file_size) for each in archive.infolist()]
        assert told == [(each.name, each.bytes) for each in entries]
        assert archive.getinfo("after").header_offset > 5 << 30
        assert archive.read("after") == bytes(10)
        with archive.open("large") as file:
            assert file.read(7) == bytes(7)


def test_more_files_than_16_bits_count_end_as_zip64_has_it() -> None:
    empty = entry_of("", b"")
    layout = Layout([replace(empty, name=f"{number}") for number in range(65_536)])
    end = b"".join(layout.read(layout.size - 98, layout.size, zeros))
    assert (end[:4], end[56:60], end[76:80]) == (b"PK\6\6", b"PK\6\7", b"PK\5\6")
    assert struct.unpack("<Q", end[32:40]) == (65_536,)
    assert end[86:88] == b"\xff\xff"


def test_archives_are_told_apart_by_their_files() -> None:
    entries = [entry_of(name, data) for name, data in FILES.items()]
    others = (entries[:-1], entries[::-1], [*entries[:-1], entry_of("z", b"x" * 70)])
    assert LAYOUT.digest == Layout(entries).digest
    assert len({LAYOUT.digest, *(Layout(each).digest for each in others)}) == 4


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(BadOption, match="twice"):
        Layout([entry_of("a", b""), entry_of("a", b"b")])


@pytest.mark.parametrize("data", [b"", b"short", bytes(71)])
def test_a_file_that_is_not_what_it_was_breaks_the_archive_off(data: bytes) -> None:
    begin = WHOLE.index(FILES["z"])
    with pytest.raises(BadOption, match="expected 70 bytes"):
        list(LAYOUT.read(begin, begin + 70, lambda *_: iter([data])))

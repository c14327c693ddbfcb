"""The formats that datasets are written in, each with what writes it and what reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from foveate.datasets.identity import FORMATS as NAMES
from foveate.datasets.shards import folder, parquet, tfrecord, webdataset
from foveate.datasets.shards.parts import EVERY
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Chunk, OpenShard
    from foveate.datasets.shards.parts import PartsWriter


class Format(NamedTuple):
    """How samples become files, and files samples."""

    writer: Callable[[Chunk], PartsWriter]
    read: Callable[[str, OpenShard, Container[int]], Iterator[Made]]
    pattern: str
    """What the files of a split are called, for who reads them elsewhere."""
    reader: str
    """How they are read there, in Python."""


_OF: Final = {
    each.NAME: Format(each.writer, each.read, each.PATTERN, each.READER)
    for each in (webdataset, tfrecord, parquet, folder)
}
FORMATS: Final = {name: _OF[name] for name in NAMES}


def format_of(name: str) -> Format:
    """Return the format of that name. Raises BadOption for a name that none has."""
    if name not in FORMATS:
        raise BadOption(f"Expected a format of {', '.join(NAMES)}, got {name[:40]!r}.")
    return FORMATS[name]


def read(
    name: str, shard: str, opened: OpenShard, places: Container[int] = EVERY
) -> Iterator[Made]:
    """Yield the samples of a shard in a format, at these places. Raises BadOption for no shard."""
    return format_of(name).read(shard, opened, places)

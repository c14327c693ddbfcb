"""The formats as a preparation asks for them, and what a dataset has beside its shards."""

from __future__ import annotations

from functools import partial
from itertools import starmap
from typing import TYPE_CHECKING

from foveate.datasets.shards import folder
from foveate.datasets.shards.contact import contact_jpeg
from foveate.datasets.shards.datasheet import CONTACT, README, datasheet, plots
from foveate.datasets.shards.formats import format_of
from foveate.datasets.shards.manifest import file_of, manifest, statistics_file, whole_statistics
from foveate.datasets.shards.names import MANIFEST, STATISTICS
from foveate.datasets.shards.parts import ShardOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from foveate.datasets.seams import About, Chunk, OpenShard, ShardFile
    from foveate.datasets.shards.parts import PartsWriter


class ShardFormats:
    """All formats."""

    def writer(self, name: str, chunk: Chunk) -> PartsWriter:
        """Return what writes a chunk in the format of that name. Raises BadOption."""
        return format_of(name).writer(chunk)

    def finish(
        self,
        about: About,
        shards: Sequence[ShardFile],
        opened: OpenShard,
        work: Path,
        halt: Callable[[], None] = lambda: None,
    ) -> Iterator[tuple[str, bytes | Path]]:
        """Yield what a dataset has beside its shards, by name; what is large from this folder."""
        counts = whole_statistics(shards)
        contact = contact_jpeg(about.format, shards, about.classes, opened, halt)
        halt()
        drawn = plots(counts)
        pictures = [*([CONTACT] if contact else []), *drawn]
        large = list(_annotations(about, shards, opened, work))
        small = {
            STATISTICS: statistics_file(shards, counts),
            README: datasheet(about, shards, counts, pictures),
            **drawn,
        }
        last = {CONTACT: contact} if contact else {}
        told = [*starmap(file_of, small.items()), *large, *starmap(file_of, last.items())]
        yield MANIFEST, manifest(about, shards, counts, told)
        yield from small.items()
        yield from ((each.name, work / each.name) for each in large)
        yield from last.items()


def _annotations(
    about: About, shards: Sequence[ShardFile], opened: OpenShard, work: Path
) -> Iterator[ShardFile]:
    """Write the annotations of whole splits, of plain files."""
    if about.format != folder.NAME:
        return
    parts: dict[str, list[str]] = {}
    for shard in shards:
        for split in shard.statistics.get("samples", {}):
            parts.setdefault(split, []).append(shard.name)
    for split, names in parts.items():
        output = ShardOutput(work, f"annotations/{split}.json")
        read = partial(map, partial(folder.whole, opened), names)
        for data in folder.together(read, about.classes):
            output.write(data)
        yield output.close()

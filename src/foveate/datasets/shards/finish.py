"""The formats as a preparation asks for them, and what a dataset has beside its shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.datasets.shards import folder
from foveate.datasets.shards.contact import contact_jpeg
from foveate.datasets.shards.datasheet import CONTACT, README, datasheet, plots
from foveate.datasets.shards.formats import NAMES, format_of
from foveate.datasets.shards.manifest import manifest, statistics_file, whole_statistics
from foveate.datasets.shards.names import MANIFEST, STATISTICS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from foveate.datasets.seams import About, Chunk, OpenShard, ShardFile
    from foveate.datasets.shards.parts import PartsWriter


class ShardFormats:
    """All formats."""

    names = NAMES

    def writer(self, name: str, chunk: Chunk) -> PartsWriter:
        """Return what writes a chunk in the format of that name. Raises BadOption."""
        return format_of(name).writer(chunk)

    def finish(
        self,
        about: About,
        shards: Sequence[ShardFile],
        opened: OpenShard,
        halt: Callable[[], None] = lambda: None,
    ) -> Iterator[tuple[str, bytes]]:
        """Yield what a dataset has beside its shards, by name."""
        counts = whole_statistics(shards)
        contact = contact_jpeg(about.format, shards, about.classes, opened, halt)
        halt()
        drawn = plots(counts)
        pictures = [*([CONTACT] if contact else []), *drawn]
        files = {
            STATISTICS: statistics_file(shards, counts),
            README: datasheet(about, shards, counts, pictures),
            **drawn,
            **_annotations(about, shards, opened),
        } | ({CONTACT: contact} if contact else {})
        yield MANIFEST, manifest(about, shards, counts, files)
        yield from files.items()


def _annotations(about: About, shards: Sequence[ShardFile], opened: OpenShard) -> dict[str, bytes]:
    """Return the annotations of whole splits, of plain files."""
    if about.format != folder.NAME:
        return {}
    parts: dict[str, list[str]] = {}
    for shard in shards:
        for split in shard.statistics.get("samples", {}):
            parts.setdefault(split, []).append(shard.name)
    return {
        f"annotations/{split}.json": folder.together(
            (folder.whole(opened, each) for each in names), about.classes
        )
        for split, names in parts.items()
    }

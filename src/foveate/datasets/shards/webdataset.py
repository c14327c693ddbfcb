"""WebDataset: tar files in which files of one name and several endings are a sample."""

from __future__ import annotations

import json
import tarfile
from typing import IO, TYPE_CHECKING, Final

from foveate.datasets.shards.names import parted, stem
from foveate.datasets.shards.parts import PartsWriter, ShardOutput
from foveate.datasets.wire import made_from_json, made_to_json
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from foveate.datasets.sample import Made
    from foveate.datasets.seams import Chunk, OpenShard, ShardFile
    from foveate.datasets.shards.statistics import Counts

NAME: Final = "webdataset"
PATTERN: Final = "{split}-*.tar"
READER: Final = """from glob import glob

import webdataset

shards = sorted(glob("{pattern}"))
samples = webdataset.WebDataset(shards, shardshuffle=False).decode("pil")
for sample in samples:
    print(sample["__key__"], sample["json"])"""
EXT: Final = "tar"
JSON: Final = "json"
CLASS: Final = "cls"
END: Final = bytes(2 * tarfile.BLOCKSIZE)
READABLE: Final = 0o644


def writer(chunk: Chunk) -> PartsWriter:
    """Return what writes a chunk."""
    return PartsWriter(chunk, EXT, _Part)


class _Part:
    def __init__(self, chunk: Chunk, name: str) -> None:
        self._classes = {label: number for number, label in enumerate(chunk.classes)}
        self._output = ShardOutput(chunk.folder, name)

    def add(self, made: Made) -> int:
        name = stem(made.key)
        said = json.dumps(made_to_json(made), sort_keys=True, separators=(",", ":"))
        files = {made.ext: made.data, JSON: said.encode(), **made.targets}
        if len(made.labels) == 1:
            files[CLASS] = str(self._classes[made.labels[0]]).encode()
        for ending in sorted(files):
            self._write(f"{name}.{ending}", files[ending])
        return self._output.bytes

    def _write(self, name: str, data: bytes) -> None:
        """Write a file of nobody, of the beginning of 1970."""
        about = tarfile.TarInfo(name)
        about.size, about.mode = len(data), READABLE
        self._output.write(about.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict"))
        self._output.write(data)
        self._output.write(bytes(-len(data) % tarfile.BLOCKSIZE))

    def close(self, samples: int, counts: Counts) -> list[ShardFile]:
        self._output.write(END)
        return [self._output.close(samples, counts)]


def read(name: str, opened: OpenShard, places: Container[int]) -> Iterator[Made]:
    """Yield the samples of a file at these places. Raises BadOption for what is damaged, or none.

    Of others no more is read than their names.
    """
    try:
        with opened(name) as file, tarfile.open(fileobj=file, mode="r:") as archive:
            for at, files in enumerate(_samples(archive)):
                if at in places:
                    yield _made({ending: each.read() for ending, each in files.items()})
    except (tarfile.TarError, ValueError) as why:
        raise BadOption(f"{name}: expected a tar file of samples, got what is none.") from why


def _samples(archive: tarfile.TarFile) -> Iterator[dict[str, IO[bytes]]]:
    """Yield the files of each sample, by their endings."""
    current, files = "", dict[str, IO[bytes]]()
    for member in archive:
        key, ending = parted(member.name)
        if key != current and files:
            yield files
            files = {}
        content = archive.extractfile(member) if member.isfile() else None
        if content is None:
            raise BadOption(f"Expected files alone in a shard, got {member.name[:80]!r}.")
        current, files[ending] = key, content
    if files:
        yield files


def _made(files: dict[str, bytes]) -> Made:
    said = json.loads(files.pop(JSON, b"null"))
    ext = said.get("ext") if isinstance(said, dict) else None
    if ext not in files:
        raise BadOption("Expected a picture and a .json that tells of it, got one without.")
    files.pop(CLASS, None)
    return made_from_json(said, files.pop(ext), files)

"""A dataset that lies on this machine, read as training loops want it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from foveate.datasets.shards.names import MANIFEST
from foveate.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from foveate.datasets.feeding import Order
    from foveate.datasets.sample import Made

    Transform = Callable[[Made], Any]

WEBDATASET: Final = "webdataset"


@dataclass(frozen=True)
class Local:
    """A dataset in a folder, all of whose files were verified when they were fetched."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return what it consists of. Raises BadOption where there is no dataset."""
        try:
            told: dict[str, Any] = json.loads((self.folder / MANIFEST).read_bytes())
        except (OSError, ValueError) as why:
            raise BadOption(f"Expected a dataset in {self.folder}, got none: download it.") from why
        return told

    @property
    def id(self) -> str:
        """Return what it is called."""
        return str(self.manifest["id"])

    @property
    def splits(self) -> tuple[str, ...]:
        """Return its splits: `train`, `val` and the like."""
        return tuple(self.manifest["splits"])

    @property
    def classes(self) -> tuple[str, ...]:
        """Return its labels; the place of one is its number."""
        return tuple(self.manifest["classes"])

    def __len__(self) -> int:
        return int(self.manifest["samples"])

    def shards(self, split: str) -> list[str]:
        """Return the files with the samples of a split, in order. Raises BadOption."""
        if split not in self.manifest["splits"]:
            raise BadOption(f"Expected a split of {', '.join(self.splits)}, got {split!r:.40}.")
        rows = self.manifest["shards"]
        return [r["name"] for r in rows if r["samples"] and r["name"].rsplit("-", 2)[0] == split]

    def samples(self, split: str = "train", order: Order | None = None) -> Iterator[Made]:
        """Yield samples: their pictures as bytes, and what is known of them.

        Without an order all of them, as they were written.
        """
        from foveate.datasets.feeding import Order, fed  # noqa: PLC0415 - with what reads shards

        return fed(self.read, self.shards(split), order or Order())

    def read(self, shard: str) -> Iterator[Made]:
        """Yield the samples of a shard."""
        from foveate.datasets.shards import formats  # noqa: PLC0415 - for who reads

        return formats.read(self.manifest["format"], shard, self._open)

    def torch(
        self,
        split: str = "train",
        *,
        transform: Transform | None = None,
        shuffle: int = 0,
        seed: int = 0,
        masks: bool = False,
    ) -> Any:  # noqa: ANN401 - torch is no dependency of ours
        """Return a torch IterableDataset: each rank and worker of a DataLoader has its own part.

        `transform` makes an item of a sample; without it that is `arrays`, with `masks` if asked
        for. `shuffle` is how many samples are shuffled at a time, 0 is none; call `set_epoch(n)`
        for another order.
        """
        from foveate.datasets.in_torch import iterable  # noqa: PLC0415 - torch is theirs

        made = transform or partial(self.arrays, masks=masks)
        return iterable(self, split, made, shuffle, seed)

    def tensorflow(
        self, split: str = "train", *, shuffle: int = 0, seed: int = 0, masks: bool = False
    ) -> Any:  # noqa: ANN401 - TensorFlow is no dependency of ours
        """Return a tf.data.Dataset of what `arrays` gives, without targets."""
        from foveate.datasets.feeding import Order  # noqa: PLC0415 - with what reads shards
        from foveate.datasets.in_tensorflow import dataset  # noqa: PLC0415 - TensorFlow is theirs

        return dataset(self, split, Order(shuffle, seed), masks=masks)

    def webdataset(self, split: str = "train", **said: Any) -> Any:  # noqa: ANN401
        """Return a webdataset.WebDataset of the shards, which were written as such."""
        import webdataset  # noqa: PLC0415 - theirs

        if self.manifest["format"] != WEBDATASET:
            got = self.manifest["format"]
            raise BadOption(f"Expected a dataset written as webdataset, got one as {got}.")
        paths = [str(self.folder / shard) for shard in self.shards(split)]
        return webdataset.WebDataset(paths, **{"shardshuffle": False, **said})

    def arrays(self, made: Made, *, masks: bool = False) -> dict[str, Any]:
        """Return a sample as NumPy arrays.

        `image` is uint8 [height, width, channels]; `boxes` are float32 [n, 4]: left, top, right,
        bottom in its pixels; `box_labels` their numbers, int64 [n]; `labels` int64 [m], those of
        the whole picture; each target goes by its name without its ending, as `image`.

        With `masks` there are those too: uint8 [n, height, width], 1 where a thing is, drawn as
        pycocotools does. One is all 0 where a thing has a box alone, and a thing with a mask alone
        has the box around it. Without, none is drawn.
        """
        from foveate.datasets.feeding import arrays  # noqa: PLC0415 - with NumPy

        return arrays(made, self._numbers, masks=masks)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: number for number, label in enumerate(self.classes)}

    def _open(self, name: str) -> BinaryIO:
        return (self.folder / name).open("rb")
